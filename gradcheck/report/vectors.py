"""The report on the golden vectors of the library: the answer, a table of digits, and what disagrees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradcheck.checking.vector_agreement import VectorComparison
from gradcheck.formatting import pluralise
from gradcheck.report.answer import MAX_LISTED_NAMES, list_names
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


def build_vector_report(checks: Sequence[VectorCheck], others: Sequence[str] = (), left: int = 0) -> Report:
    """Build the report.  others: problems that are of no op.  left: the number of ops that an interrupt left."""
    problems = [*(problem for check in checks for problem in check.problems), *others]
    return Report(
        compose_vector_answer(checks, others, left),
        tabulate_digits(checks),
        failures=tuple(Block(problem) for problem in problems),
        notes=tuple(list_vector_notes(checks)),
    )


def compose_vector_answer(checks: Sequence[VectorCheck], others: Sequence[str], left: int) -> str:
    """Compose the answer, in a sentence or two."""
    ending = f" The run is incomplete: {describe_left_ops(left)}." if left else ""
    if not checks:
        return f"No op was compared.{ending}"
    wrong = [*(check.comparison.op for check in checks if any(check.problems)), *(["other files"] if others else [])]
    vectors = sum(check.comparison.vectors for check in checks)
    counted = f"{pluralise(len(checks), 'op')}, {pluralise(vectors, 'golden vector')}"
    does = "does" if len(wrong) == 1 and not others else "do"
    said = f"{list_names(wrong)} {does} not agree" if wrong else "all agree"
    written = [check.comparison.op for check in checks if check.written]
    return f"{counted}: {said}." + (f" Written: {list_names(written)}." if written else "") + ending


def describe_left_ops(left: int) -> str:
    """Say how many ops were not compared."""
    return f"{pluralise(left, 'op')} {'was' if left == 1 else 'were'} not compared"


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
        "Who differs by no more than rounding agrees. JAX differentiates the formula as it is written: it keeps few "
        "digits where that cancels, and is not finite where that overflows"
    )
    if stale := [check.comparison.op for check in checks if check.stored]:
        options = "".join(f" --op {op}" for op in stale) if len(stale) <= MAX_LISTED_NAMES else ""
        yield (
            f"`gradcheck vectors --write{options}` stores what is made anew; where nobody touched the files, the op's "
            "reference has changed, or python-flint"
        )
    for check in checks:
        if check.infeasible:
            yield f"{check.comparison.op}: no vectors: {check.infeasible}"
        yield from (f"{check.comparison.op}: {settled}" for settled in check.comparison.settled)
