"""check(op): examine all laws on common cases, and shrink the findings."""

import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version

from gradcheck.checking.kept_cases import examine_kept_cases
from gradcheck.checking.op_check import OpCheck, examine_case, forward_raises
from gradcheck.declaration.op import Op
from gradcheck.generation.chosen_point import make_example_cases
from gradcheck.generation.search import generate_cases
from gradcheck.generation.shrinking import shrink_case
from gradcheck.isolation import silence_warnings
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.registry import load_laws
from gradcheck.process_exit import forbid_exit
from gradcheck.records.case import Case
from gradcheck.records.results import Finding, OpResult

DIAGNOSIS_CASES = 24
"""Cases in which a cause is confirmed."""

MAX_SHRUNK_FINDINGS = 4
"""Findings per op that are shrunk; an op with more has one cause, and the first few show it."""


def check(
    op: Op,
    *,
    examples: int = 100,
    seed: int = 0,
    laws: Sequence[str] | None = None,
    kept: Iterable[Case] = (),
    shrink: bool = True,
    step: Callable[[int], None] = lambda done: None,
    examination: OpCheck | None = None,
) -> OpResult:
    """Examine an op by laws on generated cases, and shrink what is found.

    Parameters
    ----------
    op : Op
        The op to examine; `adapt` makes one of other code.
    examples : int, optional
        The number of generated cases.
    seed : int, optional
        The seed of the generated cases.
    laws : sequence of str, optional
        The names of the laws to examine; by default all.
    kept : iterable of Case, optional
        Failing cases of earlier runs, examined first and not counted.
    shrink : bool, optional
        Whether to look for the smallest counterexample and for the cause.
    step : callable, optional
        ``step(done)`` is called after each generated case with their number.
    examination : OpCheck, optional
        Holds the partial result when the check is interrupted.

    Returns
    -------
    OpResult
        A verdict for each law.  An exception of the code under test is a finding, and is not raised.

    Examples
    --------
    >>> from gradcheck import adapt, check
    >>> op = adapt(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, name="square", x="N D")
    >>> result = check(op, examples=4, laws=("contract", "gradient"))
    >>> print(result.op, result.status, result.cases)
    square passed 4
    """
    chosen = [law for name, law in load_laws().items() if laws is None or name in laws]
    with forbid_exit(), silence_warnings():
        op_check = OpCheck(op, chosen) if examination is None else examination
        examine_kept_cases(op_check, kept)
        for case in make_example_cases(op, seed):
            op_check.take(case, counted=False)
        for done, case in enumerate(generate_cases(op, examples, seed)):
            op_check.take(case)
            step(done + 1)
        op_check.arbitration.settle()
        op_check.add_kept_findings()
        op_check.review()
        if shrink:
            shrink_findings(op_check, seed)
        op_check.complete = True
        return op_check.result()


def shrink_findings(op_check: OpCheck, seed: int) -> None:
    """Shrink the first few findings, those that follow from others last, and explain them."""
    findings = sorted(
        (f for a in op_check.accumulators.values() for f in a.findings.values()), key=lambda f: bool(f.follows)
    )
    for finding in findings[:MAX_SHRUNK_FINDINGS]:
        assert finding.case is not None
        case = shrink_case(op_check.op, finding.case, partial(is_finding_met, op_check.op, finding), seed)
        if (shrunk := reproduce_finding(op_check.op, finding, case)) is not None:
            others = generate_cases(op_check.op, DIAGNOSIS_CASES, seed)
            known = replace(shrunk.finding, follows=finding.follows, kept=finding.kept)
            explained = explain_finding_of(op_check.op, known, shrunk.seen, others)
            op_check.accumulators[finding.law].findings[finding.identity] = explained


@dataclass(frozen=True)
class Reproduction:
    """A finding reproduced in another case, and its law's observation there."""

    finding: Finding
    seen: Observation


def explain_finding_of(op: Op, finding: Finding, seen: Observation, others: Iterable[Case]) -> Finding:
    """Return the finding as its law explains it."""
    explain = load_laws()[finding.law].explain_finding
    return finding if explain is None else explain(op, finding, seen, others)


def explain_on_own_case(op: Op, finding: Finding) -> Finding:
    """Return the finding as its law explains it on the finding's own case."""
    met = None if finding.case is None else reproduce_finding(op, finding, finding.case)
    return finding if met is None else explain_finding_of(op, finding, met.seen, ())


def is_finding_met(op: Op, finding: Finding, case: Case) -> bool:
    """Whether the finding is reproduced in another case."""
    return reproduce_finding(op, finding, case) is not None


def reproduce_finding(op: Op, finding: Finding, case: Case) -> Reproduction | None:
    """Examine another case by the finding's law and return the finding with equal identity and status; None where there
    is none."""
    if op.origin.shapes_inferred and forward_raises(op, case):
        return None
    seen = examine_case(op, case, [load_laws()[finding.law]])[finding.law]
    same = (f for f in seen.findings if f.identity == finding.identity and f.status is finding.status)
    return next((Reproduction(f, seen) for f in same), None)


def collect_versions() -> dict[str, str]:
    """Return the versions that the figures depend on."""
    return {
        "machine": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in ("gradcheck", "hypothesis", "jax", "jaxlib", "numpy")},
    }
