"""All kinds of hypotheses, the simplest first: where two explain a gradient, the first one is named first."""

from gradcheck.causes.cause import Propose
from gradcheck.causes.hypotheses import (
    accumulation,
    axes,
    exchanges,
    factors,
    jacobian_parts,
    local_factors,
    output_paths,
    points,
    precision,
    products,
    settings,
    shapes,
    upstreams,
)
from gradcheck.causes.hypotheses.operations import changed_operations

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
    output_paths.propose_joined_upstreams,
    jacobian_parts.propose_diagonal,
    jacobian_parts.propose_direction,
    accumulation.propose_overwritten,
    products.propose_other_products,
    products.propose_label_terms,
    changed_operations.propose_changed_operations,
    settings.propose_padding,
    settings.propose_settings,
    exchanges.propose_another,
    points.propose_other_point,
    local_factors.propose_local_factors,
    products.propose_terms,
    jacobian_parts.propose_places,
    accumulation.propose_left_out,
    accumulation.propose_first_kept,
    local_factors.propose_masks,
    local_factors.propose_bounds,
    upstreams.propose_unchanged_upstream,
    axes.propose_any_order,
)
"""Functions that propose hypotheses.  A new kind of mistake is a row here."""
