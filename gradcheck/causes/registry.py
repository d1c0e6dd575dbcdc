"""All kinds of hypotheses, the simplest first: where two explain a gradient, the first one is named first."""

from gradcheck.causes.cause import Propose
from gradcheck.causes.hypotheses import (
    accumulation,
    factors,
    jacobian_parts,
    local_factors,
    operations,
    precision,
    products,
)

HYPOTHESES: tuple[Propose, ...] = (
    factors.propose_sign,
    precision.propose_low_precision,
    jacobian_parts.propose_diagonal,
    jacobian_parts.propose_direction,
    accumulation.propose_overwritten,
    products.propose_other_products,
    products.propose_label_terms,
    operations.propose_changed_operations,
    local_factors.propose_local_factors,
    products.propose_terms,
    jacobian_parts.propose_blocks,
    accumulation.propose_left_out,
    accumulation.propose_first_kept,
    local_factors.propose_masks,
)
"""Functions that propose hypotheses.  A new kind of mistake is a row here."""
