"""Digits that a difference of nearly equal numbers loses, as the cause of a gradient that is right elsewhere.

Forward and backward are watched operation by operation.  Where a sum or difference is far smaller than what it is made
of, its rounding is as large as the rounding of these; the code is run again with its result moved by that much.  The
cause is named where the gradient then moves by as much as it is wrong.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from gradcheck.arrays import Gradients, Values, flat
from gradcheck.causes.cause import Cause
from gradcheck.causes.spot_text import read_spot
from gradcheck.causes.watched_forward import (
    AnotherCourse,
    Change,
    Changer,
    Operation,
    Spot,
    TooManyOperations,
    Watcher,
    make_watched,
)
from gradcheck.causes.wrong_case import WrongCase, make_wrong_case, replace_input, run_both_ways
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Arrangement, Malformed, UserError
from gradcheck.evaluation.private_copies import keep_subclasses
from gradcheck.records.case import Case
from gradcheck.records.evidence import Estimate

NEARLY_EQUAL = 2.0**-10
"""The part of its operands below which a sum or difference has lost digits: three decimal ones."""

ROUNDINGS = 8.0
"""Roundings of the operands by which the result may be off: they are results of a few operations themselves."""

FAR_ASIDE = 2.0**-6
"""How far an element is moved, as a part of it, to see which outputs depend on it."""

MOST_LOSING = 12
"""Operations that lose digits, and are moved one by one."""

MOST_CASES = 3
"""Cases with a wrong gradient that are looked at."""


def find_lost_digits(op: Op, label: str, cases: Iterable[Case]) -> tuple[Cause, int] | None:
    """Find the operation whose lost digits account for a wrong gradient of an input in all cases in which it is wrong,
    and in how many; None where there is none.  Where there are several, it is the last that runs."""
    made = (make_wrong_case(op, case) for case in cases if label in case.inputs)
    wrong = list(islice((case for case in made if case is not None and find_wrong(case, label).any()), MOST_CASES))
    found = [list(find_in_case(case, label)) for case in wrong]
    common = [cause for cause in (found[0] if found else []) if all(cause in others for others in found)]
    return (common[-1], len(wrong)) if common else None


def find_wrong(case: WrongCase, label: str) -> Values:
    """Return which elements of a gradient are wrong, each by its own error; none where it has another shape."""
    i = case.labels.index(label)
    claimed = case.claimed[i]
    if claimed is None or claimed.shape != case.inputs[i].shape or case.inputs[i].dtype.kind != "f":
        return np.zeros(case.inputs[i].shape, bool)
    expected = expect_apart(case, i)
    rounding = ROUNDINGS * np.spacing(np.abs(expected.value))
    return np.asarray(np.abs(claimed - expected.value) > 4 * expected.error + rounding)


def expect_apart(case: WrongCase, i: int) -> Estimate:
    """Return the right gradient of input i from those outputs alone that an element moves: the rounding of the others
    would hide a small one."""
    jacobian, upstream, x = case.jacobian(i), flat(case.upstream), case.inputs[i]
    moves = np.zeros(jacobian.value.shape, bool)
    for k, index in enumerate(np.ndindex(x.shape)):
        for step in (FAR_ASIDE, -FAR_ASIDE):
            moved = np.array(x)
            moved[index] += step * max(1.0, abs(float(x[index])))
            moves[:, k] |= is_moved(case, i, moved)
    value, error = upstream @ np.where(moves, jacobian.value, 0), np.abs(upstream) @ np.where(moves, jacobian.error, 0)
    return Estimate(value.reshape(x.shape), error.reshape(x.shape))


def is_moved(case: WrongCase, i: int, x: Values) -> Values:
    """Return which outputs are others with another array for input i; all where forward refuses that."""
    try:
        outputs = case.evaluator.compute_uncached(replace_input(case.inputs, i, x))
    except (UserError, Malformed):
        return np.ones(flat(case.outputs).shape, bool)
    return np.asarray(flat(outputs) != flat(case.outputs))


def find_in_case(case: WrongCase, label: str) -> Iterator[Cause]:
    """Yield the operations whose lost digits account for a wrong gradient in one case."""
    i, watcher = case.labels.index(label), Watcher()
    first = run_watched_gradients(case, watcher)
    claimed, wrong = case.claimed[i], find_wrong(case, label)
    if first is None or claimed is None:
        return
    gap = np.abs(claimed - expect_apart(case, i).value)[wrong]
    losing = [spot for spot, row in watcher.seen.items() if any(map(is_cancelling, row))]
    for spot in losing[:MOST_LOSING]:
        moves = [measure_move(case, i, spot, watcher.seen, claimed, sign) for sign in (1.0, -1.0)]
        text = read_spot(spot)
        if text is not None and np.all(gap <= np.max(moves, axis=0)[wrong]):
            words = f"the digits of nearly equal numbers cancel in {text.where}: few or none are left"
            hint = "Rearrange it so that the small number is computed itself, as by log1p, expm1 or sigmoid(-x)."
            yield Cause("cancellation", words, hint)


def is_cancelling(operation: Operation) -> bool:
    """Whether a sum or difference is far smaller than what it is made of."""
    if operation.function not in ("add", "subtract") or len(operation.operands) != 2:
        return False
    size = measure_operands(operation)
    return bool(np.any((size > 0) & (np.abs(operation.result) <= NEARLY_EQUAL * size)))


def measure_operands(operation: Operation) -> Values:
    """Return the size of the larger operand, for each element of a result."""
    first, second = (np.abs(np.asarray(a, float)) for a in operation.operands)
    return np.asarray(np.maximum(first, second))


def measure_move(
    case: WrongCase, i: int, spot: Spot, seen: Mapping[Spot, Sequence[Operation]], claimed: Values, sign: float
) -> Values:
    """Return by how much each element of a gradient moves where what an operation makes is moved by the rounding of
    its operands; nothing where the code then takes another course."""
    gradients = run_watched_gradients(case, Changer({spot: move_by_rounding(sign)}, seen))
    moved = gradients[i] if gradients is not None else None
    if moved is None or moved.shape != claimed.shape or not np.isfinite(moved).all():
        return np.zeros(claimed.shape)
    return np.abs(moved - claimed)


def move_by_rounding(sign: float) -> Change:
    """Move the result of an operation by the rounding of its operands."""

    def change(before: Operation, now: Operation, round: int) -> Values:
        return np.asarray(now.result + sign * ROUNDINGS * np.spacing(measure_operands(now)))

    return change


def run_watched_gradients(case: WrongCase, watcher: Watcher | Changer) -> Gradients | None:
    """Return the gradients where all that forward and backward are given is watched; None where they refuse it."""
    arrange = Arrangement(lambda a: np.asarray(a) if a.dtype.kind != "f" else make_watched(watcher, np.array(a)))
    try:
        with keep_subclasses(), np.errstate(all="ignore"):
            return run_both_ways(case.evaluator, arrange)[1]
    except (UserError, Malformed, AnotherCourse, TooManyOperations):
        return None
