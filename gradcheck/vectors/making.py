"""The golden vectors of an op, made from its reference."""

from typing import Any

from gradcheck.declaration.inputs import Several
from gradcheck.declaration.op import Op
from gradcheck.records.case import Case
from gradcheck.records.golden_vectors import GoldenVector, VectorFile
from gradcheck.vectors.ball_arrays import BallError
from gradcheck.vectors.cases import draw_cases, explain_no_case
from gradcheck.vectors.derivatives import compute_exactly
from gradcheck.vectors.flags import FLAGS, list_measured_flags


def make_vectors(op: Op) -> VectorFile:
    """Make the vectors of an op, or the reason why it has none."""
    try:
        vectors = tuple(make_vector(op, i, flag, case) for i, (flag, case) in enumerate(draw_cases(op), 1))
        infeasible = "" if vectors else explain_no_case(op)
    except BallError as error:
        vectors, infeasible = (), str(error)
    used = {flag for vector in vectors for flag in vector.flags}
    flags = {flag: why for flag, why in FLAGS.items() if flag in used}
    return VectorFile(op.name, describe_op(op), op.outputs, flags, vectors, infeasible)


def make_vector(op: Op, number: int, flag: str, case: Case) -> GoldenVector:
    """Make one vector.  Raises BallError."""
    results = compute_exactly(op, case)
    flags = dict.fromkeys((flag, *list_measured_flags(op, case, results)))
    return GoldenVector(op.name, number, tuple(flags), case, results.outputs, results.gradients)


def describe_op(op: Op) -> dict[str, Any]:
    """Describe an op as plain data."""
    return {
        "formula": op.summary,
        "source": op.source,
        "convention": op.convention,
        "inputs": [describe_input(op, name) for name in op.inputs],
    }


def describe_input(op: Op, name: str) -> dict[str, Any]:
    """Describe an input as plain data."""
    array = op.array(name)
    return {
        "name": name,
        "shape": array.shape,
        "several": isinstance(op.inputs[name], Several),
        "domain": array.domain.name,
        "gradient": array.differentiable,
    }
