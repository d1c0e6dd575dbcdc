"""Gaussian elimination written out, for references; and the matrices on which it needs no exchange of rows."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import Domain, invertible
from gradcheck.declaration.shape import NameValues

DOMINANT = invertible()


def dominant_of_either_sign() -> Domain:
    """Invertible matrices over the last two axes, the diagonal dominating each row: rows that begin with a negative
    point are negated, so that determinants have either sign."""

    def negate_rows(points: Values, names: NameValues) -> Values:
        return np.asarray(DOMINANT.map(points, names) * np.where(points[..., :1] < 0, -1.0, 1.0))

    return Domain("invertible, of either sign", negate_rows, reach=DOMINANT.reach)


def eliminate(a: Any, b: Any) -> Any:
    """The solution of a x = b by the method of Gauss and Jordan.

    a: (*B, D, D), the diagonal dominating each row or a positive definite, so that no pivot is zero; b: (*B, D, M) → x:
    (*B, D, M).  Source: Golub and Van Loan, Matrix computations, section 3.4."""
    xp, size = namespace(a), a.shape[-1]
    rows = xp.concat([a, b], axis=-1)
    for k in range(size):
        row = rows[..., k : k + 1, :] / rows[..., k : k + 1, k : k + 1]
        rows = xp.where(xp.arange(size)[:, None] == k, row, rows - rows[..., :, k : k + 1] * row)
    return rows[..., size:]
