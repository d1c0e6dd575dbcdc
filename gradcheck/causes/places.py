"""Where a gradient is wrong, in words: the elements that are wrong in every case looked at, and no others."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from gradcheck.arrays import Values
from gradcheck.causes.names import name_axes_in_order
from gradcheck.causes.wrong_case import WrongCase

Place = tuple[str, Values]
"""Words for some elements of an input, and the mask of these."""


def describe_place(cases: Sequence[WrongCase], label: str) -> str:
    """Describe where the gradient of an input is wrong in all cases; "" where no words fit, or all of it is wrong."""
    found: list[str] | None = None
    for case in cases:
        i = case.labels.index(label)
        wrong = find_wrong_elements(case, i)
        if wrong is None:
            return ""
        here = [words for words, mask in list_case_places(case, i) if np.array_equal(mask, wrong)]
        found = here if found is None else [words for words in found if words in here]
        if not found:
            return ""
    return found[0] if found else ""


def find_wrong_elements(case: WrongCase, i: int) -> Values | None:
    """Return which elements of a gradient are wrong; None where it has another shape, or all or none of them are."""
    claimed, expected = case.claimed[i], case.expected(i).value
    if claimed is None or claimed.shape != expected.shape:
        return None
    wrong = np.zeros(claimed.shape, bool)
    for index in np.ndindex(claimed.shape):
        wrong[index] = not case.are_equal(i, claimed[index], expected[index])
    return wrong if wrong.any() and not wrong.all() else None


def list_case_places(case: WrongCase, i: int) -> Iterator[Place]:
    """Yield places of an input with their elements: by index, by value, by the outputs that they reach."""
    x, label = case.inputs[i], case.labels[i]
    yield from list_places_by_index(x, name_axes_in_order(case.op, label, x.ndim))
    yield from list_places_by_value(case, i)
    yield from list_places_by_use(case, i)


def list_places_by_index(x: Values, names: Sequence[str]) -> Iterator[Place]:
    """Yield ends of axes, borders, corners and diagonals."""
    grid = np.indices(x.shape)
    for k, name in enumerate(names):
        at, end = grid[k], x.shape[k] - 1
        yield f"at the last index of {name}", at == end
        yield f"at the first index of {name}", at == 0
        yield f"everywhere but at the last index of {name}", at != end
        yield f"everywhere but at the first index of {name}", at != 0
        yield f"at both ends of {name}", (at == 0) | (at == end)
        yield f"everywhere but at the ends of {name}", (at > 0) & (at < end)
    if x.ndim > 1:
        (a, b), (m, n) = grid[-2:], x.shape[-2:]
        border = (a == 0) | (b == 0) | (a == m - 1) | (b == n - 1)
        yield "along the border of the last two axes", border
        yield "inside the border of the last two axes", ~border
        yield "in the corners of the last two axes", ((a == 0) | (a == m - 1)) & ((b == 0) | (b == n - 1))
        yield "in the last corner", (a == m - 1) & (b == n - 1)
        yield "on the diagonal", a == b
        yield "off the diagonal", a != b
        yield "above the diagonal", a < b
        yield "below the diagonal", a > b
        yield "on and above the diagonal", a <= b
        yield "on and below the diagonal", a >= b


COMPARISONS: tuple[tuple[str, Callable[[Values], Values]], ...] = (
    ("is negative", lambda a: a < 0),
    ("is positive", lambda a: a > 0),
    ("is zero", lambda a: a == 0),
    ("is not zero", lambda a: a != 0),
    ("is greater than 1", lambda a: a > 1),
    ("is at most 1", lambda a: a <= 1),
    ("is greater than 1 or less than -1", lambda a: np.abs(a) > 1),
    ("is between -1 and 1", lambda a: np.abs(a) <= 1),
)
"""What is said of the elements of an array."""


def list_places_by_value(case: WrongCase, i: int) -> Iterator[Place]:
    """Yield the elements at which an input, an output or an upstream of the same shape has a sign or a size."""
    shape = case.inputs[i].shape
    arrays = [*zip(case.labels, case.inputs, strict=True), *zip(case.op.outputs, case.outputs, strict=True)]
    arrays += [(f"the upstream of {name}", u) for name, u in zip(case.op.outputs, case.upstream, strict=True)]
    for name, a in arrays:
        if a.shape == shape and a.dtype.kind == "f":
            yield from ((f"where {name} {words}", holds(a)) for words, holds in COMPARISONS)


def list_places_by_use(case: WrongCase, i: int) -> Iterator[Place]:
    """Yield the elements that bear on no output, on one, on several, and those that an input of whole numbers names."""
    x = case.inputs[i]
    count = np.sum(case.jacobian(i).value != 0, axis=0).reshape(x.shape)
    yield "where an element bears on no output", count == 0
    yield "where an element bears on several outputs", count > 1
    yield "where an element bears on more outputs than others", count > np.min(count, initial=0)
    for label, y in zip(case.labels, case.inputs, strict=True):
        if y.dtype.kind in "iu" and y.ndim == 1:
            yield from list_places_by_index_input(x, label, y)


def list_places_by_index_input(x: Values, label: str, y: Values) -> Iterator[Place]:
    """Yield the elements that one of several indices names: one in each row, or a row each."""
    if x.ndim and x.shape[0] == len(y) and x.ndim > 1 and (y < x.shape[1]).all() and (y >= 0).all():
        own = np.zeros(x.shape, bool)
        own[np.arange(len(y)), y] = True
        yield f"at the index that {label} names in each row", own
        yield f"everywhere but at the index that {label} names in each row", ~own
    for axis, length in enumerate(x.shape):
        times = np.bincount(y, minlength=length)[:length] if (y >= 0).all() else np.zeros(length)
        shape = [length if k == axis else 1 for k in range(x.ndim)]
        for words, mask in (("more than once", times > 1), ("once or more", times > 0), ("nowhere", times == 0)):
            yield f"where {label} names an element {words}", np.broadcast_to(mask.reshape(shape), x.shape)
