"""All kinds of hypotheses, the simplest first: where two explain a gradient, the first one is named first."""

from gradcheck.causes.cause import Propose
from gradcheck.causes.hypotheses import axes, exchanges, factors, points, settings, shapes, upstreams

HYPOTHESES: tuple[Propose, ...] = (
    factors.propose_zero,
    factors.propose_sign,
    factors.propose_factor,
    exchanges.propose_exchanged,
    shapes.propose_other_shape,
    shapes.propose_missing_sum,
    shapes.propose_extra_sum,
    axes.propose_moved_elements,
    upstreams.propose_other_upstream,
    upstreams.propose_unchanged_upstream,
    upstreams.propose_wrong_direction,
    settings.propose_padding,
    settings.propose_other_settings,
    points.propose_other_point,
)
"""Functions that propose hypotheses.  A new kind of mistake is a row here."""
