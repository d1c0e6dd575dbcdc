"""All kinds of hypotheses, the simplest first: where two explain a gradient, the first one is named first."""

from gradcheck.causes.cause import Propose
from gradcheck.causes.hypotheses import (
    accumulation,
    axes,
    exchanges,
    factors,
    jacobian_parts,
    operations,
    points,
    precision,
    products,
    settings,
    shapes,
    upstreams,
)

HYPOTHESES: tuple[Propose, ...] = (
    factors.propose_zero,
    factors.propose_sign,
    factors.propose_factor,
    precision.propose_low_precision,
    shapes.propose_other_shape,
    shapes.propose_missing_sum,
    exchanges.propose_exchanged,
    shapes.propose_extra_sum,
    axes.propose_moved_elements,
    upstreams.propose_other_upstream,
    upstreams.propose_transposed_factor,
    jacobian_parts.propose_diagonal,
    jacobian_parts.propose_direction,
    accumulation.propose_overwritten,
    products.propose_other_products,
    operations.propose_changed_operations,
    settings.propose_padding,
    settings.propose_settings,
    exchanges.propose_another,
    points.propose_other_point,
    products.propose_terms,
    jacobian_parts.propose_blocks,
    accumulation.propose_left_out,
    upstreams.propose_unchanged_upstream,
    axes.propose_any_order,
)
"""Functions that propose hypotheses.  A new kind of mistake is a row here."""
