"""From somebody's code to an Op: inputs that are declared, given as examples, or inferred."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.adapters import inference
from gradcheck.adapters.code import Code
from gradcheck.adapters.inference import NoShapes
from gradcheck.adapters.op_builder import OpBuilder
from gradcheck.adapters.parameters import AdapterError, Keywords, is_input
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def build_op(code: Code, keywords: Keywords) -> Op:
    """The op of somebody's code, as it is declared by signature and caller, and inferred where nobody says.

    Raises AdapterError for a parameter that the code does not have, NoShapes where inputs are missing.
    """
    known = {**code.parameters, **keywords.declare_parameters(code.name, code.parameters)}
    inputs = {n: d for n, d in known.items() if is_input(d)}
    if not inputs:
        raise NoShapes(f"{code.name}: forward has no inputs")
    maker = OpBuilder(code, keywords, list(known), {n: d for n, d in known.items() if n not in inputs})
    if (at := keywords.options.at) is not None:
        return maker.finish_op(maker.op(inference.declare_around_point(code.name, list(inputs), at), {}))
    missing = [n for n, d in inputs.items() if d is None]
    if not missing:
        return maker.finish_op(build_declared_op(maker, inputs))
    scalars = {n: d for n, d in inputs.items() if isinstance(d, Array) and not d.axes}
    if len(missing) + len(scalars) < len(inputs):
        raise NoShapes(explain_missing_shapes(code.name, missing))
    try:
        return maker.finish_op(
            inference.find_op_on_usual_shapes(
                missing, lambda found, sizes: maker.inferred({n: {**scalars, **found}[n] for n in inputs}, sizes)
            )
        )
    except NoShapes as reason:
        raise NoShapes(explain_no_shape_fits(code.name, missing, str(reason))) from None


def build_declared_op(maker: "OpBuilder", inputs: Mapping[str, Any]) -> Op:
    """The op of declared inputs and examples, in the order of the parameters."""
    examples = {n: d for n, d in inputs.items() if isinstance(d, np.ndarray)}
    declared = {n: d for n, d in inputs.items() if n not in examples}
    if not examples:
        return maker.op(inference.infer_index_bounds(declared, lambda some: maker.op(some, {})), {})
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


def list_named_axes(array: Array) -> list[str]:
    """The axes of a shape that have names."""
    return [axis.text for axis in array.axes if not axis.text.isdigit()]


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
