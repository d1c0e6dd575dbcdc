"""The check of one op by all laws, case by case; verdicts are available at any time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gradcheck.checking.arbitration import Arbitration
from gradcheck.checking.crash_remedies import CrashExplainer
from gradcheck.checking.reference_trial import with_usable_reference
from gradcheck.checking.search_record import SearchRecord
from gradcheck.checking.thin_examination import LEAST_SHARE, explain_thin_examination
from gradcheck.checking.vector_cases import find_vectors
from gradcheck.checking.working_precision import describe_working_precision, with_working_precision
from gradcheck.declaration.inputs import Several
from gradcheck.declaration.op import Op
from gradcheck.escaping import MAX_NOTE_LENGTH, cut_text
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.formatting import pluralise
from gradcheck.generation.shape_trials import catch_error_of_shapes, catch_forward_error
from gradcheck.laws.accumulator import LawAccumulator, Observation
from gradcheck.laws.exceptions import make_exception_finding
from gradcheck.laws.findings import make_finding
from gradcheck.laws.law import Law
from gradcheck.laws.registry import validate_exceptions
from gradcheck.records.case import Case
from gradcheck.records.results import Finding, OpResult, Verdict
from gradcheck.records.status import FAILING_STATUSES, Status, worst_status
from gradcheck.records.subject import WHOLE_OP

MAX_FAILURES_ALIKE = 4
"""Cases in which a law repeats its findings, without a new one, after which it examines no further case: a case that
fails costs about a hundred times as much as one that passes."""

MOST_LARGE_ELEMENTS = 2**21
"""Elements of all large cases of an op together: one of a million inputs and outputs, or ten of a hundred thousand."""
LARGE_CASE = "the case is large, and this law is examined in small ones alone"
"""The reason of a law that would take long."""


@dataclass
class OpCheck:
    """The observations of all laws on one op so far.

    unrepeatable: why only structural laws are examined: equal calls of the op give different answers; "" where no case
    shows that.
    kept: those on cases that earlier runs kept, until `add_kept_findings` adds them.  unfit_cases: the number of kept
    cases that do not fit the op any more.  large_elements: of all large cases so far.  left_large: the number of
    further ones, which were left out.  point: the evaluator of the large case at a point that the user chose, if any,
    which is examined first; its results are computed once.  vectors_heard: the number of golden vectors
    that were heard.
    Raises DeclarationError for an exception from a law that does not exist, and for golden vectors that do not.
    """

    op: Op
    laws: Sequence[Law]
    accumulators: dict[str, LawAccumulator] = field(default_factory=dict)
    shapes: set[Any] = field(default_factory=set)
    cases: int = 0
    rejected_cases: int = 0
    rejection: str = ""
    kept: dict[str, LawAccumulator] = field(default_factory=dict)
    unfit_cases: int = 0
    complete: bool = False
    stop_reason: str = ""
    arbitrate_all: bool = False
    unrepeatable: str = ""
    crashes: CrashExplainer | None = None
    large_elements: int = 0
    left_large: int = 0
    point: Evaluator | None = None
    vectors_heard: int = 0

    def __post_init__(self) -> None:
        validate_exceptions(self.op)
        self.vectors = find_vectors(self.op)
        self.search = SearchRecord(self.op)
        if self.point:
            self.search.take(self.point.case, self.point)
        self.op = with_usable_reference(with_working_precision(self.op, self.point), self.point)
        self.arbitration = Arbitration(self.op, self.arbitrate_all)
        for law in self.laws:
            self.accumulators[law.name] = LawAccumulator()

    def take(self, case: Case, counted: bool = True) -> None:
        """Examine one case.  counted: False for cases that are not among the generated ones."""
        if self.op.origin.may_refuse_shapes and forward_raises(self.op, case):
            self.rejected_cases += 1
            self.rejection = self.rejection or str(catch_forward_error(self.op, case))
            return
        evaluator = self.find_evaluator(case)
        self.large_elements += case.elements if case.is_large else 0
        observations = examine_laws(evaluator, [law for law in self.laws if self.should_examine(law)])
        for name, seen in observations.items():
            self.accumulators[name].add(case, seen, counted)
            if seen.unrepeatable and not self.unrepeatable:
                self.forget_comparisons(name, seen)
        if counted:
            self.count(case)
            relying = [law.name for law in self.laws if law.needs_reference_run]
            if relying:
                self.arbitration.take(evaluator, any(o.findings for n, o in observations.items() if n in relying))

    def take_vectors(self, counted: bool) -> None:
        """Let the laws of which they are a witness examine the golden vectors.  counted: whether these are the cases of
        the check, as where no others are generated."""
        for vector in self.vectors.vectors:
            if self.op.origin.may_refuse_shapes and forward_raises(self.op, vector.case):
                continue
            evaluator = Evaluator(self.op, vector.case, vector=vector)
            self.search.take(vector.case, evaluator)
            laws = [law for law in self.laws if law.hears_vectors and self.should_examine(law)]
            for name, seen in examine_laws(evaluator, laws).items():
                self.accumulators[name].add(vector.case, seen, counted=True)
            self.vectors_heard += 1
            if counted:
                self.count(vector.case)

    def count(self, case: Case) -> None:
        """Count a case among those of the check."""
        self.cases += 1
        self.shapes.add((tuple(a.shape for a in case.point), tuple(case.settings.items())))

    def find_evaluator(self, case: Case) -> Evaluator:
        """Return the evaluator of a case, which the record of the search has seen."""
        if self.point and self.point.case is case:
            evaluator, self.point = self.point.with_op(self.op), None
            return evaluator
        evaluator = Evaluator(self.op, case)
        self.search.take(case, evaluator)
        return evaluator

    def has_room_for(self, case: Case) -> bool:
        """Whether a case is to be examined as well: at least one large one, and until something fails more of them, up
        to MOST_LARGE_ELEMENTS together."""
        if not case.is_large or not self.large_elements:
            return True
        found = (finding for seen in self.accumulators.values() for finding in seen.findings.values())
        fits = self.large_elements + case.elements <= MOST_LARGE_ELEMENTS
        return fits and not any(finding.status in FAILING_STATUSES for finding in found)

    def forget_comparisons(self, name: str, seen: Observation) -> None:
        """Forget what laws found by comparing calls of an op whose equal calls give different answers.  name, seen: the
        law that found it out, and its observation."""
        self.unrepeatable = f"follows from {name}: {seen.findings[0].claim}"
        self.accumulators |= {law.name: LawAccumulator() for law in self.laws if not law.is_structural}

    def add_kept_findings(self) -> None:
        """Add what only kept cases show, or show to be worse, marked as coming from them."""
        structural = {law.name for law in self.laws if law.is_structural}
        for name in (name for name in self.kept if name in structural or not self.unrepeatable):
            seen = self.kept[name]
            own = self.accumulators[name].findings
            for identity, finding in seen.findings.items():
                if identity not in own or finding.status.severity < own[identity].status.severity:
                    own[identity] = replace(finding, kept=True)
        self.kept = {}

    def should_examine(self, law: Law) -> bool:
        """Whether a law examines further cases: it applies, and has not reached MAX_FAILURES_ALIKE.  Structural laws
        always do, since other findings may follow from theirs."""
        answered = self.accumulators[law.name].failures_alike >= MAX_FAILURES_ALIKE
        stops = bool(self.unrepeatable) or answered
        return not reason_not_applicable(self.op, law) and (law.is_structural or not stops)

    def review(self) -> None:
        """Let each law review all its cases together."""
        for law in self.laws:
            if law.review_cases is not None:
                findings = law.review_cases(self.op, self.accumulators)
                self.accumulators[law.name].findings = dict(findings)

    def result(self) -> OpResult:
        """Return the verdicts on the cases so far."""
        self.add_kept_findings()
        witnesses = {key.witness for accumulator in self.accumulators.values() for key in accumulator.errors}
        unreached = self.search.list_unreached() if self.complete else ()
        unheard = () if self.vectors_heard else tuple(self.vectors.list_unheard(0))
        file, line = locate_in_folder(self.op)
        return OpResult(
            self.op.name,
            self.op.family,
            tuple(self.decide_verdict(law) for law in self.laws),
            self.cases,
            len(self.shapes),
            tuple(sorted(witnesses)),
            tuple(cut_text(note, MAX_NOTE_LENGTH) for note in self.list_notes()),
            self.complete,
            script=self.op.origin.script,
            not_checked=(*self.op.origin.not_checked, *unheard, *unreached),
            searched=replace(self.search.result(), vectors=self.vectors_heard),
            file=file,
            line=line,
        )

    def list_notes(self) -> Iterator[str]:
        """Yield notes on how the op was examined."""
        if self.op.origin.shapes_inferred:
            yield f"shapes were inferred: {format_declared_shapes(self.op)}"
        yield from self.op.origin.notes
        if self.rejected_cases:
            yield f"{pluralise(self.rejected_cases, 'case')} left out, which forward refused: {self.rejection}"
        if self.unfit_cases:
            yield f"{pluralise(self.unfit_cases, 'case')} kept from an earlier run left out: the op has changed"
        for unheard in self.vectors.list_unheard(self.vectors_heard) if self.vectors_heard else ():
            yield f"{unheard.name} left out: {unheard.reason}"
        for accumulator in self.accumulators.values():
            yield from accumulator.disagreements
        if self.left_large:
            yield f"{pluralise(self.left_large, 'further case')} left out: its cases are large"
        yield from self.arbitration.notes()
        if self.stop_reason:
            yield self.stop_reason

    def decide_verdict(self, law: Law) -> Verdict:
        """Return the verdict of one law on the op."""
        if reason := self.op.exceptions.get(law.name):
            return Verdict.of_exception(self.op.name, law.name, reason)
        if reason := law.explain_inapplicability(self.op):
            return Verdict(self.op.name, law.name, Status.INAPPLICABLE, reason=reason)
        if self.unrepeatable and not law.is_structural:
            return Verdict(self.op.name, law.name, Status.INCONCLUSIVE, reason=self.unrepeatable)
        seen = self.accumulators[law.name]
        explained = map(self.explain_crash, seen.findings.values())
        findings = tuple(sorted(explained, key=lambda finding: finding.kind.rank))
        if law.needs_reference_run and (fault := self.arbitration.fault):
            findings = (make_finding(self.op, law.name, fault.case, fault.claim, status=Status.DISPUTED),)
        thin = (explain_refused_cases(self) or explain_thin_examination(seen)) if law.is_required else ""
        if thin and findings and not any(f.status in FAILING_STATUSES for f in findings):
            findings = (*findings, Finding(self.op.name, law.name, WHOLE_OP, Status.INCONCLUSIVE, thin))
        if law.is_required and (words := describe_working_precision(self.op)):
            file, line = self.op.location
            imprecise = Finding(self.op.name, law.name, WHOLE_OP, Status.IMPRECISE, words, file=file, line=line)
            findings = (*findings, imprecise)
        status, reason = self.explain_no_failure(law, seen, thin)
        if any(f.status is not Status.WARNING for f in findings):
            status, reason = self.explain_failures(seen, findings)
        elif findings:
            status = worst_status((status, Status.WARNING))
        errors = dict(sorted(seen.errors.items(), key=lambda item: str(item[0])))
        return Verdict(
            self.op.name,
            law.name,
            status,
            seen.examined,
            seen.tightest,
            errors,
            findings,
            reason,
            abstained=seen.reasons.total(),
            abstained_reason=cut_text(next((said for said, _ in seen.reasons.most_common(1)), "")),
        )

    def explain_crash(self, finding: Finding) -> Finding:
        """Return an exception of forward with what brings it about, found out once the check is complete."""
        if not self.complete or finding.status is not Status.CRASHED or finding.hint:
            return finding
        if self.crashes is None:
            self.crashes = CrashExplainer(self.op)
        return self.crashes.explain(finding)

    def explain_failures(self, seen: LawAccumulator, findings: Sequence[Finding]) -> tuple[Status, str]:
        """Return the status of a law with findings, and why no more cases were examined."""
        answered = seen.failures_alike == MAX_FAILURES_ALIKE
        reason = f"asked until {MAX_FAILURES_ALIKE} cases brought nothing new" if answered else ""
        return worst_status(f.status for f in findings), reason

    def explain_no_failure(self, law: Law, seen: LawAccumulator, thin: str) -> tuple[Status, str]:
        """Return the status of a law without findings but warnings, and the reason for it or the conventions at
        kinks.  thin: why what it examined is not enough, "" where it is."""
        status, reason = Status.PASSED, ""
        asked = self.cases and LARGE_CASE not in seen.reasons
        if not seen.examined and asked and (unmet := law.explain_unexamined(self.op)):
            status, reason = Status.INAPPLICABLE, unmet
        elif not seen.examined or (not self.complete and self.stop_reason):
            status = Status.INCONCLUSIVE
            reason = self.stop_reason or next((r for r, _ in seen.reasons.most_common(1)), "nothing was examined")
            reason = cut_text(reason)
        elif thin:
            status, reason = Status.INCONCLUSIVE, cut_text(thin)
        return status, format_conventions(seen) or reason


def locate_in_folder(op: Op) -> tuple[str, int]:
    """Return the file of the backward relative to the current folder, and its line; ("", 0) where it is elsewhere, so
    that a run says the same wherever the folder is."""
    file, line = op.location
    path, folder = Path(file), Path.cwd()
    return (path.relative_to(folder).as_posix(), line) if file and path.is_relative_to(folder) else ("", 0)


def explain_refused_cases(op_check: OpCheck) -> str:
    """Return why too few cases were examined where forward refuses the others; "" where these are enough."""
    tried = op_check.cases + op_check.rejected_cases
    return (
        f"forward refused {op_check.rejected_cases} of {tried} cases: {op_check.rejection}"
        if op_check.cases < LEAST_SHARE * tried
        else ""
    )


def format_conventions(seen: LawAccumulator) -> str:
    """Format the first MAX_LISTED_CONVENTIONS conventions at kinks; "" where there is none."""
    met = sorted(map(str, seen.conventions))
    more = f"; and {len(met) - MAX_LISTED_CONVENTIONS} more" if len(met) > MAX_LISTED_CONVENTIONS else ""
    return "at kinks: " + "; ".join(met[:MAX_LISTED_CONVENTIONS]) + more if met else ""


MAX_LISTED_CONVENTIONS = 4
"""Conventions at kinks that a verdict lists."""

SHAPE_INDEPENDENT_ERRORS = (NameError, AttributeError, NotImplementedError, MemoryError)
"""Exceptions that do not depend on shapes."""


def forward_raises(op: Op, case: Case) -> bool:
    """Whether forward raises on a case for a reason that may be its shape, which is no fault of the op where it may
    refuse shapes.  Where these were declared, it has to raise whatever the values."""
    if op.origin.refuses_shapes is False or not raises_at(op, case):
        return False
    return not op.origin.refuses_shapes or catch_error_of_shapes(op, case) is not None


def raises_at(op: Op, case: Case) -> bool:
    """Whether forward raises on a case for a reason that may be its shape."""
    error = catch_forward_error(op, case)
    return error is not None and may_depend_on_shapes(error)


def may_depend_on_shapes(error: UserError) -> bool:
    """Whether other shapes may help against an exception."""
    return issubclass(error.kind, Exception) and not issubclass(error.kind, SHAPE_INDEPENDENT_ERRORS)


def format_declared_shapes(op: Op) -> str:
    """Format the shapes of the inputs in the shape language."""
    return ", ".join(f"{name}: ({(a.array if isinstance(a, Several) else a).shape})" for name, a in op.inputs.items())


def reason_not_applicable(op: Op, law: Law) -> str:
    """Return why a law does not apply to an op; "" where it does."""
    return op.exceptions.get(law.name, "") or law.explain_inapplicability(op)


def examine_case(op: Op, case: Case, laws: Iterable[Law]) -> dict[str, Observation]:
    """Return each law's observation in one case, by its name."""
    return examine_laws(Evaluator(op, case), laws)


def examine_laws(evaluator: Evaluator, laws: Iterable[Law]) -> dict[str, Observation]:
    """Return each law's observation in the evaluator's case, by its name.  An exception of the code under test is a
    finding of the first law that meets it; later laws abstain."""
    op, case = evaluator.op, evaluator.case
    seen: dict[str, Observation] = {}
    reported: dict[str, str] = {}
    structural = unrepeatable = ""
    for law in laws:
        if unrepeatable and not law.is_structural:
            seen[law.name] = Observation(abstained=unrepeatable)
            continue
        observation = mark_following(law, examine_law(op, case, law, evaluator, reported), structural)
        if case.is_large and law.needs_reference_run:
            evaluator.forget_workings()
        for finding in observation.findings:
            reported.setdefault(finding.claim, law.name)
        if law.is_structural and any(f.status is not Status.WARNING for f in observation.findings):
            structural = structural or law.name
        if observation.unrepeatable:
            unrepeatable = f"follows from {law.name}: {observation.findings[0].claim}"
        seen[law.name] = observation
    return seen


def examine_law(op: Op, case: Case, law: Law, evaluator: Evaluator, reported: Mapping[str, str]) -> Observation:
    """Return one law's observation.  reported: the law that reported a claim first, by claim."""
    try:
        if not case.upstream:
            require_failing_forward(evaluator)
        if case.is_large and not law.examines_large_cases:
            return Observation(abstained=LARGE_CASE)
        return law.examine(op, case, evaluator)
    except (UserError, Malformed) as error:
        said = cut_text(str(error))
        if first := reported.get(said):
            return Observation(abstained=f"follows from {first}: {said}")
        return Observation((make_exception_finding(evaluator, law.name, error),))


def require_failing_forward(evaluator: Evaluator) -> None:
    """Raise what forward raises in a case that has no upstream, since forward did not run when the case was made; and
    Malformed where it runs now."""
    evaluator.outputs(evaluator.case.point)
    hint = "Keep what backward needs in the cache that forward returns, not in a global or in the object."
    raise Malformed("forward runs on an input on which it did not run before", hint=hint)


def mark_following(law: Law, observation: Observation, structural: str) -> Observation:
    """Return the observation, its findings marked as following from a structural law where that has findings are
    more than warnings."""
    if law.is_structural or not structural:
        return observation
    findings = tuple(f if f.follows else replace(f, follows=structural) for f in observation.findings)
    return replace(observation, findings=findings)
