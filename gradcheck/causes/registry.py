"""All kinds of hypotheses, the simplest first: where two explain a gradient, the first one is named first."""

from gradcheck.causes.cause import Propose
from gradcheck.causes.hypotheses import factors, operations

HYPOTHESES: tuple[Propose, ...] = (factors.propose_sign, operations.propose_changed_operations)
"""Functions that propose hypotheses.  A new kind of mistake is a row here."""
