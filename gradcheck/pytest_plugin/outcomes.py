"""What becomes of a test once its op is examined: it passes, fails by what is wrong, or is skipped by the reason."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from gradcheck.pytest_plugin.check_options import CheckOptions
from gradcheck.pytest_plugin.project import Project

if TYPE_CHECKING:
    from gradcheck.records.results import OpResult, Verdict


class CheckFailure(pytest.fail.Exception):  # type: ignore[name-defined, misc]  # typed as a function with attributes
    """A test fails by what was found in an op: a text whose first line says it alone."""

    def __init__(self, told: str) -> None:
        super().__init__(told, pytrace=False)


def fail_or_skip(project: Project, choices: CheckOptions, result: "OpResult") -> None:
    """Fail the test that runs, or skip it where no law had anything to say."""
    from gradcheck.checking.outcome import decide_outcome  # noqa: PLC0415

    outcomes = {verdict.law: decide_outcome(verdict, choices.fail_on, choices.strict) for verdict in result.verdicts}
    wrong = [verdict for verdict in result.verdicts if outcomes[verdict.law] == "failed"]
    if told := [*describe_failures(project, result, wrong), *describe_regressions(project, result)]:
        raise CheckFailure("\n\n".join(told))
    if set(outcomes.values()) == {"skipped"}:
        pytest.skip("; ".join(dict.fromkeys(f"{verdict.status}: {verdict.reason}" for verdict in result.verdicts)))


def describe_failures(project: Project, result: "OpResult", wrong: "list[Verdict]") -> Iterator[str]:
    """What is wrong, what others follow from first: each finding as in any report, and laws that could not judge."""
    from gradcheck.checking.outcome import is_required_and_unexamined  # noqa: PLC0415
    from gradcheck.records import failing_cases  # noqa: PLC0415
    from gradcheck.report import content, text  # noqa: PLC0415

    findings = [finding for verdict in wrong for finding in verdict.findings]
    for finding in sorted(findings, key=lambda finding: bool(finding.follows)):
        block = content.build_block(
            finding, result.target, failing_cases.build_case_path(finding, project.kept), result.script
        )
        yield "\n".join(text.render_text_block(block))
    for verdict in wrong:
        if not verdict.findings:
            said = (
                "the gradient could not be examined"
                if is_required_and_unexamined(verdict)
                else f"{verdict.law} is {verdict.status}"
            )
            yield f"{result.op}: {said}: {verdict.reason}"


def describe_regressions(project: Project, result: "OpResult") -> Iterator[str]:
    """What is worse than in the baseline, or why that cannot be said."""
    from gradcheck.laws.registry import measuring_laws  # noqa: PLC0415

    before = (project.baseline or {}).get(result.label)
    if before is None or not measuring_laws() & {v.law for v in result.verdicts} or not result.complete:
        return
    from gradcheck.checking import baseline  # noqa: PLC0415
    from gradcheck.report import content, text  # noqa: PLC0415

    try:
        rows = baseline.compare_op_results([(before, result)]).regressions
    except baseline.NotComparable as error:
        yield f"{result.op}: {error}"
        return
    if rows:
        grew = any(row.change == "regressed" for row in rows)
        said = "errors grew since the baseline" if grew else "errors of the baseline are no longer measured"
        yield f"{result.op}: {said}\n\n{text.render_text_table(content.tabulate_changes(rows))}"


def shorten_crash_message(report: pytest.TestReport, call: "pytest.CallInfo[None]") -> None:
    """Leave one line to pytest's short summary, which repeats a whole failure where CI or -vv is set."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash and call.excinfo and call.excinfo.errisinstance(CheckFailure):
        crash.message = str(call.excinfo.value).splitlines()[0]
