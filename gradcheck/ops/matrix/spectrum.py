"""Symmetric matrices whose eigenvalues are known to differ, as the gradients of eigenvectors want them."""

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.domain import Domain, transpose_matrices
from gradcheck.declaration.shape import NameValues


def take_symmetric_part(a: Values) -> Values:
    """(a + aᵀ) / 2, over the last two axes."""
    return np.asarray((a + transpose_matrices(a)) / 2)


def separated_spectrum() -> Domain:
    """Symmetric matrices over the last two axes whose eigenvalues are at least 1 apart: each lies about its diagonal
    element, no farther than the rest of the row adds up to, and these intervals are disjoint.  Steps need not be
    symmetric, as forward takes the symmetric part: else a skew gradient would not be seen.

    Source: Gershgorin 1931, Über die Abgrenzung der Eigenwerte einer Matrix."""

    def spread_diagonal(points: Values, names: NameValues) -> Values:
        size = points.shape[-1]
        beside = take_symmetric_part(points) * (1 - np.eye(size))
        radii = np.abs(beside).sum(axis=-1)
        gaps = 1 + radii.max(axis=-1, initial=0.0, keepdims=True)
        ends = np.cumsum(2 * radii + gaps, axis=-1)
        centres = ends - radii - ends[..., -1:] / 2  # about zero
        return np.asarray(beside + centres[..., None] * np.eye(size))

    return Domain(
        "symmetric, of eigenvalues apart",
        spread_diagonal,
        reach=lambda x: np.full(x.shape, 0.25 / x.shape[-1]),
    )
