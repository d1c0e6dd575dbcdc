"""The observations of a law: in one case, and accumulated over all cases."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcheck.records.case import Case
from gradcheck.records.error_spread import ErrorSpread
from gradcheck.records.evidence import ErrorKey, Errors
from gradcheck.records.results import Finding, FindingId
from gradcheck.records.status import Status

InputShapes = tuple[tuple[str, tuple[int, ...]], ...]
"""The shape of each input of a case, by its label."""


@dataclass(frozen=True)
class KinkConvention:
    """The convention of a gradient at one kind of kink.

    kink: the kind, in words.  convention: its name, such as "zero" or "first".  is_tie: whether several coordinates
    meet the kink together, so that `kink` may stand for several kinds.
    """

    kink: str
    convention: str
    is_tie: bool = False

    def __str__(self) -> str:
        return f"{self.kink} → {self.convention}"


@dataclass(frozen=True)
class Observation:
    """The observation of one law in one case.

    tightest: the largest |difference| / allowed.  errors: relative errors of the gradient.  bars: the error bars of the
    witnesses, relative as the errors are, and under their keys.
    unrepeatable: whether equal calls give different answers, so that no other law has anything to compare.
    abstained: why the case could not be judged, "" where it was.
    judged: the parts of the op that were judged in this case, as "the gradient of x".  unjudged: those that the law
    could not judge, each with the reason.
    conventions: the convention at each kind of kink in this case.
    disagreements: of the witnesses with each other, where the golden vector settles them, each in words.
    details: data of the law for its own explain_finding.
    """

    findings: tuple[Finding, ...] = ()
    tightest: float = 0.0
    errors: Errors = field(default_factory=dict)
    bars: Errors = field(default_factory=dict)
    unrepeatable: bool = False
    abstained: str = ""
    judged: frozenset[str] = frozenset()
    unjudged: Mapping[str, str] = field(default_factory=dict)
    conventions: tuple[KinkConvention, ...] = ()
    disagreements: tuple[str, ...] = ()
    details: Any = None


def rank_finding(finding: Finding) -> tuple[int, Any]:
    """Return the sort key of a finding: the worst status first, then the smallest case."""
    return finding.status.severity, finding.case.size if finding.case else ()


@dataclass
class LawAccumulator:
    """The observations of one law so far.

    judged: the number of cases in which each part of the op was judged.  unjudged: the reasons for which it was not.
    shapes: those of the cases that were judged.  shapes_left: those of the cases in which the law abstained.
    failures_alike: the number of cases, since the last new finding, in which a witness contradicted the op.
    met_together: the findings that were met in one case with each finding, by their identities.
    disagreements: of the witnesses with each other, in cases with a golden vector.
    spread: of the relative errors by each witness, and of its bars.
    """

    examined: int = 0
    failures_alike: int = 0
    tightest: float = 0.0
    errors: dict[ErrorKey, float] = field(default_factory=dict)
    findings: dict[FindingId, Finding] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    judged: Counter[str] = field(default_factory=Counter)
    unjudged: dict[str, Counter[str]] = field(default_factory=dict)
    shapes: set[InputShapes] = field(default_factory=set)
    shapes_left: set[InputShapes] = field(default_factory=set)
    conventions: dict[KinkConvention, Case] = field(default_factory=dict)
    met_together: dict[FindingId, set[FindingId]] = field(default_factory=dict)
    disagreements: dict[str, None] = field(default_factory=dict)
    spread: dict[str, ErrorSpread] = field(default_factory=dict)

    def add(self, case: Case, seen: Observation, counted: bool) -> None:
        """Add the observation in one case; of a case that is not counted, only the findings are added."""
        self.add_findings(seen, counted)
        self.disagreements |= dict.fromkeys(seen.disagreements)
        if not counted:
            return
        self.judged.update(seen.judged)
        for part, reason in seen.unjudged.items():
            self.unjudged.setdefault(part, Counter())[reason] += 1
        shapes = tuple((label, a.shape) for label, a in case.inputs.items())
        if seen.abstained:
            self.reasons[seen.abstained] += 1
            self.shapes_left.add(shapes)
            return
        self.examined += 1
        self.shapes.add(shapes)
        self.tightest = max(self.tightest, seen.tightest)
        self.add_errors(seen)
        for convention in seen.conventions:
            self.conventions.setdefault(convention, case)

    def add_errors(self, seen: Observation) -> None:
        """Keep the largest error of each key, and count errors and bars by witness."""
        for key, error in seen.errors.items():
            self.errors[key] = max(self.errors.get(key, 0.0), error)
            spread = self.spread.get(key.witness, ErrorSpread())
            self.spread[key.witness] = spread.add(error, seen.bars.get(key))

    def add_findings(self, seen: Observation, counted: bool) -> None:
        """Keep the worst finding of each identity, on its smallest case."""
        self.failures_alike += any(f.status is Status.FAILED and f.evidence for f in seen.findings)
        met = {finding.identity for finding in seen.findings}
        for finding in seen.findings:
            self.met_together.setdefault(finding.identity, set()).update(met)
            known = self.findings.get(finding.identity)
            if known is None:
                self.failures_alike = 0
            if known is None or (counted and rank_finding(finding) < rank_finding(known)):
                self.findings[finding.identity] = finding


Accumulators = Mapping[str, LawAccumulator]
"""The accumulator of each law, by its name."""
