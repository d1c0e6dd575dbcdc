"""The engine: check(op) examines every law on the same cases, and shrinks what it finds."""

import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version

from gradcheck.checking.op_check import OpCheck, examine_case, forward_raises
from gradcheck.declaration.op import Op
from gradcheck.generation import search
from gradcheck.generation.chosen_point import make_example_cases
from gradcheck.isolation import silence_warnings
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.registry import load_laws
from gradcheck.records.case import Case
from gradcheck.records.results import Finding, OpResult

DIAGNOSIS_CASES = 24
"""Cases in which a cause is looked for once more."""

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
        What is examined; `adapt` makes one of other code.
    examples : int, optional
        The number of generated cases.
    seed : int, optional
        The same seed gives the same cases.
    laws : sequence of str, optional
        The names of the laws to ask; by default all.
    kept : iterable of Case, optional
        Cases that are examined first, and not counted.
    shrink : bool, optional
        Whether to look for the smallest counterexample and for the cause.
    step : callable, optional
        ``step(done)`` is called after each generated case with their number.
    examination : OpCheck, optional
        Can be asked for its partial result when the check is interrupted.

    Returns
    -------
    OpResult
        A verdict for each law.  Nothing that the op does raises.

    Examples
    --------
    >>> from gradcheck import adapt, check
    >>> op = adapt(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, name="square", x="N D")
    >>> result = check(op, examples=4, laws=("contract", "gradient"))
    >>> print(result.op, result.status, result.cases)
    square passed 4
    """
    chosen = [law for name, law in load_laws().items() if laws is None or name in laws]
    seen = OpCheck(op, chosen) if examination is None else examination
    with silence_warnings():
        for case in (*kept, *make_example_cases(op, seed)):
            seen.take(case, counted=False)
        for done, case in enumerate(search.generate_cases(op, examples, seed)):
            seen.take(case)
            step(done + 1)
        seen.arbitration.settle()
        seen.review()
        if shrink:
            shrink_findings(seen, seed)
        seen.complete = True
        return seen.result()


def shrink_findings(seen: OpCheck, seed: int) -> None:
    """Shrink the first few findings, those that follow from others last, and explain them."""
    findings = sorted(
        (f for a in seen.accumulators.values() for f in a.findings.values()), key=lambda f: bool(f.follows)
    )
    for finding in findings[:MAX_SHRUNK_FINDINGS]:
        assert finding.case is not None
        case = search.shrink_case(seen.op, finding.case, partial(is_finding_met, seen.op, finding), seed)
        if (shrunk := reproduce_finding(seen.op, finding, case)) is not None:
            others = search.generate_cases(seen.op, DIAGNOSIS_CASES, seed)
            explained = explain_finding_of(
                seen.op, replace(shrunk.finding, follows=finding.follows), shrunk.seen, others
            )
            seen.accumulators[finding.law].findings[finding.identity] = explained


@dataclass(frozen=True)
class Reproduction:
    """A finding met again in another case, and what its law saw there."""

    finding: Finding
    seen: Observation


def explain_finding_of(op: Op, finding: Finding, seen: Observation, others: Iterable[Case]) -> Finding:
    """The finding as its law explains it."""
    explain = load_laws()[finding.law].explain_finding
    return finding if explain is None else explain(op, finding, seen, others)


def explain_on_own_case(op: Op, finding: Finding) -> Finding:
    """The finding as its law explains it on the finding's own case."""
    met = None if finding.case is None else reproduce_finding(op, finding, finding.case)
    return finding if met is None else explain_finding_of(op, finding, met.seen, ())


def is_finding_met(op: Op, finding: Finding, case: Case) -> bool:
    """Whether the finding is met in another case."""
    return reproduce_finding(op, finding, case) is not None


def reproduce_finding(op: Op, finding: Finding, case: Case) -> Reproduction | None:
    """The same finding in another case, None where it is not there."""
    if op.origin.shapes_inferred and forward_raises(op, case):
        return None
    seen = examine_case(op, case, [load_laws()[finding.law]])[finding.law]
    same = (f for f in seen.findings if f.identity == finding.identity and f.status is finding.status)
    return next((Reproduction(f, seen) for f in same), None)


def collect_versions() -> dict[str, str]:
    """The versions that the figures depend on."""
    return {
        "python": platform.python_version(),
        **{name: version(name) for name in ("gradcheck", "hypothesis", "jax", "jaxlib", "numpy")},
    }
