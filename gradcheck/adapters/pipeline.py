"""From somebody's code to an Op: inputs that are declared, given as examples, or inferred."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.adapters import inference
from gradcheck.adapters.accepted_shapes import keep_accepted_shapes
from gradcheck.adapters.code import Code
from gradcheck.adapters.inference import NoShapes
from gradcheck.adapters.input_gradients import remove_gradient
from gradcheck.adapters.input_labels import make_input_label
from gradcheck.adapters.missing_gradients import find_missing_gradients
from gradcheck.adapters.op_builder import OpBuilder
from gradcheck.adapters.optional_inputs import (
    add_optional_inputs,
    list_optional_parameters,
    tell_kept_defaults,
    vary_presence,
)
from gradcheck.adapters.parameters import AdapterError, FixedValue, Keywords, ParameterDict, is_input
from gradcheck.adapters.trial_cases import MIXED_LENGTHS, draw_trial_inputs
from gradcheck.declaration.domain import constant, indices, real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.origin import NotChecked

Parameters = Mapping[str, Any]
"""The declarations of the parameters of some code, None where nothing is known."""

DICTIONARY_SUFFIX = "_param"
USUAL_DICTIONARIES: tuple[Mapping[str, str], ...] = ({}, {"mode": "train"})
"""How CS231n's assignments call parameters that are dictionaries of settings, and what such a one is tried as."""


def build_op(code: Code, keywords: Keywords) -> Op:
    """The op of somebody's code, as it is declared by signature and caller, and inferred where nobody says.

    Raises AdapterError for a parameter that the code does not have, NoShapes where inputs are missing.
    """
    declared = {**code.parameters, **keywords.declare_parameters(code.name, code.parameters), **code.examples}
    unknown = [n for n, d in declared.items() if d is None and n.endswith(DICTIONARY_SUFFIX)]
    for value in USUAL_DICTIONARIES if unknown else ():
        guessed = {n: FixedValue(dict(value)) if n in unknown else d for n, d in declared.items()}
        notes = tuple(f"{n}: taken as {value!r}" for n in unknown)
        try:
            op = build_op_of_parameters(code, keywords, guessed, notes)
        except NoShapes:
            continue
        if inference.runs_forward(op):
            return op
    return build_op_of_parameters(code, keywords, declared, ())


def build_op_of_parameters(code: Code, keywords: Keywords, declared: Parameters, notes: tuple[str, ...]) -> Op:
    """The op of code whose parameters are known as far as anybody says.  Raises as build_op does."""
    known = expand_dictionaries(code.name, declared)
    inputs = {n: d for n, d in known.items() if is_input(d)}
    if not inputs:
        raise NoShapes(explain_no_inputs(code.name, known))
    maker = OpBuilder(
        code, keywords, list(known), {n: d for n, d in known.items() if n not in inputs}, inference_notes=notes
    )
    op = maker.name_outputs(build_op_of_inputs(maker, inputs))
    maker, op = tell_missing_gradients(maker, op, [n for n, d in inputs.items() if d is None])
    if keywords.options.at is None:
        maker, op = add_optional_inputs(maker, op)
    else:
        maker = tell_kept_defaults(maker, op, {})
    op = finish_with_variants(maker, op)
    maker.trials.clear()  # what forward keeps for backward may be large
    return keep_accepted_shapes(op)


def build_op_of_inputs(maker: OpBuilder, inputs: Mapping[str, Any]) -> Op:
    """The op of the inputs that there certainly are, declared, at a point, or inferred.  Raises NoShapes where inputs
    are missing."""
    code = maker.code
    if (at := maker.keywords.options.at) is not None:
        names = list(inputs) + list_optional_parameters(maker)[: len(at) - len(inputs)]
        return maker.op(inference.declare_around_point(code.name, [n for n in maker.known if n in names], at), {})
    missing = [n for n, d in inputs.items() if d is None]
    if not missing:
        return build_declared_op(maker, inputs)
    scalars = {n: d for n, d in inputs.items() if isinstance(d, Array) and not d.axes}
    if len(missing) + len(scalars) < len(inputs):
        raise NoShapes(explain_missing_shapes(code.name, missing))
    try:
        return inference.find_op_on_usual_shapes(
            missing, lambda found, sizes: maker.inferred({n: {**scalars, **found}[n] for n in inputs}, sizes)
        )
    except NoShapes as reason:
        raise NoShapes(explain_no_shape_fits(code.name, missing, str(reason))) from None


def finish_with_variants(maker: OpBuilder, op: Op) -> Op:
    """The finished op, in which optional inputs are left out in some cases, unless the formula that was given does not
    take them."""
    maker, op = vary_presence(maker, op)
    return maker.finish_op(maker.rebuild(op, op.inputs))


def tell_missing_gradients(maker: OpBuilder, op: Op, inferred: Sequence[str]) -> tuple[OpBuilder, Op]:
    """The builder and the op, which tell of inputs without a gradient: those of which nobody said that they have none,
    and the parameters of an object whose gradients were not found.  inferred: the inputs that nobody declared."""
    explain = maker.code.explain_missing
    missing = {n: explain_missing_gradient(n, op.array(n)) for n in inferred if is_constant(op.array(n))}
    if explain is not None:
        reasons = {n: explain(n) for n in {**missing, **dict.fromkeys(find_missing_gradients(op, wants_others=False))}}
        missing |= {n: reason for n, reason in reasons.items() if reason}
    labels = [n for n in inferred if not op.array(n).differentiable and n not in missing]
    notes = tuple(f"{n}: taken for whole numbers below {op.array(n).domain.name[8:-1]}" for n in labels)
    told = tuple(NotChecked(n, reason) for n, reason in missing.items())
    maker = replace(
        maker, not_checked=(*find_unchecked_arrays(maker, op), *told), inference_notes=(*maker.inference_notes, *notes)
    )
    inputs = {n: remove_gradient(a) if n in missing else a for n, a in op.inputs.items()}
    return maker, maker.rebuild(op, inputs)


def find_unchecked_arrays(maker: OpBuilder, op: Op) -> Sequence[NotChecked]:
    """The arrays of an object that are not checked."""
    if maker.code.find_unchecked is None:
        return ()
    case = draw_trial_inputs(op)
    return maker.code.find_unchecked(maker.calls(op.inputs, maker.code.run).arguments(case.point, case.settings))


def is_constant(array: Array) -> bool:
    """Whether an input is of real numbers without a gradient."""
    return array.domain.name == constant().name


def explain_missing_gradient(name: str, array: Array) -> str:
    """Say what to write for a real input without a gradient."""
    declared = f"{name}=Array('{array.shape}', real(), gradient=False)"
    return f"backward returns None; if it has no gradient, declare it: {declared}"


def expand_dictionaries(name: str, declared: Parameters) -> dict[str, Any]:
    """The parameters, with an input behind each dictionary for every array that is declared in it, by its key, or by
    parameter and key where another input has that name."""
    known: dict[str, Any] = {}
    for parameter, value in declared.items():
        known[parameter] = value
        if isinstance(value, ParameterDict):
            keys = [key for key, item in value.items.items() if isinstance(item, Array)]
            taken = {*declared, *known}
            labels = {k: f"{parameter}_{k}" if str(k) in taken else make_input_label(k, parameter) for k in keys}
            known[parameter] = replace(value, inputs=labels)
            known |= {labels[key]: value.items[key] for key in keys}
    return known


def build_declared_op(maker: "OpBuilder", inputs: Mapping[str, Any]) -> Op:
    """The op of declared inputs and examples, in the order of the parameters."""
    examples = {n: d for n, d in inputs.items() if isinstance(d, np.ndarray)}
    declared = {n: d for n, d in inputs.items() if n not in examples}
    if not examples:
        op = maker.op(inference.infer_index_bounds(declared, lambda some: maker.op(some, {})), {})
        require_indices(maker, op)
        return op
    if names := [n for n, d in declared.items() if not isinstance(d, Array) or list_named_axes(d)]:
        raise AdapterError(
            f"{maker.code.name}: {', '.join(names)} is given as a shape, {', '.join(examples)} as an example, and "
            "nothing says which axes are the same; give all as shapes, or all as examples"
        )
    op = inference.build_op_around_examples(
        examples, declared, lambda some, sizes: maker.inferred({n: some[n] for n in inputs}, sizes)
    )
    if declared:
        return op
    if reason := inference.find_error_on_examples(op, examples):
        raise AdapterError(f"{maker.code.name}: on the examples themselves {reason}")
    return replace(op, example=examples)


def require_indices(maker: OpBuilder, op: Op) -> None:
    """Raise AdapterError where forward raises for an input of real numbers, and runs where it is an index."""
    error = inference.find_forward_error(op, MIXED_LENGTHS)
    if not error.startswith(("forward raised IndexError", "forward raised TypeError")):
        return
    for n, array in op.inputs.items():
        if not isinstance(array, Array) or array.domain.name != real().name:
            continue
        for axis in inference.list_axes([a for other, a in op.inputs.items() if other != n]):
            indexed = maker.rebuild(op, {**op.inputs, n: Array(array.shape, indices(axis))})
            if inference.runs_forward(indexed, MIXED_LENGTHS):
                raise AdapterError(
                    f"{op.name}: {n} is declared as real numbers, and {error}; it runs where {n} is an index: write "
                    f"{n}=Array({array.shape!r}, indices({axis!r}))"
                )


def list_named_axes(array: Array) -> list[str]:
    """The axes of a shape that have names."""
    return [axis.text for axis in array.axes if not axis.text.isdigit()]


def explain_no_inputs(name: str, known: Parameters) -> str:
    """Say what to write where no parameter is an input."""
    given = {n: d.value for n, d in known.items() if isinstance(d, FixedValue) and not d.default}
    numbers = [(n, v) for n, v in given.items() if isinstance(v, (tuple, int, float)) and not isinstance(v, bool)]
    if not numbers:
        return f"{name}: forward has no inputs"
    n, value = numbers[0]
    lengths = value if isinstance(value, tuple) and all(isinstance(k, int) for k in value) else (value,)
    shape = " ".join(map(str, lengths)) if isinstance(value, tuple) else "N D"
    return (
        f"{name}: forward has no inputs: {n}={value!r} is a value, not a shape; write {n}='{shape}' for an array of "
        f"this shape, {n}='N D' for one whose axes vary, or {n}=np.array(…) for an example"
    )


def explain_missing_shapes(name: str, missing: Sequence[str]) -> str:
    """Say what to write where some inputs are declared, others not."""
    return (
        f"{name}: the shape of {', '.join(missing)} is missing; annotate it as the others, as in "
        f'{missing[0]}: "N D", or say it in the call, as in {missing[0]}="N D"'
    )


def explain_no_shape_fits(name: str, names: Sequence[str], reason: str) -> str:
    """Say what to write where nothing is declared, and no usual shape fits."""
    return (
        f"{name}: forward({', '.join(names)}) runs on none of the shapes tried ({reason}); annotate its parameters, as "
        f'in def forward({names[0]}: "N D", …), give parameters that are no arrays a default, as in axis=1 or '
        f"param={{'mode': 'train'}}, or declare it with Op(…, inputs={{\"{names[0]}\": Array(\"N D\")}})"
    )
