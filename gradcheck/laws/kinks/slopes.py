"""One-sided slopes of one output along a direction."""

from dataclasses import dataclass

import numpy as np

from gradcheck.arrays import Point


@dataclass(frozen=True)
class OneSidedSlopes:
    """One-sided slopes of one output along a direction: the limits from behind (left) and ahead (right), with one error
    bar for both."""

    direction: Point
    left: float
    right: float
    error: float

    @property
    def kinked(self) -> bool:
        """Whether the two slopes differ."""
        return abs(self.right - self.left) > self.error


def round_to_error(value: float, error: float) -> float:
    """Round a value to the digits that its error leaves meaningful."""
    digits = int(-np.log10(error)) if 0 < error < 1 else 0 if error else 15
    return float(np.round(value, min(max(digits, 0), 15))) + 0.0
