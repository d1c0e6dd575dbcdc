"""Correct ops before the laws on wide cases: how often is one accused, and how often can nothing be said?"""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from corpora import correct_of
from gradcheck.checking.op_check import examine_case, reason_not_applicable
from gradcheck.declaration.op import Op
from gradcheck.isolation import silence_warnings
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.law import Law
from gradcheck.laws.registry import load_laws
from gradcheck.records.case import Case
from gradcheck.records.results import Finding
from gradcheck.records.status import Status, worst_status
from gradcheck.records.subject import WHOLE_OP
from processes import shared_out
from wide import kind_of, wide_case

SCHEMA = "gradcheck-false-alarms/1"
ASKED = ("contract", "value", "gradient", "kinks")
IN_FLOAT32 = (*ASKED, "precision")
"""The laws for a case, and for one of float32."""

OUTCOMES = ("passed", "accused", "imprecise", "disputed", "inconclusive", "crashed")
TURN = 50
"""Cases that a process does at a time, so that Ctrl-C is heard soon."""

MOST_TOLD = 5
"""Cases told of each op, law and status; all are counted."""

Data = dict[str, Any]


@dataclass(frozen=True)
class Share:
    """Some cases of one op, by its number in its family: from the first up to but not including the last."""

    family: str
    op: int
    first: int
    last: int
    seed: int


@dataclass
class Count:
    """What became of some cases.  reasons: why nothing could be said.  kinds: the outcomes by kind of values."""

    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    told: list[Data] = field(default_factory=list)

    def add(self, other: "Count") -> None:
        """Take in what became of others."""
        self.outcomes += other.outcomes
        self.reasons += other.reasons
        self.kinds += other.kinds
        self.told += other.told


@dataclass(frozen=True)
class Outcome:
    """Of one case: the worst over the laws, and the reason where nothing could be said."""

    name: str
    reason: str = ""
    findings: Sequence[Finding] = ()


def examined(share: Share) -> tuple[int, Count]:
    """A share of the cases of one op."""
    one, count = correct_of(share.family)[share.op], Count()
    with silence_warnings():
        for number in range(share.first, share.last):
            case = wide_case(one.op, number, share.seed)
            outcome, kind = outcome_of(one.op, case), kind_of(number)
            count.outcomes[outcome.name] += 1
            count.kinds[kind, outcome.name] += 1
            if outcome.reason:
                count.reasons[outcome.reason] += 1
            count.told += [told(one.name, f, kind, case) for f in outcome.findings]
    return share.op, count


def outcome_of(op: Op, case: Case) -> Outcome:
    """What the laws make of one case."""
    try:
        seen = examine_case(op, case, asked(op, case))
    except Exception as error:  # a mistake of ours, which must not end the run
        claim = f"examine_case raised {type(error).__name__}: {error}"
        return Outcome("crashed", findings=[Finding(op.name, "", WHOLE_OP, Status.CRASHED, claim, case=case)])
    findings = [finding for observation in seen.values() for finding in observation.findings]
    if findings:
        worst = worst_status(f.status for f in findings)
        reason = "the witnesses disagree" if worst == "inconclusive" else ""
        return Outcome("accused" if worst == "failed" else worst, reason, findings)
    reason = unsaid(op, case, seen)
    return Outcome("inconclusive", reason) if reason else Outcome("passed")


def asked(op: Op, case: Case) -> list[Law]:
    """The laws that a case is put to."""
    names = IN_FLOAT32 if case.dtype == "float32" else ASKED
    return [load_laws()[name] for name in names if not reason_not_applicable(op, load_laws()[name])]


def unsaid(op: Op, case: Case, seen: Mapping[str, Observation]) -> str:
    """Why the gradient was not examined; "" where it was, where there is none, and where all that there is is kinks
    and these were judged."""
    gradient, kinks = seen.get("gradient"), seen.get("kinks")
    if gradient is None or not gradient.abstained or not movable(op, case):
        return ""
    if kinks is not None and not kinks.abstained:
        return ""
    outputs = op.forward(*case.point, **case.settings)[0]
    finite = all(np.isfinite(y).all() for y in (outputs if len(op.outputs) > 1 else (outputs,)))
    return gradient.abstained if finite else "an output is not finite"


def movable(op: Op, case: Case) -> bool:
    """Whether there is anything to differentiate, and by anything."""
    moves = any(op.array(label).differentiable and a.size for label, a in case.inputs.items())
    return moves and any(u.size for u in case.upstream)


def told(name: str, finding: Finding, kind: str, case: Case) -> Data:
    """A finding against a correct op, with the case that replays it."""
    words = {"op": name, "law": finding.law, "status": finding.status, "claim": finding.claim, "kind": kind}
    witnesses = [f"{e.witness}: {e.claimed:.9g}, expected {e.expected:.9g} ± {e.error:.0e}" for e in finding.evidence]
    return {**words, "evidence": witnesses, "case": case.to_json()}


def counted(cases: int, seed: int, jobs: int, only: Sequence[str] = (), family: str = "library") -> Data:
    """So many cases, an equal number for each op."""
    correct = correct_of(family)
    ops = [number for number, one in enumerate(correct) if not only or one.name in only]
    shares = [
        Share(family, op, first, min(first + TURN, last), seed)
        for place, op in enumerate(ops)
        for last in [cases // len(ops) + (place < cases % len(ops))]
        for first in range(0, last, TURN)
    ]
    results, complete = shared_out(examined, shares, jobs)
    by_op = {number: Count() for number in ops}
    for number, count in results:
        by_op[number].add(count)
    return summed({correct[number].name: count for number, count in by_op.items()}) | {
        "schema": SCHEMA,
        "plan": {"cases": cases, "seed": seed, "jobs": jobs, "ops": list(only), "family": family},
        "complete": complete,
        "cores": os.cpu_count(),
    }


def summed(by_op: Mapping[str, Count]) -> Data:
    """The counts of all ops, and what lies behind them."""
    whole = Count()
    for count in by_op.values():
        whole.add(count)
    kinds = sorted({kind for kind, _ in whole.kinds})
    return {
        **plain(whole.outcomes),
        "reasons": dict(whole.reasons.most_common()),
        "by_kind": {k: plain(Counter({o: n for (kind, o), n in whole.kinds.items() if kind == k})) for k in kinds},
        "by_op": {name: plain(count.outcomes) for name, count in by_op.items()},
        "accusations": few(whole.told),
    }


def plain(outcomes: Counter[str]) -> Data:
    """All outcomes, and the cases that they add up to."""
    return {"cases": outcomes.total(), **{name: outcomes[name] for name in OUTCOMES}}


def few(findings: Sequence[Data]) -> list[Data]:
    """The first of each op, law and status."""
    seen: Counter[tuple[str, str, str]] = Counter()
    kept = []
    for finding in findings:
        key = finding["op"], finding["law"], finding["status"]
        seen[key] += 1
        kept += [finding] if seen[key] <= MOST_TOLD else []
    return kept
