"""Hypotheses of another upstream: ignored, used twice, summed, scaled by an array, or in another place."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import permutations

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.hypotheses.axes import MOST_AXES_REORDERED, RESHAPED_NOT_TRANSPOSED, shift
from gradcheck.causes.hypotheses.lengths import name_input_axes, name_output_axes
from gradcheck.causes.names import is_time
from gradcheck.causes.wrong_case import WrongCase


@dataclass(frozen=True)
class OtherUpstream:
    """The upstream that backward works on, and the cause that this is not the one which it is given."""

    cause: Cause
    upstream: Point


IGNORED = Cause("upstream-ignored", "the upstream gradient is ignored", "Multiply by the upstream gradient.")
TWICE = Cause("upstream-twice", "the upstream gradient is used twice", "Multiply by the upstream gradient once.")

ITSELF = "Multiply by the upstream gradient itself."

UPSTREAM_CHANGES: tuple[tuple[Cause, Callable[[Values], Values]], ...] = (
    (IGNORED, np.ones_like),
    (TWICE, np.square),
    (TWICE, lambda u: u * np.abs(u)),
    (Cause("upstream-sign", "the sign of the upstream gradient is used for it", ITSELF), np.sign),
    (Cause("upstream-sign", "the absolute value of the upstream gradient is used for it", ITSELF), np.abs),
    (Cause("upstream-sign", "the upstream gradient is cut off below zero", ITSELF), lambda u: np.maximum(u, 0)),
    (Cause("upstream-sign", "it is a mask of the upstream gradient", ITSELF), lambda u: np.asarray(u > 0, float)),
)
"""What is done to every element of the upstream."""


def propose_other_upstream(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the gradient is right for another upstream."""
    kinds = (list_elementwise, list_summed, partial(list_scaled, i=i), list_by_output, list_partial, list_moved)
    for other in (other for kind in kinds for other in kind(case)):
        gradient = pull_other(case, i, other.upstream)
        if gradient is not None:
            yield Hypothesis(other.cause, gradient)
    for u in case.upstream:
        if u.shape == case.inputs[i].shape:
            yield Hypothesis(TWICE, case.expected(i).value * u)


def pull_other(case: WrongCase, i: int, upstream: Point) -> Values | None:
    """Return the right gradient of input i for another upstream; where that enlarges the error of a derivative so that
    the claimed one lies within it, the claimed one.  None where the upstream is not finite, unless each output belongs
    to an element of the input: nothing is known of that then."""
    estimate, claimed = case.pull(i, tuple(np.where(np.isfinite(u), u, 0.0) for u in upstream)), case.claimed[i]
    unknown = [~np.isfinite(u) for u in upstream]
    belong = len(unknown) == 1 and unknown[0].shape == case.inputs[i].shape
    if any(mask.any() for mask in unknown) and not belong:
        return None
    if claimed is None or claimed.shape != estimate.value.shape:
        return estimate.value
    within = 4 * estimate.error >= np.abs(claimed - estimate.value)
    open_to_doubt = (within & (4 * estimate.error > case.tolerance(i))) | (unknown[0] if belong else False)
    tells = np.any(estimate.value[~open_to_doubt] != 0)
    return np.where(open_to_doubt, claimed, estimate.value) if tells else estimate.value


def propose_unchanged_upstream(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the upstream is returned as it is, where no missing factor says so."""
    shape = case.inputs[i].shape
    matches = [u for u in case.upstream if u.shape == shape and case.is_claimed(i, u)]
    if matches and not (case.is_wrong(i) and has_missing_factor(case, i)):
        words = "the upstream gradient is returned as it is: the derivative is missing"
        yield Hypothesis(Cause("slope-missing", words, "Multiply it by the derivative."), matches[0])


def has_missing_factor(case: WrongCase, i: int) -> bool:
    """Whether the claimed gradient is the right one without a factor that is an input or an output."""
    missing = (other.upstream for other in list_scaled(case, i) if other.cause.name in ("factor-missing", "power"))
    gradients = (pull_other(case, i, upstream) for upstream in missing)
    return any(gradient is not None and case.is_claimed(i, gradient) for gradient in gradients)


def replace_output(case: WrongCase, j: int, u: Values) -> Point:
    """Return the upstream of all outputs with that of one replaced."""
    return (*case.upstream[:j], u, *case.upstream[j + 1 :])


def list_elementwise(case: WrongCase) -> Iterator[OtherUpstream]:
    """Yield what may have been done to every element of the upstream, of all outputs or of one."""
    for cause, change in UPSTREAM_CHANGES:
        yield OtherUpstream(cause, tuple(map(change, case.upstream)))
        for j, name in enumerate(case.op.outputs if len(case.upstream) > 1 else ()):
            words = cause.words.replace("upstream gradient", f"upstream gradient of {name}")
            yield OtherUpstream(Cause(cause.name, words, cause.hint), replace_output(case, j, change(case.upstream[j])))


def list_summed(case: WrongCase) -> Iterator[OtherUpstream]:
    """Yield sums and averages of the upstream, over all or along one axis."""
    for j, u in enumerate(case.upstream):
        of = f" of {case.op.outputs[j]}" if len(case.upstream) > 1 else ""
        hint = "Use each element of it by itself."
        everything = [(None, "")] if u.ndim else []
        for axis, name in [*everything, *(name_output_axes(case, j) if u.ndim > 1 else [])]:
            over = f" over {name}" if name else ""
            for done, value in (
                ("summed", np.sum(u, axis, keepdims=True)),
                ("averaged", np.mean(u, axis, keepdims=True)),
            ):
                words = f"the upstream gradient{of} is {done}{over} before it is used"
                changed = replace_output(case, j, np.broadcast_to(value, u.shape))
                yield OtherUpstream(Cause("upstream-summed", words, hint), changed)


def list_scaled(case: WrongCase, i: int) -> Iterator[OtherUpstream]:
    """Yield the upstream of the outputs without a factor that they have, or with one too many: an input or an output of
    a fitting shape, or where that is positive.  Of input i itself it is the exponent that is off by one."""
    named = [*zip(case.labels, case.inputs, strict=True), *zip(case.op.outputs, case.outputs, strict=True)]
    for name, a in named:
        for place in list_fitting_places(case, a) if not is_mask(a) else ():
            for other in list_scaled_by(case, name, np.asarray(a, float).reshape(place)):
                is_power = a is case.inputs[i] and other.cause.words.startswith(f"the factor {name} is")
                yield replace(other, cause=name_power(other.cause, name)) if is_power else other


def name_power(cause: Cause, name: str) -> Cause:
    """Return the cause that a factor of the input itself is missing, or one too many."""
    return Cause("power", f"{cause.words}: the exponent of {name} is off by one", cause.hint)


def is_mask(a: Values) -> bool:
    """Whether an array consists of zeros and ones, both of them."""
    return bool(a.size and np.all((a == 0) | (a == 1)) and np.any(a != a.flat[0]))


def list_fitting_places(case: WrongCase, a: Values) -> list[tuple[int, ...]]:
    """Return the shapes in which an array broadcasts to all outputs: with axes of one before its own, or after them, or
    around them."""
    shapes = {u.shape for u in case.upstream}
    if len(shapes) != 1 or (a.size == 1 and a.ndim > 0):
        return []
    (shape,) = shapes
    rest = len(shape) - a.ndim
    places = [(1,) * (rest - behind) + a.shape + (1,) * behind for behind in range(rest + 1)] if rest >= 0 else []
    return [place for place in dict.fromkeys(places) if all(n in (1, m) for n, m in zip(place, shape, strict=True))]


def list_scaled_by(case: WrongCase, name: str, factor: Values) -> Iterator[OtherUpstream]:
    """Yield the upstream multiplied by a factor, by its square, by what it leaves of one, and masked by its sign; and
    divided by the same, where none of it is zero."""
    multiply, divide, leave = f"Multiply by {name}.", f"Divide by {name}.", f"(1 - {name})"
    masked = f"Do not mask it by {name}."
    with np.errstate(all="ignore"):
        scales = (
            (Cause("factor-missing", f"the factor {name} is missing", multiply), 1 / factor),
            (Cause("factor-extra", f"the factor {name} is one too many", f"Do not multiply by {name}."), factor),
            (Cause("product-for-quotient", f"it is multiplied by {name} where it must be divided", divide), factor**2),
            (
                Cause("product-for-quotient", f"it is divided by {name} where it must be multiplied", multiply),
                factor**-2.0,
            ),
            (Cause("factor-missing", f"the factor {leave} is missing", f"Multiply by {leave}."), 1 / (1 - factor)),
            (Cause("factor-extra", f"the factor {leave} is one too many", f"Do not multiply by {leave}."), 1 - factor),
            (Cause("factor-extra", f"it is zero where {name} is not positive", masked), factor > 0),
            (Cause("factor-extra", f"it is zero where {name} is zero", masked), factor != 0),
        )
    for cause, scale in scales:
        yield OtherUpstream(cause, tuple(u * scale for u in case.upstream))


def list_by_output(case: WrongCase) -> Iterator[OtherUpstream]:
    """Yield the upstream without one of several outputs, and with that of one output used for another."""
    if len(case.upstream) < 2:
        return
    for j, name in enumerate(case.op.outputs):
        cause = describe_missing_output(case, j, name)
        yield OtherUpstream(cause, replace_output(case, j, np.zeros_like(case.upstream[j])))
    for j, k in permutations(range(len(case.upstream)), 2):
        if case.upstream[j].shape == case.upstream[k].shape:
            this, other = case.op.outputs[j], case.op.outputs[k]
            words = f"the upstream gradient of {other} is used for that of {this}"
            cause = Cause("upstream-wrong", words, f"Use the upstream gradient of {this}.")
            yield OtherUpstream(cause, replace_output(case, j, case.upstream[k]))
            exchanged = list(case.upstream)
            exchanged[j], exchanged[k] = exchanged[k], exchanged[j]
            words = (
                f"the upstream gradients of {' and '.join(case.op.outputs[m] for m in sorted((j, k)))} are exchanged"
            )
            yield OtherUpstream(
                Cause("upstream-wrong", words, "Unpack them in the order of the outputs."), tuple(exchanged)
            )


def describe_missing_output(case: WrongCase, j: int, name: str) -> Cause:
    """Return the cause that nothing comes back through one output: the last state, where it has the shape of one step
    of another output, and is that, or an input has it as well: the first state."""
    hint = f"Add the gradient that arrives through {name}."
    y = case.outputs[j]
    ends = [np.take(z, -1, k) for z in case.outputs if z.ndim == y.ndim + 1 for k in range(z.ndim) if z.shape[k]]
    begins = any(a.shape == y.shape for a in case.inputs)
    is_end = any(end.shape == y.shape and (begins or np.array_equal(end, y)) for end in ends)
    if is_end or returns_states(case):
        return Cause("state-gradient-missing", f"the gradient that arrives at the last state, {name}, is missing", hint)
    return Cause("output-missing", f"the gradient through the output {name} is missing", hint)


def returns_states(case: WrongCase) -> bool:
    """Whether every output has the shape of an input that is no sequence, while another input is a sequence: these are
    the first states, and the outputs the last ones."""
    has_time = [any(is_time(name) for _, name in name_input_axes(case, label)) for label in case.labels]
    begin = {a.shape for a, is_sequence in zip(case.inputs, has_time, strict=True) if not is_sequence}
    return any(has_time) and all(y.shape in begin for y in case.outputs)


def list_partial(case: WrongCase) -> Iterator[OtherUpstream]:
    """Yield the upstream of one place along an axis alone, the first or the last, and without that."""
    for j, u in enumerate(case.upstream):
        for axis, name in name_output_axes(case, j):
            for place, words in ((0, "first"), (-1, "last")):
                at = (slice(None),) * axis + (place,)
                alone, others = np.zeros_like(u), np.array(u)
                alone[at], others[at] = u[at], 0.0
                hint = f"Go through all of {name}."
                only = Cause(name_only(place, name), f"only the {words} upstream gradient along {name} is used", hint)
                missing = Cause("window-missing", f"the {words} upstream gradient along {name} is left out", hint)
                yield OtherUpstream(only, replace_output(case, j, alone))
                yield OtherUpstream(missing, replace_output(case, j, others))


def name_only(place: int, axis: str) -> str:
    """Return the name of the cause that only one place along an axis counts.  Backward begins at the last step of time:
    what it finds of the first alone has no link between steps."""
    if place == 0:
        return "time-link-missing" if is_time(axis) else "early-return"
    return "one-step-only"


def list_moved(case: WrongCase) -> Iterator[OtherUpstream]:
    """Yield the upstream with its elements in other places."""
    for j, u in enumerate(case.upstream):
        for order in list(permutations(range(u.ndim)))[1:] if u.ndim <= MOST_AXES_REORDERED else ():
            moved = u.transpose(order)
            if moved.shape == u.shape:
                hint = f"Transpose it back: .transpose({', '.join(map(str, np.argsort(order)))})."
                cause = Cause("axes-permuted", f"the upstream gradient is transposed by {order}", hint)
                yield OtherUpstream(cause, replace_output(case, j, moved))
            yield OtherUpstream(UPSTREAM_RESHAPED, replace_output(case, j, moved.reshape(u.shape)))
            reshaped = u.reshape(moved.shape).transpose(np.argsort(order))
            yield OtherUpstream(UPSTREAM_RESHAPED, replace_output(case, j, reshaped))
        for axis, name in name_output_axes(case, j):
            cause = Cause(
                "axis-reversed",
                f"the upstream gradient is read backwards along {name}",
                f"Read it forwards along {name}.",
            )
            yield OtherUpstream(cause, replace_output(case, j, np.flip(u, axis)))
            for step in (1, -1):
                words = f"the upstream gradient is shifted by one along {name}"
                hint = f"Look for an index that is off by one along {name}."
                yield OtherUpstream(Cause("off-by-one", words, hint), replace_output(case, j, shift(u, step, axis)))
                words = f"the upstream gradient before or after it along {name} is used"
                yield OtherUpstream(Cause("wrong-index", words, hint), replace_output(case, j, np.roll(u, step, axis)))


UPSTREAM_RESHAPED = Cause(
    RESHAPED_NOT_TRANSPOSED.name,
    "the upstream gradient is reshaped where its axes must be transposed, which mixes its elements",
    RESHAPED_NOT_TRANSPOSED.hint,
)


def propose_transposed_factor(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that a factor is transposed where the last two axes are as long: with transposed gradients on both sides,
    the right computation gives what is returned."""
    if len(case.upstream) == 1 and min(case.upstream[0].ndim, case.inputs[i].ndim) >= 2:
        swapped = np.swapaxes(case.upstream[0], -1, -2)
        if swapped.shape == case.upstream[0].shape:
            gradient = np.swapaxes(case.pull(i, (swapped,)).value, -1, -2)
            yield Hypothesis(Cause("transposed", "a factor of it is transposed", "Transpose it."), gradient)
