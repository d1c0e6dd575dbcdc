"""How far an op of the library, and JAX, agree with its golden vectors: by digits, and what is wrong."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.checking.check import check
from gradcheck.checking.op_check import OpCheck
from gradcheck.checking.vector_cases import find_vectors
from gradcheck.declaration.inputs import input_name
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.formatting import format_apart, format_index
from gradcheck.laws.registry import laws_of_vectors, load_laws
from gradcheck.oracles.autodiff import estimate_reference
from gradcheck.oracles.error_factors import AUTODIFF_REPEATS, EPS, UNDERFLOW
from gradcheck.oracles.xla import run_by_xla
from gradcheck.records.exact_numbers import ExactArray
from gradcheck.records.golden_vectors import GoldenVector
from gradcheck.records.status import Status

FLOAT64_DIGITS = -math.log10(EPS)
"""Digits that float64 has."""
SPACING_OF_ZERO = Fraction(2) ** -1074
"""The smallest number of float64 above zero."""


@dataclass(frozen=True)
class Agreement:
    """Decimal digits of one output, or of the gradient of one input, that agree with the golden vectors in the worst
    case, relative to the largest number of an array.

    library, jax: None where no case is finite.  not_finite: the number of cases in which JAX gives no finite numbers,
    for the formula overflows.
    """

    part: str
    library: float | None
    jax: float | None
    not_finite: int = 0


@dataclass(frozen=True)
class VectorComparison:
    """The comparison of one op with its golden vectors.  problems: what disagrees, in words.  settled: where witnesses
    disagreed with each other, and the vectors told who stands alone."""

    op: str
    vectors: int
    agreements: tuple[Agreement, ...]
    problems: tuple[str, ...]
    settled: tuple[str, ...]

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "VectorComparison":
        """Return what encode_record wrote."""
        agreements = tuple(Agreement(**row) for row in data["agreements"])
        problems, settled = tuple(data["problems"]), tuple(data["settled"])
        return cls(str(data["op"]), int(data["vectors"]), agreements, problems, settled)


def compare_with_vectors(op: Op) -> VectorComparison:
    """Compare an op of the library, and its reference under JAX, with its golden vectors."""
    vectors = find_vectors(op).vectors
    if not vectors:
        return VectorComparison(op.name, 0, (), (), ())
    evaluators = [Evaluator(op, vector.case) for vector in vectors]
    by_jax = run_by_xla([(evaluator, evaluator.case.point) for evaluator in evaluators])
    op_check = OpCheck(op, [load_laws()[name] for name in laws_of_vectors()])
    result = check(op, examples=0, shrink=False, examination=op_check)
    wrong = [f"{op.name}: {f.claim} ({f.hint})" for f in result.findings if f.status is not Status.WARNING]
    settled = tuple(said for seen in op_check.accumulators.values() for said in seen.disagreements)
    rows = list(zip(vectors, evaluators, by_jax, strict=True))
    off = [claim for row in rows for claim in list_jax_disagreements(*row)]
    return VectorComparison(op.name, len(vectors), tuple(measure_agreements(op, rows)), (*wrong, *off), settled)


def name_exact_results(op: Op, vector: GoldenVector) -> list[str]:
    """Name the outputs, and the gradients, in the order in which JAX returns them."""
    moving = [label for label, g in zip(vector.case.inputs, vector.gradients, strict=True) if g is not None]
    return [*op.outputs, *(f"gradient of {label}" for label in moving)]


def list_exact(vector: GoldenVector) -> list[ExactArray]:
    """List the exact outputs and gradients of a vector."""
    return [*vector.outputs, *(g for g in vector.gradients if g is not None)]


def measure_agreements(op: Op, rows: Sequence[tuple[GoldenVector, Evaluator, Sequence[Values]]]) -> Iterator[Agreement]:
    """Yield the agreement on each output and each declared input, of the worst case."""
    digits: dict[str, list[tuple[float | None, float | None]]] = {}
    for vector, evaluator, by_jax in rows:
        case = vector.case
        gradients = [g for g in evaluator.gradients(case.point, case.upstream) if g is not None]
        own = [*evaluator.outputs(case.point), *gradients]
        parts = zip(name_exact_results(op, vector), list_exact(vector), own, by_jax, strict=True)
        for part, exact, by_library, by_reference in parts:
            pair = count_digits(by_library, exact), count_digits(by_reference, exact)
            digits.setdefault(input_name(part), []).append(pair)
    for part, pairs in digits.items():
        library, jax = ([d for d in column if d is not None] for column in zip(*pairs, strict=True))
        yield Agreement(part, min(library, default=None), min(jax, default=None), len(pairs) - len(jax))


def count_digits(got: Values, exact: ExactArray) -> float | None:
    """Count the decimal digits that agree, relative to the largest number; None where a number is not finite."""
    if not np.isfinite(got).all():
        return None
    largest = max((abs(number.subtract_from(0.0)) for number in exact.numbers), default=0)
    gaps = (abs(number.subtract_from(float(x))) for number, x in zip(exact.numbers, np.ravel(got), strict=True))
    gap = max((gap for gap in gaps if gap > SPACING_OF_ZERO), default=0)
    if not gap or not largest:
        return 0.0 if gap else FLOAT64_DIGITS
    return min(FLOAT64_DIGITS, -math.log10(gap / largest))


def list_jax_disagreements(vector: GoldenVector, evaluator: Evaluator, by_jax: Sequence[Values]) -> Iterator[str]:
    """Yield what JAX computes otherwise than its own rounding allows; nothing where that is not known."""
    case = vector.case
    outputs, gradients = estimate_reference(evaluator, case.point, case.upstream, AUTODIFF_REPEATS)
    estimates = [*outputs, *(g for g in gradients if g is not None)]
    rows = zip(name_exact_results(evaluator.op, vector), list_exact(vector), estimates, by_jax, strict=True)
    for part, exact, estimate, got in rows:
        allowed = 2 * estimate.error + EPS * np.abs(exact.rounded) + UNDERFLOW
        off = np.isfinite(allowed) & ~(np.abs(got - exact.rounded) <= allowed)
        if off.any():
            where: Any = np.unravel_index(int(np.argmax(off)), off.shape)
            by, expected = format_apart(float(got[where]), float(exact.rounded[where]), float(allowed[where]))
            of = "" if part.startswith("gradient of ") else "output "
            place = f"{of}{part} by JAX is {by}{format_index(tuple(map(int, where)))}"
            yield f"{vector.op}: {place}, expected {expected} ± {allowed[where]:.0e} ({vector})"
