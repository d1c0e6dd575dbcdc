"""Whether a gradient lies between the one-sided slopes along a direction."""

from dataclasses import dataclass

import numpy as np

from gradcheck.arrays import Point
from gradcheck.laws.kinks.probe import Trial, project_gradient
from gradcheck.oracles.error_factors import EPS, REORDERING_FACTOR


@dataclass(frozen=True)
class Interval:
    """The one-sided slopes along a direction, the slope that a gradient claims there, and its allowed error."""

    low: float
    high: float
    claimed: float
    allowed: float

    @property
    def is_exceeded(self) -> bool:
        """Whether the claimed slope is outside."""
        return not self.low - self.allowed <= self.claimed <= self.high + self.allowed


def find_interval(gradient: Point, trial: Trial) -> Interval | None:
    """Return the interval along a direction; None where there is no kink, which is the law gradient's part, or where
    the slopes are not known."""
    slopes = trial.slopes
    if not (trial.coordinate or slopes.kinked) or not np.isfinite(slopes.error):
        return None
    terms = zip(gradient, slopes.direction, strict=True)
    sizes = float(sum(np.sum(np.abs(g * d)[d != 0]) for g, d in terms))
    low, high = sorted((slopes.left, slopes.right))
    allowed = slopes.error + REORDERING_FACTOR * EPS * sizes
    return Interval(low, high, project_gradient(gradient, slopes.direction), allowed)


def is_outside(gradient: Point, trial: Trial) -> bool:
    """Whether a gradient lies outside the interval along a direction."""
    interval = find_interval(gradient, trial)
    return interval is not None and interval.is_exceeded
