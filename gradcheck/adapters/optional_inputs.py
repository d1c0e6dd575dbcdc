"""Optional inputs: parameters whose default is None, tried absent and present.

One that forward runs with as an array, and for which backward returns a gradient, becomes an input; in some cases the
code receives None for it.  Any other stays None, and is told.
"""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from gradcheck.adapters.inference import declare_constant, find_forward_error, runs_forward
from gradcheck.adapters.missing_gradients import compute_outputs, depends_on, has_shape, run_backward
from gradcheck.adapters.op_builder import OpBuilder
from gradcheck.adapters.parameters import FixedValue
from gradcheck.adapters.trial_cases import (
    FALLING_LENGTHS,
    MIXED_LENGTHS,
    RISING_LENGTHS,
    draw_trial_case,
    draw_trial_inputs,
)
from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op
from gradcheck.declaration.origin import NotChecked
from gradcheck.declaration.shape import DeclarationError

MAX_OPTIONAL_INPUTS = 6
"""The most parameters that are tried: each is tried in many shapes."""

MAX_PAIRS_OF_AXES = 9
"""The most shapes of two axes that are tried."""

BEST_FIRST = ("right", "of another shape", "missing", "raises", "ignored", "")
"""What a trial of one shape shows, the best first: the gradient is right in shape, has another, is None, backward
raises, the output does not depend on the input, forward does not run."""


@dataclass(frozen=True)
class Attempt:
    """A trial of optional inputs of some shapes."""

    op: Op
    outcome: str


def add_optional_inputs(maker: OpBuilder, op: Op) -> tuple[OpBuilder, Op]:
    """Return the builder and the op with the parameters whose default is None as inputs where that can be."""
    waiting = list_optional_parameters(maker)
    if any(isinstance(declared, Several) for declared in op.inputs.values()) or len(waiting) > MAX_OPTIONAL_INPUTS:
        return tell_kept_defaults(maker, op, {}), op
    outcomes: dict[str, str] = {}
    if not does_reference_take(maker, len(op.inputs) + len(waiting)):
        return tell_kept_defaults(maker, op, dict.fromkeys(waiting, "reference")), op
    for name in waiting:
        found = try_shapes(maker, op, [name])
        outcomes[name] = found.outcome
        op = found.op if is_accepted(maker, found, [name]) else op
    together = [n for n in waiting if n not in op.inputs and outcomes[n] in ("", "ignored")]
    if len(together) > 1 and is_accepted(maker, found := try_shapes(maker, op, together), together):
        op = found.op
    return tell_kept_defaults(maker, op, outcomes), op


def list_optional_parameters(maker: OpBuilder) -> list[str]:
    """Return the parameters that have None as their default, and are not declared otherwise."""
    return [n for n, d in maker.rest.items() if isinstance(d, FixedValue) and d.default and d.value is None]


def is_accepted(maker: OpBuilder, attempt: Attempt, names: Iterable[str]) -> bool:
    """Whether an attempt shows that these parameters are inputs, or the signature says so."""
    return attempt.outcome in ("right", "of another shape") or is_annotated(maker, names)


def does_reference_take(maker: OpBuilder, count: int) -> bool:
    """Whether the formula that was given, if there is one, can be called with so many inputs."""
    formula = maker.keywords.options.reference
    try:
        signature = inspect.signature(formula) if formula is not None else None
    except (TypeError, ValueError):
        return True
    try:
        return signature is None or bool(signature.bind(*range(count)))
    except TypeError:
        return False


def is_annotated(maker: OpBuilder, names: Iterable[str]) -> bool:
    """Whether the signature says what each of these is where it is not None."""
    return all(maker.rest[n].annotation is not None for n in names)


def try_shapes(maker: OpBuilder, op: Op, names: list[str]) -> Attempt:
    """Return the best attempt with these parameters as inputs, all of one of the shapes that they may have."""
    best = Attempt(op, "")
    for shape in [None] if is_annotated(maker, names) else list_likely_shapes(op):
        arrays = {n: maker.rest[n].annotation or Array(str(shape)) for n in names}
        try:
            attempt = try_inputs(maker, op, arrays)
        except DeclarationError:
            continue
        if attempt.outcome == "right":
            return attempt
        if BEST_FIRST.index(attempt.outcome) < BEST_FIRST.index(best.outcome) or is_annotated(maker, names):
            best = attempt
    return best


def try_inputs(maker: OpBuilder, op: Op, arrays: Mapping[str, Array]) -> Attempt:
    """Try further inputs of some shapes."""
    asked = maker.keywords.options.gradients
    owed = maker.code.owed if asked is None else asked
    given = {n: a if owed is None or n in owed else declare_constant(a) for n, a in arrays.items()}
    op = extend_example(maker.rebuild(op, {**op.inputs, **given}), list(arrays))
    if not runs_forward(op, MIXED_LENGTHS, RISING_LENGTHS):
        return Attempt(op, "")
    if not all(depends_on(op, n) for n in arrays):
        return Attempt(op, "ignored")
    if not any(a.differentiable for a in given.values()):
        return Attempt(op, "right")
    case = draw_trial_case(op)
    returned = run_backward(op, case)
    gradients = dict(zip(op.inputs, returned, strict=False))
    if not returned:
        return Attempt(op, "raises")
    if len(returned) != len(op.inputs) or any(gradients[n] is None for n, a in given.items() if a.differentiable):
        return Attempt(op, "missing")
    fits = all(has_shape(gradients[n], case.inputs[n]) for n, a in given.items() if a.differentiable)
    return Attempt(op, "right" if fits else "of another shape")


def list_likely_shapes(op: Op) -> Iterator[str]:
    """Yield the shapes that an optional input may have: the last axes of the output, a row of it, an axis of an
    input, the shape of an input, two axes, and a number."""
    case = draw_trial_inputs(op)
    arrays = [a for a in op.inputs.values() if isinstance(a, Array)]
    words = {
        length: axis.text
        for array, label in zip(arrays, op.inputs, strict=True)
        for axis, length in zip(array.axes, case.inputs[label].shape, strict=False)
        if axis.kind == "size"
    }
    shapes: dict[str, None] = {}
    for y in compute_outputs(op, case):
        if all(length in words for length in y.shape):
            axes = [words[length] for length in y.shape]
            shapes |= dict.fromkeys(" ".join(axes[k:]) for k in reversed(range(len(axes))))
        rows = [f"1 {words[y.shape[-1]]}"] if y.ndim > 1 and y.shape[-1] in words else []
        shapes |= dict.fromkeys(rows)
    single = [axis.text for array in reversed(arrays) for axis in reversed(array.axes) if axis.kind == "size"]
    pairs = [f"{a} {b}" for a, b in product(dict.fromkeys(single), repeat=2)][:MAX_PAIRS_OF_AXES]
    yield from {**shapes, **dict.fromkeys([*single, *(array.shape for array in reversed(arrays)), *pairs, ""])}


def extend_example(op: Op, names: Iterable[str]) -> Op:
    """Return the op with an example for further inputs too, where it has one; without it where lengths are unknown."""
    if not op.example:
        return op
    lengths = {
        axis.text: length
        for label, a in op.example.items()
        for axis, length in zip(op.array(label).axes, np.shape(a), strict=True)
    }
    try:
        sizes = {n: [axis.expression.value(lengths) for axis in op.array(n).axes] for n in names}
    except KeyError:
        return replace(op, example={})
    return replace(op, example={**op.example, **{n: np.full(shape, 0.5) for n, shape in sizes.items()}})


def vary_presence(maker: OpBuilder, op: Op) -> tuple[OpBuilder, Op]:
    """Return the builder and the op with a setting that leaves out the inputs whose default is None, each by itself and
    all together, where forward runs without them."""
    optional = [n for n in op.inputs if n in maker.code.parameters and has_default_none(maker.code.parameters[n])]
    together = [" ".join(optional)] if len(optional) > 1 else []
    left_out = tuple(a for a in [*optional, *together] if can_be_left_out(maker, op, a, optional))
    maker = replace(maker, left_out=left_out)
    return maker, maker.rebuild(op, op.inputs) if left_out else op


def can_be_left_out(maker: OpBuilder, op: Op, absent: str, optional: Iterable[str]) -> bool:
    """Whether forward runs without some optional inputs, and does not ignore the others then."""
    varied = replace(maker, left_out=(absent,))
    trial = varied.rebuild(op, op.inputs)
    trial = replace(trial, settings={**trial.settings, **varied.fix_left_out(absent)})
    if any(find_forward_error(trial, lengths) for lengths in (MIXED_LENGTHS, FALLING_LENGTHS)):
        return False
    if not does_reference_run(varied, trial):
        return False
    present = [n for n in optional if n not in absent.split() and op.array(n).differentiable]
    return all(depends_on(trial, n) for n in present)


def does_reference_run(maker: OpBuilder, op: Op) -> bool:
    """Whether the formula that was given, if there is one, runs where optional inputs are left out."""
    formula = maker.keywords.options.reference
    if formula is None:
        return True
    case = draw_trial_inputs(op)
    try:
        maker.adapt_reference(op, formula)(*case.point, **case.settings)
    except Exception:  # whatever a formula does with None
        return False
    return True


def has_default_none(declared: Any) -> bool:
    """Whether a parameter has None as its default."""
    return isinstance(declared, FixedValue) and declared.default and declared.value is None


def tell_kept_defaults(maker: OpBuilder, op: Op, outcomes: Mapping[str, str]) -> OpBuilder:
    """Return the builder, which tells of the parameters that keep None or an array as their default.  outcomes: what a
    trial of each showed."""
    defaults = {n: d.value for n, d in maker.rest.items() if isinstance(d, FixedValue) and d.default}
    kept = {n: v for n, v in defaults.items() if n not in op.inputs and (v is None or isinstance(v, np.ndarray))}
    told = (NotChecked(n, explain_kept_default(n, value, outcomes.get(n, ""))) for n, value in kept.items())
    return replace(maker, not_checked=(*maker.not_checked, *told))


def explain_kept_default(name: str, value: Any, outcome: str) -> str:
    """Say why a parameter keeps its default, and what to write."""
    if value is not None:
        return f"default array kept; declare it, as in {name}='{' '.join('NDM'[: value.ndim]) or '1'}'"
    if outcome == "missing":
        return f"backward returns None; declare it, as in {name}=Array('N D', booleans())"
    if outcome == "reference":
        return "default None kept, since the reference does not take it"
    if outcome == "raises":
        return f"default None kept, since backward raises where it is an array; declare it, as in {name}='N D'"
    return f"default None kept; declare it, as in {name}='N D' or {name}=choice(…)"
