"""The outcome of a test once its op is checked: it passes, maybe with warnings, fails with the findings, or is skipped
with the reason."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

from gradcheck.escaping import cut_text, escape_unprintable
from gradcheck.pytest_plugin.check_options import CheckOptions
from gradcheck.pytest_plugin.project import PROJECT_KEY, Project

if TYPE_CHECKING:
    from gradcheck.declaration.origin import NotChecked
    from gradcheck.records.results import OpResult, Verdict


class CheckFailure(pytest.fail.Exception):  # type: ignore[name-defined, misc]  # typed as a function with attributes
    """A test fails with a report of an op, whose first line is enough for a summary."""

    def __init__(self, report: str) -> None:
        super().__init__(report, pytrace=False)


def decide_test(item: pytest.Item, choices: CheckOptions, result: "OpResult") -> None:
    """Fail the test that runs where a verdict fails or regressed, else tell its warnings, and skip it where no law
    could be checked."""
    from gradcheck.checking.outcome import FindingWarning, decide_outcome, describe_warnings

    project = item.config.stash[PROJECT_KEY]
    outcomes = {verdict.law: decide_outcome(verdict, choices.fail_on, choices.strict) for verdict in result.verdicts}
    wrong = [verdict for verdict in result.verdicts if outcomes[verdict.law] == "failed"]
    left_out = describe_unchecked_parts(choices, result)
    if failures := [*describe_failures(project, result, wrong), *left_out, *describe_regressions(project, result)]:
        raise CheckFailure("\n\n".join([*failures, *describe_warnings(result)]))
    for said in describe_warnings(result):
        item.warn(FindingWarning(said))
    if set(outcomes.values()) == {"skipped"}:
        reasons = dict.fromkeys(f"{verdict.status}: {cut_text(verdict.reason)}" for verdict in result.verdicts)
        pytest.skip(escape_unprintable("; ".join(reasons)))


def fail_or_skip_unchecked(choices: CheckOptions, parts: "Sequence[NotChecked]") -> None:
    """Fail the test that runs under strict, else skip it, for code that was not checked."""
    said = f"not checked: {'; '.join(map(str, parts))}"
    if choices.strict:
        raise CheckFailure(said)
    pytest.skip(said)


def describe_failures(project: Project, result: "OpResult", wrong: "list[Verdict]") -> Iterator[str]:
    """Describe each finding as in any report, causes before consequences, and each law that could not judge."""
    from gradcheck.checking.outcome import is_required_and_inconclusive
    from gradcheck.report import content, text

    for folded in content.fold_findings([finding for verdict in wrong for finding in verdict.findings]):
        block = content.build_folded_block(folded, result.target, project.kept, result.script)
        yield "\n".join(text.render_text_block(block))
    for verdict in wrong:
        if not verdict.findings:
            problem = (
                f"the {verdict.law} could not be examined"
                if is_required_and_inconclusive(verdict) and not verdict.examined
                else f"{verdict.law} is {verdict.status}"
            )
            yield escape_unprintable(f"{cut_text(result.op)}: {problem}: {cut_text(verdict.reason)}")


def describe_unchecked_parts(choices: CheckOptions, result: "OpResult") -> Iterator[str]:
    """Describe, under strict, what of an op was not checked: once for an op, in the test of its first required law."""
    from gradcheck.laws.registry import load_laws
    from gradcheck.report import answer

    if not (choices.strict and result.not_checked):
        return
    laws = choices.resolve_laws()
    telling = next((law for law in laws if load_laws()[law].is_required), laws[0])
    if telling in {verdict.law for verdict in result.verdicts}:
        parts = answer.list_names([answer.describe_unchecked_part(part) for part in result.not_checked])
        yield escape_unprintable(f"{cut_text(result.op)}: not checked: {parts}")


def describe_regressions(project: Project, result: "OpResult") -> Iterator[str]:
    """Describe the errors that are worse than in the baseline, or why they cannot be compared."""
    from gradcheck.laws.registry import measuring_laws

    before = project.baseline.ops.get(result.label) if project.baseline else None
    if before is None or not measuring_laws() & {v.law for v in result.verdicts} or not result.complete:
        return
    from gradcheck.checking import baseline
    from gradcheck.records.measured_run import MeasuredOp
    from gradcheck.report import content, text

    after = MeasuredOp(result.label, result.corpus, result.measured)
    try:
        compared = baseline.compare_ops(before, after, project.rules.find_rule(result.label))
    except baseline.NotComparable as error:
        yield escape_unprintable(f"not comparable: {cut_text(str(error))}")
        return
    rows = [row for row in compared if row.is_setback]
    if rows:
        grew = any(row.change == "regressed" for row in rows)
        change = "errors grew since the baseline" if grew else "errors of the baseline are no longer measured"
        table = text.render_text_table(content.tabulate_changes(rows))
        yield f"{escape_unprintable(cut_text(result.op))}: {change}\n\n{table}"


def shorten_crash_message(report: pytest.TestReport, call: "pytest.CallInfo[None]") -> None:
    """Shorten a failure to its first line for the short summary of pytest, which repeats all of it where CI or -vv is
    set."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash and call.excinfo and call.excinfo.errisinstance(CheckFailure):
        crash.message = str(call.excinfo.value).splitlines()[0]
