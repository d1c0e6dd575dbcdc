"""Hypotheses of padding that is not cut off the gradient of the padded input, or cut off at the wrong place."""

from collections.abc import Iterator

import numpy as np

from gradcheck.arrays import Values
from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.hypotheses.changed_cases import change_case, reproduces_claim
from gradcheck.causes.setting_roles import find_role
from gradcheck.causes.wrong_case import WrongCase, replace_input

WAYS_TO_LIE = ("at the beginning", "at the end", "in the middle")
"""Where the right gradient may lie in a longer one."""


def propose_padding(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the padding is not cut off the gradient of the padded input, or at one end, or by one element."""
    for name, pad in case.settings.items():
        is_whole = isinstance(pad, int) and not isinstance(pad, bool) and pad >= 0
        if is_whole and find_role(case.op, name) in ("pad", ""):
            for axes in list_padded_axes(case.inputs[i].ndim):
                yield from propose_cuts(case, i, name, pad, axes)


def list_padded_axes(ndim: int) -> list[tuple[int, ...]]:
    """Return the sets of axes that may be padded: the last two, the last, and those before the last."""
    return [axes for axes in ((ndim - 2, ndim - 1), (ndim - 1,), (ndim - 3, ndim - 2)) if min(axes) >= 0]


def propose_cuts(case: WrongCase, i: int, name: str, pad: int, axes: tuple[int, ...]) -> Iterator[Hypothesis]:
    """Propose that another part of the gradient of the padded input is returned than that of the input itself."""
    right = case.expected(i).value
    empty, *others = describe_cuts(name)
    if not pad:
        yield Hypothesis(empty, right[take(slice(0, 0), axes, right.ndim)])
        for cause, cut in zip(others, list_cuts(pad), strict=True):
            yield Hypothesis(cause, right[take(cut, axes, right.ndim)])
        return
    yield Hypothesis(empty, right)
    padded = pad_case(case, i, name, pad, axes)
    claimed = case.claimed[i]
    if padded is None or claimed is None:
        return
    for cause, cut in zip(others, list_cuts(pad), strict=True):
        if case.is_left(cause) and reproduces_claim(padded, i, take(cut, axes, right.ndim)):
            yield Hypothesis(cause, claimed)


def pad_case(case: WrongCase, i: int, name: str, pad: int, axes: tuple[int, ...]) -> WrongCase | None:
    """Return the case with an input that is padded already: without the setting that pads it, where the outputs are the
    same; else with it, where they are the same but for what is longer at both ends.  None where neither is so."""
    widths = [(pad, pad) if k in axes else (0, 0) for k in range(case.inputs[i].ndim)]
    point = replace_input(case.inputs, i, np.pad(case.inputs[i], widths))
    without = change_case(case, point, {name: 0})
    if without is not None and all(map(np.array_equal, without.outputs, case.outputs)):
        return without
    longer, upstream = change_case(case, point), list[Values]()
    shortest = min(case.inputs[i].shape[k] for k in axes)
    for y, own, u in zip(longer.outputs if longer else (), case.outputs, case.upstream, strict=bool(longer)):
        part = find_middle(y.shape, u.shape, pad, shortest)
        if part is None or not np.array_equal(y[part], own):
            return None
        upstream.append(np.zeros(y.shape))
        upstream[-1][part] = u
    return WrongCase(case.op, longer.case.at(longer.inputs, tuple(upstream)), case.claimed) if longer else None


def find_middle(longer: tuple[int, ...], shape: tuple[int, ...], pad: int, shortest: int) -> tuple[slice, ...] | None:
    """Find the part of an output that one of a shape is, where all axes have its length or are longer by the padding at
    both ends; None for other lengths, and where one is shorter than the input: there nothing was padded."""
    part = list[slice]()
    for more, n in ((m - n, n) for m, n in zip(longer, shape, strict=True)):
        if more not in (0, 2 * pad) or (more and n < shortest):
            return None
        part.append(slice(more // 2, more // 2 + n))
    return tuple(part)


def take(cut: slice, axes: tuple[int, ...], ndim: int) -> tuple[slice, ...]:
    """Return the index that takes a part along some axes."""
    return tuple(cut if k in axes else slice(None) for k in range(ndim))


def list_cuts(pad: int) -> list[slice]:
    """Return the parts of a padded axis that may be returned, but for the right one."""
    return [slice(None), slice(0, -2 * pad or None), slice(2 * pad, None), slice(1, -1)]


def describe_cuts(name: str) -> list[Cause]:
    """Return the causes that a slice is empty, and that these parts are returned."""
    hint = f"Cut it off at both ends of both axes: {name}:{name} + length."
    return [
        Cause("padding-kept", f"the slice {name}:-{name} is empty where {name} is 0", hint),
        Cause("padding-kept", "the padding is not cut off", hint),
        Cause("padding-ignored", f"{name} is ignored: its first element is that of the padding", hint),
        Cause("padding-ignored", f"{name} is ignored: its last element is that of the padding", hint),
        Cause("padding-kept", f"one element of padding is cut off on each side, not {name}", hint),
    ]


def propose_longer_gradient(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the right gradient lies in a longer one, whatever pads it."""
    claimed, right = case.claimed[i], case.expected(i).value
    if claimed is None or claimed.ndim != right.ndim:
        return
    more = [m - n for m, n in zip(claimed.shape, right.shape, strict=True)]
    for place in WAYS_TO_LIE if min(more, default=-1) >= 0 else ():
        starts = [{"at the beginning": 0, "at the end": m, "in the middle": m // 2}[place] for m in more]
        part = claimed[tuple(slice(s, s + n) for s, n in zip(starts, right.shape, strict=True))]
        words = f"the padding is not cut off: the right gradient lies {place} of a longer one"
        if case.are_equal(i, part, right):
            yield Hypothesis(Cause("padding-kept", words, "Return that part alone."), claimed, is_tried=any(more))
