"""Hypotheses of elements in other places: axes in another order, reversed or shifted."""

from collections.abc import Iterator
from itertools import combinations, permutations

import numpy as np

from gradcheck.arrays import Values
from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.hypotheses.lengths import name_input_axes
from gradcheck.causes.wrong_case import WrongCase

MOST_AXES_REORDERED = 4
"""Axes of an array up to which all their orders are tried."""

NUMBERS_OF_PARTS = (2, 3, 4)
"""Numbers of equal parts into which an axis is split: those of the gates of a cell, or the halves of a gated unit."""

FEWEST_MOVED = 4
"""Different numbers in an array from which it is no accident that another has the same in another order."""


def propose_moved_elements(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the elements of the gradient stand in other places."""
    expected = case.expected(i).value
    found = list(propose_orders(case, i, expected))
    found += propose_reversed(case, i, expected)
    yield from found
    yield from propose_exchanged_parts(case, i, expected)
    yield from propose_shifted(case, i, expected)
    if case.suspects is not None or not any(case.is_claimed(i, one.gradient) for one in found):
        yield from propose_split_order(case, i, expected)


def propose_orders(case: WrongCase, i: int, expected: Values) -> Iterator[Hypothesis]:
    """Propose that the axes are in another order, or were put in order by a reshape where a transpose is right."""
    if not 2 <= expected.ndim <= MOST_AXES_REORDERED:
        return
    for order in list(permutations(range(expected.ndim)))[1:]:
        moved = expected.transpose(order)
        yield Hypothesis(describe_order(order), moved)
        for reshaped in (moved.reshape(expected.shape), expected.reshape(moved.shape)):
            yield Hypothesis(RESHAPED_NOT_TRANSPOSED, reshaped)
        yield Hypothesis(RESHAPED_NOT_TRANSPOSED, expected.reshape(moved.shape).transpose(np.argsort(order)))


RESHAPED_NOT_TRANSPOSED = Cause(
    "axes-permuted",
    "it is reshaped where its axes must be transposed, which mixes its elements",
    "Exchange axes by transpose, not by reshape.",
)


def describe_order(order: tuple[int, ...]) -> Cause:
    """Return the cause that the axes of the gradient are in an order."""
    if len(order) == 2:
        return Cause("transposed", "it is transposed", "Transpose it, or exchange the operands of the product.")
    rest = len(order) - 2
    if order == (*range(rest), rest + 1, rest):
        hint = "Exchange its last two axes: .swapaxes(-1, -2)."
        return Cause("height-width-exchanged", "its last two axes are exchanged", hint)
    back = ", ".join(map(str, np.argsort(order)))
    words = f"its axes are in the order {', '.join(map(str, order))}"
    return Cause("axes-permuted", words, f"Put them in order: .transpose({back}).")


def propose_reversed(case: WrongCase, i: int, expected: Values) -> Iterator[Hypothesis]:
    """Propose that an axis runs backwards, or that two do, as where a kernel is flipped."""
    names = name_input_axes(case, case.labels[i])
    for k, name in names:
        cause = Cause("axis-reversed", f"it runs backwards along {name}", f"Reverse it along {name}.")
        yield Hypothesis(cause, np.flip(expected, k))
    for (k, first), (other, second) in combinations(names, 2):
        if k != other:
            words = f"it is flipped along {first} and {second}"
            hint = f"Flip it along {first} and {second}, or do not flip it where it is."
            yield Hypothesis(Cause("kernel-not-flipped", words, hint), np.flip(expected, (k, other)))


def propose_split_order(case: WrongCase, i: int, expected: Values) -> Iterator[Hypothesis]:
    """Propose that an axis is made of two or three parts, as channels of groups, and these are in another order."""
    for k, name in name_input_axes(case, case.labels[i]):
        words = f"what {name} is made of is in another order: its parts are transposed"
        cause = Cause("axes-permuted", words, "Look for the order of axes in a transpose before or after a reshape.")
        for parts in list_splits(expected.shape[k]):
            split = expected.reshape(*expected.shape[:k], *parts, *expected.shape[k + 1 :])
            for order in permutations(range(len(parts))):
                moved = split.transpose(*range(k), *(k + n for n in order), *range(k + len(parts), split.ndim))
                yield Hypothesis(cause, moved.reshape(expected.shape))


def list_splits(length: int) -> list[tuple[int, ...]]:
    """Return the ways to make a length of two or three factors other than one; itself alone where there are none."""
    pairs = [(n, length // n) for n in range(2, length) if length % n == 0]
    triples = [(a, b, rest // b) for a, rest in pairs for b in range(2, rest) if rest % b == 0]
    return [*pairs, *triples] or [(length,)]


def propose_shifted(case: WrongCase, i: int, expected: Values) -> Iterator[Hypothesis]:
    """Propose that the elements are shifted along an axis: round its end by any number of steps, or by one beyond
    it."""
    for k, name in name_input_axes(case, case.labels[i]):
        hint = f"Look for an index that is off along {name}."
        rolled = Cause("axis-shifted", f"its elements are rolled along {name}", hint)
        yield from (Hypothesis(rolled, np.roll(expected, step, k)) for step in range(expected.shape[k]))
        for step, many in ((1, "one"), (-1, "minus one")):
            words = f"its elements are shifted by {many} along {name}"
            yield Hypothesis(Cause("axis-shifted", words, hint), shift(expected, step, k))


def shift(a: Values, step: int, axis: int) -> Values:
    """Return an array shifted by one step along an axis, zeros moved in."""
    shifted = np.roll(a, step, axis)
    if a.shape[axis]:
        shifted[(slice(None),) * axis + (0 if step > 0 else -1,)] = 0
    return shifted


def propose_exchanged_parts(case: WrongCase, i: int, expected: Values) -> Iterator[Hypothesis]:
    """Propose that two of the equal parts of an axis are exchanged, as those of two gates."""
    for k, name in name_input_axes(case, case.labels[i]):
        for count in (count for count in NUMBERS_OF_PARTS if expected.shape[k] % count == 0 and expected.shape[k]):
            parts = np.split(expected, count, k)
            for a, b in combinations(range(count), 2):
                order = [b if n == a else a if n == b else n for n in range(count)]
                words = f"parts {a + 1} and {b + 1} of the {count} along {name} are exchanged"
                cause = Cause("gates-exchanged", words, "Put the parts together in the order in which they were split.")
                yield Hypothesis(cause, np.concatenate([parts[n] for n in order], k))


def propose_any_order(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the right numbers stand in other places, where these are enough to be no accident, and nothing more
    exact is known."""
    claimed, expected = case.claimed[i], case.expected(i).value
    if claimed is None or claimed.shape != expected.shape or len(np.unique(expected)) < FEWEST_MOVED:
        return
    if case.is_wrong(i) and any(case.is_claimed(i, moved.gradient) for moved in propose_moved_elements(case, i)):
        return
    if case.are_equal(i, np.sort(claimed, axis=None), np.sort(expected, axis=None)):
        words = "it has the right numbers in the wrong places"
        yield Hypothesis(
            Cause("wrong-index", words, "Look for an index, or an order of axes, that is another."), claimed
        )
