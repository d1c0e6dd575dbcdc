"""Arbitration: XLA runs the first case of some patterns, and of all in which something is found, or every case, as a
check on NumPy, which runs all that JAX differentiates."""

from collections import Counter as Count
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.formatting import pluralise
from gradcheck.oracles import xla
from gradcheck.oracles.autodiff import ReferenceMismatch, evaluate_reference, trace_reference
from gradcheck.oracles.jaxpr.pattern import make_pattern
from gradcheck.oracles.jaxpr.trace import ReferenceTooLong
from gradcheck.records.case import Case

MOST_WITHOUT_FINDINGS = 16
"""Patterns of which a case without findings is compared, the first of an op: XLA has to agree with whatever is found,
and a sample is enough of what agrees.  Of large cases none is."""

CASES_PER_XLA_PROGRAM = 16
"""Cases that XLA compiles in one program, which costs a third of compiling small ones one by one."""


@dataclass(frozen=True)
class ArbitrationFault:
    """A case in which NumPy and XLA compute different numbers from the reference."""

    case: Case
    claim: str


@dataclass
class Arbitration:
    """The comparison of NumPy with XLA on the cases of one op, and the way in which its reference was run.

    every_case: compare on all cases, not only on the first of a pattern and of a value of a setting, as far as wanted.
    configurations: shapes and settings seen.  patterns: those that share a trace, with each setting, as far as they are
    compared.  without_findings: the number of compared cases in which nothing was found.  anew: the number
    of configurations that could not share a trace, by reason.  too_long: the number of cases in which the reference had
    too many operations to be traced.  foreign: the primitives for which NumPy has no
    counterpart.  fault: a disagreement of NumPy and XLA, which is a fault of gradcheck, not of an op: then findings
    that rely on the reference do not count.
    """

    op: Op
    every_case: bool = False
    configurations: set[Any] = field(default_factory=set)
    patterns: set[Any] = field(default_factory=set)
    without_findings: int = 0
    waiting: list[Evaluator] = field(default_factory=list)
    anew: Count[str] = field(default_factory=Count)
    too_long: int = 0
    foreign: set[str] = field(default_factory=set)
    fault: ArbitrationFault | None = None

    def take(self, evaluator: Evaluator, is_found: bool) -> None:
        """Add the case of an evaluator; XLA runs the waiting cases when there are CASES_PER_XLA_PROGRAM of them.
        is_found: whether a law that relies on the reference has found something in it."""
        case = evaluator.case
        configuration = tuple(a.shape for a in case.point), tuple(case.settings.items())
        if (
            self.op.reference is None
            or not case.upstream
            or (configuration in self.configurations and not self.every_case and not is_found)
        ):
            return
        try:
            evaluate_reference(evaluator, case.point, case.upstream)
            traced = trace_reference(evaluator, case.point)
        except ReferenceTooLong:
            self.too_long += 1
            return
        except (UserError, Malformed, ReferenceMismatch):  # the laws report it
            return
        if configuration not in self.configurations:
            self.foreign |= traced.program.foreign
            self.anew.update([traced.anew] if traced.anew else [])
        shapes = make_pattern(self.op, evaluator.labels, configuration[0], case.settings) if traced.anew else traced
        seen = {(shapes, setting) for setting in (*configuration[1], None)}
        self.configurations.add(configuration)
        is_wanted = is_found or (self.without_findings < MOST_WITHOUT_FINDINGS and not case.is_large)
        if self.every_case or (is_wanted and not seen <= self.patterns):
            self.waiting.append(Evaluator(self.op, case))  # without what the laws made that one remember
            self.patterns |= seen
            self.without_findings += not is_found
        if len(self.waiting) == CASES_PER_XLA_PROGRAM:
            self.settle()

    def settle(self) -> None:
        """Compare NumPy with XLA on the waiting cases."""
        waiting, self.waiting = self.waiting, []
        for evaluator, difference in xla.find_xla_disagreements(waiting):
            claim = f"{difference}: a fault of gradcheck, not of this op; please report it"
            self.fault = self.fault or ArbitrationFault(evaluator.case, claim)

    def notes(self) -> Iterator[str]:
        """Yield how the reference was run, where that is not the usual way."""
        if self.anew:
            reason = min(self.anew)
            yield f"autodiff: {self.anew.total()} of {len(self.configurations)} layouts were traced anew ({reason})"
        if self.too_long:
            cases = pluralise(self.too_long, "case")
            yield f"autodiff: silent in {cases} of many elements, for which the reference is too long to be traced"
        if self.foreign:
            yield f"autodiff: XLA runs {', '.join(sorted(self.foreign))}, for which NumPy has no counterpart"
