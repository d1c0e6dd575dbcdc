"""The command `gradcheck replay`: one failing case again, in detail."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gradcheck.arrays import Values
from gradcheck.checking.case_fit import explain_misfit
from gradcheck.checking.finding_shrinking import explain_on_own_case
from gradcheck.checking.kept_cases import fit_case
from gradcheck.checking.op_check import OpCheck
from gradcheck.cli.errors import list_expected_errors
from gradcheck.cli.single_task import run_single_task
from gradcheck.declaration.op import Op
from gradcheck.discovery.targets import load_op_with_context
from gradcheck.escaping import cut_text, escape_lines, escape_unprintable
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.isolation import silence_warnings
from gradcheck.laws.registry import load_laws
from gradcheck.process_exit import forbid_exit
from gradcheck.records import failing_cases
from gradcheck.records.case import Case
from gradcheck.records.failing_cases import FailingCase
from gradcheck.records.results import Finding, OpResult, is_test_id
from gradcheck.records.status import FAILING_STATUSES, Status
from gradcheck.report import content, text
from gradcheck.report.screen import PAPER, Screen, find_screen
from gradcheck.running.session import UsageError
from gradcheck.running.tasks import Answer, Channel
from gradcheck.running.time_limit import Phase, TimeAllowance

MAX_NOTICE_LENGTH = 2000
"""Characters of a line on stderr; paths may be long."""


@dataclass(frozen=True)
class ReplayTask:
    """Replay a case in a worker, which imports its op."""

    file: Path
    target: str | None
    timeout: float | None = None

    def run(self, channel: Channel) -> Answer:
        """Answer with the report and the exit code, or with an error whose message is written for users."""
        channel.begin_phase(Phase.CHECK)
        try:
            with TimeAllowance(self.timeout).limit_phase(Phase.CHECK), channel.accept_interrupts():
                text, code = replay_case(self.file, self.target)
        except list_expected_errors() as error:
            return {"error": str(error)}
        return {"text": text, "code": code}


def replay_in_worker(file: Path, target: str | None) -> tuple[str, int]:
    """Replay a case in a worker process.  Returns the report and the exit code: 1 where the process died, 3 where its
    time was over.  Raises UsageError with the message of an error of replay_case, and RuntimeError for a fault of
    gradcheck."""
    died = f"{file}: does not hold: the process that examined it died"
    return run_single_task(ReplayTask(file, target), died, f"{file}: cannot be judged")


def replay_case(file: Path, target: str | None) -> tuple[str, int]:
    """Check a failing case by every law.

    target: where the op is now, None for where it was.
    Returns a report, and an exit code: 0 where it holds now, 1 where it does not, 3 where its law cannot judge it.
    Raises FailingCaseError, TargetError, and UsageError where the case is not one of this op.
    """
    before = failing_cases.load_failing_case(file)
    target = before.target if target is None else target
    if is_test_id(target):
        raise UsageError(
            f"{file}: the case is of a test, which tries it first: {content.format_replay_command(target, file)}"
        )
    with redirect_stdout(sys.stderr), forbid_exit(), silence_warnings():
        announce_import(file, target, before.case.op)
        op, make_context = load_op_with_context(target, before.case.op)
        with make_context():
            before = fit_replayed_case(op, before)
            result, gradients = check_replayed_case(op, before.case), list(describe_gradients(op, before.case))
            findings = [explain_on_own_case(op, finding) for finding in result.findings]
    code = 1 if still_fails(result, before) else 0 if is_judged(result, before) else 3
    warned = any(finding.status is Status.WARNING for finding in result.findings)
    lines = [escape_lines(line) for line in (*describe_case(before, code, warned), *gradients)]
    screen = find_screen(sys.stdout)
    table = text.render_text_table(tabulate_laws(result), screen)
    return "\n".join([*lines, "", table, *render_replayed_findings(findings, target, screen)]) + "\n", code


def render_replayed_findings(findings: Iterable[Finding], target: str, screen: Screen = PAPER) -> Iterator[str]:
    """Write each finding as in any report."""
    for finding in findings:
        block = content.build_block(finding, target, failing_cases.build_case_path(finding))
        yield from ("", *text.render_text_block(block, screen))


def check_replayed_case(op: Op, case: Case) -> OpResult:
    """Check one case by every law."""
    op_check = OpCheck(op, list(load_laws().values()))
    op_check.take(case)
    op_check.complete = True
    return op_check.result()


def fit_replayed_case(op: Op, before: FailingCase) -> FailingCase:
    """Return the failing case as it fits the op now.  Raises UsageError where it is not one of this op; warns on stderr
    where the declaration or the shapes of the outputs have changed."""
    if misfit := explain_misfit(op, before.case):
        raise UsageError(f"{misfit}: check the op again for a new case")
    if before.declaration not in ("", failing_cases.describe_declaration(op)):
        print_notice(f"the declaration of {op.name!r} has changed; the case may not be lawful any more")
    case = fit_case(op, before.case) or before.case
    if before.case.upstream and case.upstream and case is not before.case:
        print_notice("the kept upstream is not one of the outputs that forward has now; another one is drawn")
    return replace(before, case=case)


def announce_import(file: Path, target: str, op: str) -> None:
    """Say on stderr which code will be imported, before it is: the file of a case names it, and it may come from
    anywhere."""
    if what := name_import(target):
        print_notice(f"{file} is a case of {op!r}; to replay it, {what} is imported")


def name_import(target: str) -> str:
    """Name the file, folder or module that a target has imported; "" where there is none, as for the library."""
    place = target.partition(":")[0]
    if place and Path(place).exists():
        return str(Path(place).resolve())
    is_module = all(part.isidentifier() for part in place.split(".")) and not place.endswith(".py")
    return f"the module {place}" if is_module else ""


def print_notice(text: str) -> None:
    """Print one line on stderr."""
    print(f"gradcheck: {escape_unprintable(cut_text(text, MAX_NOTICE_LENGTH))}", file=sys.stderr)


def describe_gradients(op: Op, case: Case) -> Iterator[str]:
    """Describe each gradient that backward returns, or why there is none."""
    try:
        found = Evaluator(op, case).gradients(case.point, case.upstream) if case.upstream else ()
    except (UserError, Malformed) as error:
        yield f"  gradients: none, for {cut_text(str(error))}"
        return
    yield from (f"  gradient of {label}: {abbreviate_array(g)}" for label, g in zip(case.inputs, found, strict=False))


def abbreviate_array(a: Values | None) -> str:
    """Format an array in a few lines at most."""
    return "none" if a is None else np.array2string(a, threshold=200, separator=", ").replace("\n", "\n   ")


def still_fails(result: OpResult, before: FailingCase) -> bool:
    """Whether any finding fails, or the finding that the case was saved for is still there, and more than a warning."""
    findings = [f for f in result.findings if f.status is not Status.WARNING]
    return any(f.status in FAILING_STATUSES or (f.law, f.input) == (before.law, before.input) for f in findings)


def is_judged(result: OpResult, before: FailingCase) -> bool:
    """Whether the law that the case was saved for could examine it."""
    verdict = result.verdict(before.law)
    return verdict is not None and (verdict.examined > 0 or verdict.status is Status.INAPPLICABLE)


def describe_case(before: FailingCase, code: int, warned: bool = False) -> Iterator[str]:
    """Describe the answer, and the case.  warned: whether there are warnings."""
    subject = f"{before.law} of {before.input}" if before.input else before.law
    state = {0: "holds, with warnings," if warned else "holds now", 1: "does not hold", 3: "cannot be judged"}[code]
    words = f"{cut_text(before.case.op)}: {state} on the case that was kept for {cut_text(subject)}"
    yield f"{words} ({cut_text(before.status)})."
    yield from (f"  {label}: {abbreviate_array(a)}" for label, a in before.case.inputs.items())
    yield from (f"  upstream: {abbreviate_array(u)}" for u in before.case.upstream)
    yield from (f"  {name}: {cut_text(repr(value))}" for name, value in before.case.settings.items())


def tabulate_laws(result: OpResult) -> content.Table:
    """Tabulate the verdict of each law, with the relative errors by witness or the reason why there are none."""
    rows = (
        (v.law, v.status, f"{v.tightest:.2g}", format_worst_errors(result) if v.errors else cut_text(v.reason))
        for v in result.verdicts
    )
    return content.Table(("law", "status", "tightest", "relative errors, or the reason"), tuple(rows))


def format_worst_errors(result: OpResult) -> str:
    """Format the largest relative error by witness, in one line."""
    return ", ".join(f"{witness} {error:.1e}" for witness, error in content.find_worst_errors(result).items())
