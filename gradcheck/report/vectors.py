"""The report on the golden vectors of the library: the answer, a table of digits, and what disagrees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradcheck.checking.vector_agreement import VectorComparison
from gradcheck.formatting import pluralise
from gradcheck.report.answer import list_names
from gradcheck.report.content import NO_VALUE, Block, Report, Table


@dataclass(frozen=True)
class VectorCheck:
    """The check of the vectors of one op.

    stored: how the stored file differs from what is made anew, "" where it does not.  written: whether it was written.
    infeasible: why there are none.
    """

    comparison: VectorComparison
    stored: str = ""
    written: bool = False
    infeasible: str = ""

    @property
    def problems(self) -> Iterator[str]:
        """What disagrees, in words."""
        if self.stored:
            yield f"{self.comparison.op}: {self.stored}"
        yield from self.comparison.problems


def build_vector_report(checks: Sequence[VectorCheck], others: Sequence[str] = ()) -> Report:
    """Build the report.  others: problems that are of no op."""
    problems = [*(problem for check in checks for problem in check.problems), *others]
    return Report(
        compose_vector_answer(checks, others),
        tabulate_digits(checks),
        failures=tuple(Block(problem) for problem in problems),
        notes=tuple(list_vector_notes(checks)),
    )


def compose_vector_answer(checks: Sequence[VectorCheck], others: Sequence[str]) -> str:
    """Compose the answer, in a sentence or two."""
    wrong = [*(check.comparison.op for check in checks if any(check.problems)), *(["the README"] if others else [])]
    vectors = sum(check.comparison.vectors for check in checks)
    counted = f"{pluralise(len(checks), 'op')}, {pluralise(vectors, 'golden vector')}"
    said = f"{list_names(wrong)} disagree{'s' if len(wrong) == 1 else ''}" if wrong else "all agree"
    written = [check.comparison.op for check in checks if check.written]
    return f"{counted}: {said}." + (f" Written: {list_names(written)}." if written else "")


def tabulate_digits(checks: Sequence[VectorCheck]) -> Table:
    """Tabulate the digits that agree, a row for each output and input."""
    rows = tuple(
        (
            check.comparison.op,
            row.part,
            format_digits(row.library),
            format_digits(row.jax),
            str(row.not_finite) if row.not_finite else NO_VALUE,
        )
        for check in checks
        for row in check.comparison.agreements
    )
    return Table(("op", "of", "library", "JAX", "JAX not finite"), rows)


def format_digits(digits: float | None) -> str:
    """Format decimal digits that agree."""
    return NO_VALUE if digits is None else f"{abs(digits):.1f}"


def list_vector_notes(checks: Sequence[VectorCheck]) -> Iterator[str]:
    """Yield what the figures mean, ops without vectors, and disputes that the vectors settle."""
    yield (
        "digits: decimal digits that agree in the worst case, beside the largest number of an array; float64 has 15.7. "
        "JAX differentiates the formula as it is written; where it is not finite, the formula overflows"
    )
    for check in checks:
        if check.infeasible:
            yield f"{check.comparison.op}: no vectors: {check.infeasible}"
        yield from (f"{check.comparison.op}: {settled}" for settled in check.comparison.settled)
