"""The slope of a power by its exponent, where that by its base or a part of it stands for it, and the reverse."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradcheck.causes.cause import Cause
from gradcheck.causes.hypotheses.operations.operands import compute, move_operand
from gradcheck.causes.spot_text import SpotText
from gradcheck.causes.watched_forward import Change, Operation


def list_slopes_of_power(operation: Operation, text: SpotText) -> Iterator[tuple[str, Change, Cause]]:
    """Yield what may stand for the slope of a power by the one of its operands that is an array of its shape."""
    base, exponent = (f"`{operand}`" for operand in text.operands)
    shape = operation.result.shape
    if np.shape(operation.operands[1]) == shape and shape:
        words = f"the factor log({text.operands[0]}) of the slope of {text.where} is missing"
        missing = Cause("factor-missing", words, f"Multiply by np.log({text.operands[0]}).")
        yield "power without logarithm", use_slope(1, np.power), missing
        words = f"the slope of {text.where} is taken as if {base} was the variable, and not {exponent}"
        other = Cause("wrong-function", words, "The slope of a**x by x is log(a) * a**x.")
        yield "slope by base", use_slope(1, slope_by_base), other
        yield "slope with exchanged operands", use_slope(1, lambda a, b: slope_by_base(b, a)), other
    if np.shape(operation.operands[0]) == shape and shape:
        words = f"the slope of {text.where} is taken as if {exponent} was the variable, and not {base}"
        other = Cause("wrong-function", words, "The slope of x**n by x is n * x**(n - 1).")
        yield "slope by exponent", use_slope(0, lambda a, b: np.log(a) * np.power(a, b)), other


def slope_by_base(base: Any, exponent: Any) -> Any:
    """Return the slope of a power by its base."""
    return exponent * np.power(base, exponent - 1)


def use_slope(k: int, slope: Callable[[Any, Any], Any]) -> Change:
    """Use another slope, a function of base and exponent, on the way back to operand k of a power."""

    def change(before: Operation, now: Operation, round: int) -> Any:
        moved = move_operand(before, now, k)
        return compute(now, k, before.operands[k]) + moved * slope(*before.operands)

    return change
