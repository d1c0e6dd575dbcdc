"""Numbers that may be divided by."""

import numpy as np

from gradcheck.domain import Domain


def nonzero(least: float = 0.0625) -> Domain:
    """Reals of both signs, no nearer to zero than `least`; steps do not reach zero."""
    return Domain(
        f"nonzero({least:g})",
        lambda points, names: points + np.where(points < 0, -least, least),
        reach=lambda x: np.abs(x) / 2,
    )
