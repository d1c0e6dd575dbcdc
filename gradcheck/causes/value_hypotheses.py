"""Hypotheses of a wrong value: changes to the reference that give what forward returns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.causes.cause import Cause
from gradcheck.causes.names import list_lengths
from gradcheck.causes.wrong_value import WrongValue

MOST_AXES_PERMUTED = 4
FACTORS = {0.5: "half", 2.0: "twice", 0.25: "a quarter of", 4.0: "four times", 1 / 3: "a third of", 3.0: "three times"}
"""Words for constant factors."""


@dataclass(frozen=True)
class ValueHypothesis:
    """A cause, and the output that forward would return by it."""

    cause: Cause
    value: Values


ProposeValue = Callable[[WrongValue], Iterator[ValueHypothesis]]
"""propose(case): the hypotheses of one kind, the simplest first."""


def propose_value_factors(case: WrongValue) -> Iterator[ValueHypothesis]:
    """Propose that the output has the wrong sign, or is off by the length of an axis or a constant factor."""
    y = case.expected
    if y is None or y.shape != case.claimed.shape or not y.size:
        return
    yield ValueHypothesis(Cause("value-sign", "the output has the wrong sign", "Negate it."), -y)
    for name, length in list_lengths(case.op, case.case):
        if length > 1:
            averaged = f"the output is averaged over {name} where the formula sums"
            yield ValueHypothesis(Cause("value-mean-for-sum", averaged, f"Sum over {name}."), y / length)
            summed = f"the output is summed over {name} where the formula averages"
            yield ValueHypothesis(Cause("value-mean-for-sum", summed, f"Divide by the length of {name}."), y * length)
            biased = f"the variance along {name} is divided by its length less one"
            for power in (1.0, 0.5, -0.5, -1.0):
                yield ValueHypothesis(
                    Cause("value-unbiased", biased, "Take ddof=0, as the formula does."),
                    y * (length / (length - 1)) ** power,
                )
    largest = int(np.argmax(np.abs(y)))
    factor = float(case.claimed.flat[largest] / y.flat[largest]) if y.flat[largest] else 0.0
    if factor:
        words = next((w for f, w in FACTORS.items() if abs(factor - f) < 1e-9), f"{factor:.6g} times")
        yield ValueHypothesis(
            Cause("value-constant-factor", f"the output is {words} what the formula gives", "Look for the factor."),
            factor * y,
        )


def propose_value_terms(case: WrongValue) -> Iterator[ValueHypothesis]:
    """Propose that an input is not added, or added twice, or with the wrong sign."""
    y = case.expected
    if y is None:
        return
    for label, a in case.inputs.items():
        if a.dtype.kind != "f" or not broadcasts_to(a.shape, y.shape):
            continue
        for times, words in ((-1, "is not added"), (-2, "is subtracted"), (1, "is added twice")):
            yield ValueHypothesis(
                Cause("value-term-missing", f"{label} {words}", f"Add {label} once, as the formula does."),
                y + times * a,
            )


def propose_missing_constant(case: WrongValue) -> Iterator[ValueHypothesis]:
    """Propose that a constant is missing from the output or added to it, once or once for each element along an
    axis."""
    y = case.expected
    if y is None or y.shape != case.claimed.shape or not y.size:
        return
    missing = y - case.claimed
    size = float(missing.flat[0])
    if not case.is_claimed(y - size) or case.is_claimed(y):
        return
    counts = [("", 1), *((f" for each index of {name}", n) for name, n in list_lengths(case.op, case.case))]
    for each, count in counts:
        words = f"the constant {abs(size / count):.6g}{each} is {'missing' if size > 0 else 'one too many'}"
        cause = Cause("value-term-missing", words, "Compare the terms with those of the formula.")
        yield ValueHypothesis(cause, case.claimed)


def broadcasts_to(shape: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether an array of one shape may be added to one of another without changing the other shape."""
    try:
        return np.broadcast_shapes(shape, other) == other
    except ValueError:
        return False


def propose_other_axes(case: WrongValue) -> Iterator[ValueHypothesis]:
    """Propose that the forward works along other axes: the formula, with two axes of its inputs exchanged before and
    after."""
    y = case.expected
    if y is None or not 2 <= y.ndim <= MOST_AXES_PERMUTED:
        return
    moved = {label for label, a in case.inputs.items() if a.ndim == y.ndim}
    for first, second in combinations(range(y.ndim), 2):
        point = tuple(np.swapaxes(a, first, second).copy() if label in moved else a for label, a in case.inputs.items())
        value = case.compute(point) if moved else None
        if value is not None and value.ndim == y.ndim:
            words = f"the forward works along axis {first} where the formula works along axis {second}, or the reverse"
            yield ValueHypothesis(
                Cause("value-wrong-axis", words, "Compare the axis with the one of the formula."),
                np.swapaxes(value, first, second),
            )


def propose_other_order(case: WrongValue) -> Iterator[ValueHypothesis]:
    """Propose that the output has its axes or its elements in another order."""
    y = case.expected
    if y is None:
        return
    for order in permutations(range(y.ndim)) if 2 <= y.ndim <= MOST_AXES_PERMUTED else ():
        if order != tuple(range(y.ndim)):
            words = "the output is transposed" if y.ndim == 2 else f"the axes of the output are in the order {order}"
            yield ValueHypothesis(Cause("value-axes-permuted", words, "Exchange the axes."), y.transpose(order))
    for axis in range(y.ndim):
        yield ValueHypothesis(
            Cause("value-axis-reversed", f"axis {axis} of the output runs backwards", "Reverse it."), np.flip(y, axis)
        )


def propose_other_settings(case: WrongValue) -> Iterator[ValueHypothesis]:
    """Propose that a setting is used as its complement, or not at all."""
    for name, value in case.case.settings.items():
        for other, cause in list_other_settings(name, value):
            y = case.compute(settings={name: other})
            if y is not None:
                yield ValueHypothesis(cause, y)


def list_other_settings(name: str, value: Any) -> Iterator[tuple[Any, Cause]]:
    """Yield other values of a setting, each with the cause of which it tells."""
    if type(value) is bool:
        yield not value, Cause("value-setting", f"{name} means its contrary", f"Negate {name}.")
    elif type(value) is float:
        if 0 < value < 1:
            hint = f"Use 1 - {name}: a share to drop is not a share to keep."
            yield 1 - value, Cause("value-keep-for-drop", f"1 - {name} is used for {name}, or the reverse", hint)
        for other in (0.0, 1.0):
            if other != value:
                cause = Cause("value-setting", f"{name} is ignored: the value is that of {name} = {other:g}")
                yield other, cause
        yield -value, Cause("value-setting", f"{name} has the wrong sign", f"Negate {name}.")
    elif type(value) is int:
        for other in (0, 1):
            if other != value:
                yield other, Cause("value-setting", f"{name} is ignored: the value is that of {name} = {other}")


def propose_transposed_inputs(case: WrongValue) -> Iterator[ValueHypothesis]:
    """Propose that a square input is used transposed."""
    for label, a in case.inputs.items():
        if a.ndim >= 2 and a.shape[-1] == a.shape[-2] > 1:
            point = tuple(np.swapaxes(b, -1, -2).copy() if name == label else b for name, b in case.inputs.items())
            y = case.compute(point)
            if y is not None:
                yield ValueHypothesis(
                    Cause("value-weights-transposed", f"{label} is used transposed", f"Transpose {label}."), y
                )


VALUE_HYPOTHESES: tuple[ProposeValue, ...] = (
    propose_value_factors,
    propose_value_terms,
    propose_missing_constant,
    propose_other_order,
    propose_other_axes,
    propose_transposed_inputs,
    propose_other_settings,
)
"""Functions that propose hypotheses of a wrong value, the simplest first."""
