"""An examination: one op before the laws, case by case; it can be asked for its verdicts at any moment."""

from collections import Counter as Count
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gradcheck.checking.arbitration import Arbitration
from gradcheck.checking.reference_trial import with_usable_reference
from gradcheck.declaration.op import Op, Several
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.laws.law import Law, Observation, make_crash_finding, make_finding
from gradcheck.records.case import Case
from gradcheck.records.results import STATUSES, Finding, OpResult, Verdict

STRUCTURAL_LAWS = ("contract", "purity")
"""Laws whose failure brings others about."""

MAX_CASES_WITHOUT_NEW_FINDING = 16
"""Cases in which a law finds what it has found before, and nothing new, until no further case is put to it: a case that
fails is heard at a length that is some hundred times that of one that holds."""


def rank_finding(finding: Finding) -> tuple[int, Any]:
    """The worst status first, then the smallest case."""
    return STATUSES.index(finding.status), finding.case.size if finding.case else ()


@dataclass
class LawAccumulator:
    """What one law has seen so far.  alike: in how many cases, since something new was found, a witness spoke against
    the op."""

    examined: int = 0
    cases_without_new_finding: int = 0
    tightest: float = 0.0
    errors: dict[str, float] = field(default_factory=dict)
    findings: dict[tuple[str, str, str], Finding] = field(default_factory=dict)
    reasons: Count[str] = field(default_factory=Count)
    conventions: dict[str, tuple[str, Case]] = field(default_factory=dict)

    def add(self, case: Case, seen: Observation, counted: bool) -> None:
        """Take in what the law saw in one case; kept cases bring findings alone."""
        self.cases_without_new_finding += any(f.status == "failed" and f.evidence for f in seen.findings)
        for finding in seen.findings:
            if finding.identity not in self.findings:
                self.cases_without_new_finding = 0
            known = self.findings.get(finding.identity)
            if known is None or (counted and rank_finding(finding) < rank_finding(known)):
                self.findings[finding.identity] = finding
        if not counted:
            return
        if seen.abstained:
            self.reasons[seen.abstained] += 1
            return
        self.examined += 1
        self.tightest = max(self.tightest, seen.tightest)
        for name, error in seen.errors.items():
            self.errors[name] = max(self.errors.get(name, 0.0), error)
        for where, convention in seen.conventions.items():
            self.conventions.setdefault(f"{where} → {convention}", (convention, case))


@dataclass
class OpCheck:
    """One op under examination; can be asked for its result at any moment."""

    op: Op
    laws: Sequence[Law]
    accumulators: dict[str, LawAccumulator] = field(default_factory=dict)
    shapes: set[Any] = field(default_factory=set)
    cases: int = 0
    rejected_cases: int = 0
    complete: bool = False
    stop_reason: str = ""
    arbitrate_all: bool = False

    def __post_init__(self) -> None:
        self.op = with_usable_reference(self.op)
        self.arbitration = Arbitration(self.op, self.arbitrate_all)
        for law in self.laws:
            self.accumulators[law.name] = LawAccumulator()

    def take(self, case: Case, counted: bool = True) -> None:
        """Examine one case."""
        if self.op.origin.shapes_inferred and forward_raises(self.op, case):
            self.rejected_cases += 1
            return
        for name, seen in examine_case(self.op, case, [law for law in self.laws if self.should_examine(law)]).items():
            self.accumulators[name].add(case, seen, counted)
        if counted:
            self.cases += 1
            self.shapes.add((tuple(a.shape for a in case.point), tuple(case.settings.items())))
            if "gradient" in self.accumulators:
                self.arbitration.take(case)

    def should_examine(self, law: Law) -> bool:
        """Whether a case is put to a law: it applies, and is not yet answered.  Structural ones are always asked, since
        others follow from them."""
        return not reason_not_applicable(self.op, law) and (
            law.name in STRUCTURAL_LAWS
            or self.accumulators[law.name].cases_without_new_finding < MAX_CASES_WITHOUT_NEW_FINDING
        )

    def result(self) -> OpResult:
        """The verdicts on what has been seen."""
        verdicts = tuple(self.verdict(law) for law in self.laws)
        gradient = self.accumulators.get("gradient", LawAccumulator())
        witnesses = sorted({name.rpartition(", ")[2] for name in gradient.errors})
        origin = self.op.origin
        notes = [f"shapes were inferred: {format_declared_shapes(self.op)}"] * origin.shapes_inferred
        notes += origin.notes
        if origin.shapes_inferred and self.rejected_cases:
            notes.append(f"forward refused {self.rejected_cases} cases of other shapes")
        notes += self.arbitration.notes()
        if self.stop_reason:
            notes.append(self.stop_reason)
        return OpResult(
            self.op.name,
            self.op.family,
            verdicts,
            self.cases,
            len(self.shapes),
            tuple(witnesses),
            tuple(notes),
            self.complete,
            script=origin.script,
        )

    def verdict(self, law: Law) -> Verdict:
        """What one law says."""
        tally = self.accumulators[law.name]
        reason = reason_not_applicable(self.op, law)
        if reason:
            return Verdict(self.op.name, law.name, "inapplicable", reason=reason)
        findings = tuple(tally.findings.values())
        if law.name == "gradient" and self.arbitration.fault:
            findings = (self.arbitration.fault,)
        status, reason = "passed", ""
        if findings:
            status = min((f.status for f in findings), key=STATUSES.index)
            reason = (
                f"asked until {MAX_CASES_WITHOUT_NEW_FINDING} cases brought nothing new"
                if tally.cases_without_new_finding == MAX_CASES_WITHOUT_NEW_FINDING
                else ""
            )
        elif (
            not tally.examined
            and law.name == "kinks"
            and self.op.kinks is None
            and self.op.convention is None
            and self.cases
        ):
            status, reason = "inapplicable", "no kink was met, and none is declared"
        elif not tally.examined or (not self.complete and self.stop_reason):
            status = "inconclusive"
            reason = self.stop_reason or next((r for r, _ in tally.reasons.most_common(1)), "nothing was examined")
        if tally.conventions and not findings:
            met = sorted(tally.conventions)
            more = f"; and {len(met) - MAX_LISTED_CONVENTIONS} more" if len(met) > MAX_LISTED_CONVENTIONS else ""
            reason = "at kinks: " + "; ".join(met[:MAX_LISTED_CONVENTIONS]) + more
        return Verdict(
            self.op.name,
            law.name,
            status,
            tally.examined,
            tally.tightest,
            dict(sorted(tally.errors.items())),
            findings,
            reason,
        )


MAX_LISTED_CONVENTIONS = 4
"""Conventions at kinks that a verdict lists."""

SHAPE_INDEPENDENT_ERRORS = (NameError, AttributeError, NotImplementedError)
"""Exceptions that no shape brings about."""


LAWFUL_INPUTS_HINT = (
    "If such inputs are not lawful, say so: sizes={'N': whole(2, None)}, or a domain, as in Array('N', positive())."
)
"""What to do where forward raises."""


def forward_raises(op: Op, case: Case) -> bool:
    """Whether forward raises on a case.  Where shapes were inferred, that speaks against the shape and not against
    the op."""
    try:
        Evaluator(op, case).outputs(case.point)
    except UserError as error:
        return not isinstance(error.__cause__, SHAPE_INDEPENDENT_ERRORS)
    except Malformed:
        return False
    return False


def format_declared_shapes(op: Op) -> str:
    """The shapes of the inputs in the shape language."""
    return ", ".join(f"{name}: ({(a.array if isinstance(a, Several) else a).shape})" for name, a in op.inputs.items())


def reason_not_applicable(op: Op, law: Law) -> str:
    """Why a law has nothing to say of an op; "" where it has."""
    if reason := op.exceptions.get(law.name):
        return f"declared exception: {reason}"
    return law.explain_inapplicability(op)


def examine_case(op: Op, case: Case, laws: Iterable[Law]) -> dict[str, Observation]:
    """What each law sees in one case.  An exception of the code under test is a finding of the law that met it
    first."""
    evaluator = Evaluator(op, case)
    seen: dict[str, Observation] = {}
    reported: dict[str, str] = {}
    for law in laws:
        try:
            observation = law.examine(op, case, evaluator)
        except (UserError, Malformed) as error:
            message = str(error)
            if message in reported:
                seen[law.name] = Observation(abstained=f"follows from {reported[message]}: {message}")
                continue
            observation = Observation((make_exception_finding(op, law, case, error),))
        structural = next((n for n in STRUCTURAL_LAWS if n in seen and seen[n].findings and not seen[n].harmless), "")
        findings = tuple(
            f if f.follows or law.name in STRUCTURAL_LAWS else replace(f, follows=structural)
            for f in observation.findings
        )
        for finding in findings:
            reported.setdefault(finding.claim, law.name)
        seen[law.name] = replace(observation, findings=findings)
    return seen


def make_exception_finding(op: Op, law: Law, case: Case, error: UserError | Malformed) -> Finding:
    """The finding that an exception is."""
    if isinstance(error, Malformed):
        return make_finding(op, law.name, case, str(error), input=error.input, hint=error.hint)
    hint = (
        ""
        if op.origin.shapes_inferred or error.part != "forward" or isinstance(error.__cause__, SHAPE_INDEPENDENT_ERRORS)
        else LAWFUL_INPUTS_HINT
    )
    return make_crash_finding(op, law.name, case, str(error), error, hint)
