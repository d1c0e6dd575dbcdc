"""Arbitration: XLA sees the first case of each pattern, or every case, since NumPy executes all that JAX
differentiates."""

from dataclasses import dataclass, field
from typing import Any

from gradcheck.bench import Bench, Malformed, UserError
from gradcheck.case import Case
from gradcheck.laws.law import found
from gradcheck.op import Op
from gradcheck.oracles import arbiter
from gradcheck.oracles.autodiff import ReferenceMismatch
from gradcheck.oracles.pattern import pattern
from gradcheck.verdict import Finding


@dataclass
class Arbitration:
    """The cases of one op before XLA.  every: all of them, not the first of each pattern alone."""

    op: Op
    every: bool = False
    seen: set[Any] = field(default_factory=set)

    def settle(self, case: Case) -> Finding | None:
        """The finding that NumPy and XLA disagree about the reference, which speaks against this package and against
        no op: then no accusation is to be believed."""
        if self.op.reference is None or not case.upstream or not self.calls(case):
            return None
        try:
            said = arbiter.disagreement(Bench(self.op, case))
        except (UserError, Malformed, ReferenceMismatch):  # the laws report it
            return None
        claim = f"{said}: a fault of gradcheck, not of this op; please report it"
        return found(self.op, "gradient", case, claim, status="disputed") if said else None

    def calls(self, case: Case) -> bool:
        """Whether this case is to be looked at."""
        shapes = {label: a.shape for label, a in case.inputs.items()}
        settings = tuple(case.settings.items())
        layout = tuple(shapes.values()), settings
        if layout in self.seen and not self.every:
            return False
        key = pattern(self.op, shapes, case.settings), settings
        new = key not in self.seen
        self.seen |= {layout, key}
        return new or self.every
