"""What a case of the golden vectors probes, each flag explained once."""

from collections.abc import Iterator
from contextlib import suppress

import numpy as np
from flint import ctx

from gradcheck.declaration.op import Op
from gradcheck.generation.configuration import Configuration
from gradcheck.records.case import Case
from gradcheck.records.exact_numbers import ExactArray
from gradcheck.vectors.ball_arrays import BallError, flatten
from gradcheck.vectors.derivatives import ExactResults, compute_outputs

FLAGS = {
    "ordinary": "Numbers within ±4 and axes longer than one: who fails here has the formula wrong.",
    "size-one": "An axis has length one: a wrong axis, a missing sum or a lost axis shows, or hides.",
    "broadcast": "An input is repeated along axes: its gradient is the sum over the repeats.",
    "setting": "A setting has a value that no case before has: who fails only here ignores it.",
    "wide": "Magnitudes between 1e-9 and 1e6 beside one another, with all digits of float64.",
    "large": "Numbers of some hundreds, where activations saturate and exponentials grow.",
    "small": "Numbers about 1e-12: who fails takes them for zero, or adds a constant that hides them.",
    "near-kink": "A billionth beside a jump of the slope: the slope is that of its own side.",
    "equal": "All elements of an input are equal, so that an order or a spread is nothing.",
    "nearly-equal": "Elements differ by a billionth: their differences keep few digits unless taken first.",
    "cancellation": "Large terms cancel: the formula as written loses four digits or more of float64.",
    "overflow-beyond": "The formula as written overflows in float64; the results are ordinary numbers.",
    "underflow": "A result lies below 1e-308: zero is right within the spacing of float64.",
}
"""Each flag, and why it is there."""

DIGITS_LOST = 13
"""Bits that a formula loses where it cancels: four digits."""
DOUBLE_PRECISION = 53


def is_size_one(configuration: Configuration) -> bool:
    """Whether an input has an axis of length one."""
    return any(1 in shape for shape in configuration.shapes.values())


def is_broadcast(configuration: Configuration) -> bool:
    """Whether inputs that broadcast have different shapes."""
    broadcast = {
        configuration.shapes[label]
        for label, array in configuration.arrays.items()
        if any(axis.kind == "broadcast" for axis in array.axes)
    }
    whole = {
        configuration.shapes[label] for label, array in configuration.arrays.items() if array.shape.startswith("*")
    }
    return bool(broadcast) and len(broadcast | whole) > 1


def list_measured_flags(op: Op, case: Case, results: ExactResults) -> Iterator[str]:
    """Yield the flags that hold of a case, whatever it was drawn for."""
    if loses_digits(op, case):
        yield "cancellation"
    if overflows(op, case):
        yield "overflow-beyond"
    arrays = [*results.outputs, *(g for g in results.gradients if g is not None)]
    if any(underflows(array) for array in arrays):
        yield "underflow"


def loses_digits(op: Op, case: Case) -> bool:
    """Whether the reference's outputs are known to fewer digits in the precision of float64, as ball arithmetic bounds
    it."""
    with ctx.workprec(DOUBLE_PRECISION), suppress(BallError):
        accuracies = [ball.rel_accuracy_bits() for ball in flatten(compute_outputs(op, case)) if not ball.is_zero()]
        return min(accuracies, default=DOUBLE_PRECISION) < DOUBLE_PRECISION - DIGITS_LOST
    return False


def overflows(op: Op, case: Case) -> bool:
    """Whether the reference, run by NumPy, gives numbers that are not finite."""
    assert op.reference is not None
    with np.errstate(all="ignore"):
        y = op.reference(*case.point, **case.settings)
    return not all(np.isfinite(part).all() for part in (y if isinstance(y, (tuple, list)) else (y,)))


def underflows(array: ExactArray) -> bool:
    """Whether a number that is not zero has no full precision in float64."""
    least = np.finfo(np.float64).tiny
    return any(number.mantissa and abs(float(number)) < least for number in array.numbers)
