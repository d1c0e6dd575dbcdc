"""JUnit XML, as most systems read it: a suite for each op, a case for each law and for what was not checked."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.checking.outcome import decide_outcome
from gradcheck.declaration.origin import NotChecked
from gradcheck.records.results import OpResult, Run, Verdict
from gradcheck.records.status import Status
from gradcheck.report.ci.annotations import describe_regression
from gradcheck.report.content import UNPAIRED_PLACES, FoldedFinding, build_folded_block
from gradcheck.report.context import ReportContext
from gradcheck.report.junit_suites import JUnitCase, JUnitSuite, render_suites
from gradcheck.report.renderer import Renderer
from gradcheck.report.text import render_text_block

if TYPE_CHECKING:
    from gradcheck.checking.baseline import Comparison


def list_suites(run: Run, comparison: "Comparison | None", folder: Path) -> Iterator[JUnitSuite]:
    """List the suites of a run: its ops, what is beside the ops, and the comparison."""
    for result in run.results:
        laws = (make_law_case(result, verdict, folder) for verdict in result.verdicts)
        cases = (*laws, *map(make_skipped_case, result.not_checked))
        yield JUnitSuite(result.label, cases, tuple(list_properties(result)))
    others = [make_skipped_case(part) for part in run.not_checked]
    others += [JUnitCase(op, "skipped", "not examined", "the run was interrupted") for op in run.unexamined]
    if others:
        yield JUnitSuite("not checked", tuple(others))
    if comparison:
        yield JUnitSuite("baseline", tuple(list_comparison_cases(comparison)))


def list_properties(result: OpResult) -> Iterator[tuple[str, str]]:
    """List what a suite says of its op: cases, what they looked at, errors by gradient and witness, notes."""
    yield from (("cases", str(result.cases)), ("shapes", str(result.shapes)))
    if result.cases:
        yield "searched", str(result.searched)
    if result.file:
        yield "source", f"{result.file}:{result.line}"
    yield from ((f"relative error of {key}", f"{error:.1e}") for key, error in result.errors.items())
    yield from (("note", note) for note in result.notes)


def make_law_case(result: OpResult, verdict: Verdict, folder: Path) -> JUnitCase:
    """Make the case of one law: an error where code crashed, a failure where the law fails or must come to a conclusion
    and does not, skipped where it could not judge."""
    outcome = decide_outcome(verdict)
    tag = {"failed": "failure", "passed": "", "skipped": "skipped"}[outcome]
    tag = "error" if verdict.status is Status.CRASHED else tag
    message = next((finding.claim for finding in verdict.findings), verdict.reason)
    blocks = (build_folded_block(FoldedFinding(f), result.target, folder, result.script) for f in verdict.findings)
    text = "\n\n".join("\n".join(render_text_block(block)) for block in blocks)
    return JUnitCase(verdict.law, tag, verdict.status, message or verdict.status, text)


def make_skipped_case(part: NotChecked) -> JUnitCase:
    """Make the case of something that was not checked."""
    return JUnitCase(part.name, "skipped", "not checked", part.reason)


def list_comparison_cases(comparison: "Comparison") -> Iterator[JUnitCase]:
    """List the cases of a comparison: each error, each op that is gone or new, and what cannot be compared."""
    for row in comparison.rows:
        failure = ("failure", row.change.value, describe_regression(row)) if row.is_setback else ()
        yield JUnitCase(f"{row.op}: {row.key}", *failure)
    for label, change, is_allowed in comparison.unpaired:
        yield JUnitCase(label, "skipped" if is_allowed else "failure", change.value, UNPAIRED_PLACES[change])
    yield from (JUnitCase(reason, "error", "not comparable", reason) for reason in comparison.reasons)


class JUnitRenderer:
    """The format `junit`."""

    name = "junit"
    suffix = ".xml"
    shows_comparison = True

    def render(self, run: Run, context: ReportContext) -> str:
        """Write the suites."""
        return render_suites("gradcheck", list_suites(run, context.comparison, context.folder))


JUNIT_XML: Renderer = JUnitRenderer()
