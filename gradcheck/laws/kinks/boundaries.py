"""A gradient that is right on both sides of a kink, and wrong at the boundary itself."""

from collections.abc import Sequence

import numpy as np

from gradcheck.evaluation.evaluator import Malformed, UserError
from gradcheck.laws.kinks.probe import KinkProbe, Trial, coordinate_trials
from gradcheck.laws.kinks.slopes import OneSidedSlopes


def describe_boundary(probe: KinkProbe, trials: Sequence[Trial]) -> str:
    """Describe that the boundary belongs to no piece or to both: "" where several coordinates touch the kink, or the
    gradient one float beside it is not the slope of that side."""
    touching = coordinate_trials(trials)
    if len(touching) != 1:
        return ""
    slopes = touching[0][1]
    if not is_right_beside(probe, slopes):
        return ""
    claimed = probe.claimed(slopes.direction)
    if claimed == 0:
        return "the boundary itself belongs to neither piece, though the gradient is right on both sides of it"
    if abs(claimed - slopes.left - slopes.right) <= slopes.error:
        return "the boundary itself belongs to both pieces, whose gradients are added"
    return "the gradient is right on both sides of the boundary, and wrong at it"


def is_right_beside(probe: KinkProbe, slopes: OneSidedSlopes) -> bool:
    """Whether the gradients one float beside a point are the slopes of these sides."""
    for end, slope in ((np.inf, slopes.right), (-np.inf, slopes.left)):
        moved = zip(probe.point, slopes.direction, strict=True)
        point = tuple(np.where(d != 0, np.nextafter(a, end), a) if d.any() else a for a, d in moved)
        try:
            gradients = probe.evaluator.gradients(point, probe.upstream)
        except (UserError, Malformed):
            return False
        pairs = zip(gradients, slopes.direction, strict=True)
        beside = sum(float(np.sum(g * d)) for g, d in pairs if g is not None)
        if not abs(beside - slope) <= slopes.error:
            return False
    return True
