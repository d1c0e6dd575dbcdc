"""Findings made readable: one for each cause, on the smallest case, with its cause where it is known.

A finding that is met beside another one, of the same law on another input or of a law that a wrong gradient breaks as
well, follows from that one; only the others are shrunk and explained.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from gradcheck.checking.op_check import OpCheck, examine_case, forward_raises
from gradcheck.declaration.op import Op
from gradcheck.generation.round_values import make_lawful
from gradcheck.generation.search import generate_cases
from gradcheck.generation.shape_relations import has_one_shape
from gradcheck.generation.shrinking import shrink_case
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.registry import load_laws
from gradcheck.records.case import Case
from gradcheck.records.results import Finding
from gradcheck.records.status import Status
from gradcheck.records.subject import WHOLE_OP, Subject

DIAGNOSIS_CASES = 24
"""Cases in which a cause is confirmed."""

MAX_SHRUNK_FINDINGS = 4
"""Findings per op that are shrunk; an op with more has one cause, and the first few show it."""

ASIDE = 2.0**-6
"""How far inputs are moved aside: farther than the steps of differences, and not as far as the next kink, mostly."""

INCOMPLETE_SEARCH = "a smaller one may exist: the search for it was ended"
"""The words for a case on which the budget of shrinking was spent."""


@dataclass(frozen=True)
class Reproduction:
    """A finding reproduced in another case, and its law's observation there."""

    finding: Finding
    seen: Observation


def shrink_findings(op_check: OpCheck, seed: int) -> None:
    """Mark the findings that follow from others, and shrink and explain the first few of those that do not."""
    roots: list[Reproduction] = []
    for finding in sort_findings(op_check):
        root = next((r for r in roots if follows_from(op_check, finding, r)), None)
        if root is not None:
            keep_finding(op_check, finding, make_following(finding, root))
        elif not finding.follows and len(roots) < MAX_SHRUNK_FINDINGS:
            shrunk = shrink_finding(op_check.op, finding, seed)
            if shrunk is not None:
                roots.append(shrunk)
                explained = explain_on_other_cases(op_check.op, shrunk, seed)
                keep_finding(op_check, finding, explained)
            elif load_laws()[finding.law].is_structural:  # it is not met again where the code draws at random
                keep_finding(op_check, finding, explain_finding_of(op_check.op, finding, Observation((finding,)), ()))


def sort_findings(op_check: OpCheck) -> list[Finding]:
    """List all findings: those that follow from others last, finite disagreements first, in the order of the laws."""
    findings = (f for a in op_check.accumulators.values() for f in a.findings.values())
    return sorted(findings, key=lambda f: (bool(f.follows), f.kind.rank))


def keep_finding(op_check: OpCheck, before: Finding, now: Finding) -> None:
    """Put a finding in the place of what it was before."""
    op_check.accumulators[before.law].findings[before.identity] = now


def follows_from(op_check: OpCheck, finding: Finding, root: Reproduction) -> bool:
    """Whether a finding, which is no worse, is of the same mistake: its law met both in one case, or it is met in the
    root's case, or the root's law, which breaks its own, fails on its subject, in its case or right beside it."""
    cause = root.finding
    if finding.follows or finding.status.severity < cause.status.severity or finding.kind is not cause.kind:
        return False
    if finding.law == cause.law:
        together = op_check.accumulators[finding.law].met_together.get(cause.identity, ())
        return finding.identity in together or any(f.identity == finding.identity for f in root.seen.findings)
    if cause.law != load_laws()[finding.law].broken_by or finding.case is None:
        return False
    subjects = {f.subject for f in op_check.accumulators[cause.law].findings.values() if f.kind is cause.kind}
    if finding.subject in subjects | {WHOLE_OP}:
        return True
    aside = [move_aside(op_check.op, finding.case, distance) for distance in (ASIDE, -ASIDE)]
    cases = (finding.case, *aside)
    return any(is_law_broken_alike(op_check.op, cause, case) for case in cases)


def is_law_broken_alike(op: Op, cause: Finding, case: Case) -> bool:
    """Whether a finding's law does not hold in a case, in the same way, whatever the subject."""
    seen = examine_case(op, case, [load_laws()[cause.law]])[cause.law]
    return any(f.kind is cause.kind and f.status is cause.status for f in seen.findings)


def move_aside(op: Op, case: Case, distance: float) -> Case:
    """Return a case at most this far from another one, where no input is on a kink that it was on, with upstreams that
    are not zero."""
    rng = case.rng("aside")
    point = []
    for label, a in case.inputs.items():
        moves = op.array(label).differentiable
        shift = distance * rng.permutation(1.0 + np.arange(a.size)).reshape(a.shape) / max(a.size, 1)
        lawful = make_lawful(op.array(label), a + shift * rng.choice([1.0, -1.0], a.shape), a) if moves else None
        point.append(a if lawful is None else lawful)
    return case.at(tuple(point), tuple(np.where(u == 0, 1.0, u) for u in case.upstream))


def make_following(finding: Finding, root: Reproduction) -> Finding:
    """Return a finding as one that follows from the root; as it is met in the root's case, where it is."""
    met = next((f for f in root.seen.findings if f.identity == finding.identity), finding)
    return replace(met, follows=root.finding.law, kept=finding.kept)


def shrink_finding(op: Op, finding: Finding, seed: int) -> Reproduction | None:
    """Return a finding on the smallest case; None where it is not met again."""
    assert finding.case is not None
    if finding.case.is_large and has_one_shape(op):
        is_warning, note = finding.status is Status.WARNING, INCOMPLETE_SEARCH
        explains = load_laws()[finding.law].explain_finding is not None and not is_warning
        found = Reproduction(finding, Observation((finding,)))
        met = reproduce_finding(op, finding, finding.case) if explains else found
    else:
        shrunk = shrink_case(op, finding.case, partial(is_finding_met, op, finding), seed)
        met, note = reproduce_finding(op, finding, shrunk.case), "" if shrunk.is_complete else INCOMPLETE_SEARCH
    if met is None:
        return None
    return Reproduction(replace(met.finding, follows=finding.follows, kept=finding.kept, unshrunk=note), met.seen)


def explain_on_other_cases(op: Op, met: Reproduction, seed: int) -> Finding:
    """Return a finding as its law explains it, confirmed in other cases unless its own is large, as those would be."""
    is_large = met.finding.case is not None and met.finding.case.is_large
    others: Iterable[Case] = () if is_large else generate_cases(op, DIAGNOSIS_CASES, seed)
    return explain_finding_of(op, met.finding, met.seen, others)


def explain_finding_of(op: Op, finding: Finding, seen: Observation, others: Iterable[Case]) -> Finding:
    """Return the finding as its law explains it."""
    explain = load_laws()[finding.law].explain_finding
    return finding if explain is None else explain(op, finding, seen, others)


def explain_on_own_case(op: Op, finding: Finding, seed: int = 0) -> Finding:
    """Return the finding as its law explains it on the finding's own case, in the words that a check has for it."""
    met = None if finding.case is None else reproduce_finding(op, finding, finding.case)
    return finding if met is None else explain_on_other_cases(op, Reproduction(finding, met.seen), seed)


def is_finding_met(op: Op, finding: Finding, case: Case) -> bool:
    """Whether the finding is reproduced in another case."""
    return reproduce_finding(op, finding, case, finding.subject) is not None


def reproduce_finding(op: Op, finding: Finding, case: Case, asked: Subject = WHOLE_OP) -> Reproduction | None:
    """Examine another case by the finding's law and return the finding with equal identity and status; None where there
    is none.  asked: the subject of which more is not asked."""
    if op.origin.shapes_inferred and forward_raises(op, case):
        return None
    seen = examine_case(op, case, [load_laws()[finding.law]], asked)[finding.law]
    same = (f for f in seen.findings if f.identity == finding.identity and f.status is finding.status)
    return next((Reproduction(f, seen) for f in same), None)
