"""Hypotheses of another point: an array that backward uses in place of an input, or an input that it leaves out."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.hypotheses.changed_cases import change_case, reproduces_claim
from gradcheck.causes.hypotheses.lengths import name_input_axes
from gradcheck.causes.hypotheses.upstreams import is_mask
from gradcheck.causes.names import join_names
from gradcheck.causes.wrong_case import WrongCase, replace_input

FEWEST_AXES_WITH_CHANNELS = 3
"""Axes of an array whose second one is that of channels."""

Replacement = tuple[Cause, Values]
"""A cause, and the array that backward uses for an input by it."""


def propose_other_point(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the gradient is right at another point, where something else stands for an input."""
    claimed = case.claimed[i]
    if claimed is None or (not claimed.any() and case.is_wrong(i)):
        return
    for cause, point in list_points(case, i):
        changed = change_case(case, point) if case.is_left(cause) else None
        if changed is not None and reproduces_claim(changed, i):
            yield Hypothesis(cause, claimed)


def list_points(case: WrongCase, i: int) -> Iterator[tuple[Cause, Point]]:
    """Yield the points, each with the cause that backward takes it for that of forward."""
    for k, x in enumerate(case.inputs):
        if x.dtype.kind == "f":
            for cause, a in list_replacements(case, i, k):
                yield cause, replace_input(case.inputs, k, a)
        elif x.ndim:
            words = f"the {case.labels[k]} of another row is used"
            for step in (1, -1):
                cause = Cause("wrong-index", words, "Look for an index that is off by one, or not that of the row.")
                yield cause, replace_input(case.inputs, k, np.roll(x, step, 0))
    for k, m in combinations(range(len(case.inputs)), 2):
        a, b = case.inputs[k], case.inputs[m]
        if a.shape == b.shape and a.dtype.kind == b.dtype.kind:
            words = f"{join_names([case.labels[k], case.labels[m]])} are exchanged in it"
            cause = Cause("wrong-variable", words, "Use each in its own place.")
            yield cause, replace_input(replace_input(case.inputs, k, b), m, a)


def list_replacements(case: WrongCase, i: int, k: int) -> Iterator[Replacement]:
    """Yield what may stand for input k."""
    x, label = case.inputs[k], case.labels[k]
    yield from list_other_arrays(case, k)
    yield from list_changed_numbers(label, x)
    if x.ndim >= 2 and x.shape[-1] == x.shape[-2]:
        cause = Cause("transposed", f"{label} is transposed in it", f"Exchange {label} and its transpose.")
        yield cause, np.swapaxes(x, -1, -2)
    if k != i:
        yield from list_without(label, x)
    if k != i:
        yield from list_flipped_kernels(case, i, k)
    for axis, name in name_input_axes(case, label):
        yield from list_joined(label, x, axis, name)
        for step in (1, -1):
            words = f"the element of {label} before or after it along {name} is used"
            yield (
                Cause("wrong-index", words, f"Look for an index that is off by one along {name}."),
                np.roll(x, step, axis),
            )


def list_flipped_kernels(case: WrongCase, i: int, k: int) -> Iterator[Replacement]:
    """Yield input k reversed along one or two axes next to each other that input i does not have, as a kernel's."""
    x, label = case.inputs[k], case.labels[k]
    own = {name for _, name in name_input_axes(case, case.labels[i])}
    names = {axis: name for axis, name in name_input_axes(case, label) if name not in own}
    for axes in [*((axis,) for axis in names), *((axis, axis + 1) for axis in names if axis + 1 in names)]:
        along = join_names([names[axis] for axis in axes])
        words = f"{label} is reversed along {along}"
        yield Cause("kernel-not-flipped", words, f"Let the indices along {along} run the other way."), np.flip(x, axes)


def list_joined(label: str, x: Values, axis: int, name: str) -> Iterator[Replacement]:
    """Yield an input that is the same everywhere along an axis: as at one end of it; along channels also as their
    largest and their sum."""
    if x.shape[axis] < 2:
        return
    is_channel = x.ndim >= FEWEST_AXES_WITH_CHANNELS and axis == 1
    hint = f"Use for each index of {name} what is its own."
    kind = "channels-mixed" if is_channel else "wrong-index"
    for at, text in ((0, "first"), (-1, "last")):
        words = f"the {text} of {label} along {name} is used for all"
        yield Cause(kind, words, hint), np.broadcast_to(np.take(x, [at], axis), x.shape).copy()
    joined = {"largest": x.max(axis, keepdims=True), "sum": x.sum(axis, keepdims=True)}
    for text, a in joined.items() if is_channel else ():
        words = f"the {text} of {label} over {name} is used for each"
        yield Cause(kind, words, hint), np.broadcast_to(a, x.shape).copy()


def list_other_arrays(case: WrongCase, k: int) -> Iterator[Replacement]:
    """Yield the outputs, the other inputs and the upstream, where they have the shape of input k."""
    x, label = case.inputs[k], case.labels[k]
    for name, y, u in zip(case.op.outputs, case.outputs, case.upstream, strict=True):
        if y.shape == x.shape:
            words = f"the derivative is taken at the output {name} in place of {label}"
            yield Cause("slope-at-output", words, f"Use {label} itself, or write the derivative by {name}."), y
            words = f"the upstream gradient is used for {label}"
            yield Cause("wrong-variable", words, f"Use {label}."), u
    for m, other in enumerate(case.inputs):
        if m != k and other.shape == x.shape and other.dtype.kind == "f":
            words = f"{case.labels[m]} is used for {label}"
            yield Cause("wrong-variable", words, f"Use {label}."), other


def list_changed_numbers(label: str, x: Values) -> Iterator[Replacement]:
    """Yield an input with other numbers: of the other sign, without sign, and what it leaves of one."""
    for text, a in ((f"-{label}", -x), (f"the absolute value of {label}", np.abs(x))):
        yield Cause("wrong-variable", f"{text} is used for {label}", f"Use {label} itself."), a
    yield Cause("complement", f"(1 - {label}) is used for {label}", f"Use {label} itself."), 1 - x


def list_without(label: str, x: Values) -> Iterator[Replacement]:
    """Yield an input without effect as a factor or as a term, and one that has it twice.  An input of zeros and ones is
    a mask."""
    if is_mask(x):
        words = f"the mask {label} is not applied"
        yield Cause("mask-missing", words, f"Multiply by {label}."), np.ones_like(x)
        return
    yield Cause("factor-missing", f"the factor {label} is missing", f"Multiply by {label}."), np.ones_like(x)
    words = f"what comes back through {label} is missing: it is as if {label} were zero"
    yield Cause("term-missing", words, f"Add the term with {label}."), np.zeros_like(x)
    yield Cause("factor-extra", f"the factor {label} is one too many", f"Do not multiply by {label}."), x * x
