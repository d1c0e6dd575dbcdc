"""Distances of all pairs of rows: y[n, i, j] = (Σ_d |a[n, i, d] - b[n, j, d]|^p)^(1/p).

a: (N, P, D), b: (N, R, D) → y: (N, P, R).  Kinks where rows are equal, for p = 1 where elements are; there the gradient
is zero.  ‖a‖² + ‖b‖² - 2 a·b would lose the digits of rows that are close together.
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.losses.distances import distance_kinks, distances, slopes


def differences(a: Values, b: Values) -> Values:
    """Each row of a less each of b.  → (N, P, R, D)."""
    return a[:, :, None, :] - b[:, None, :, :]


def forward(a: Values, b: Values, p: int) -> tuple[Values, Values]:
    """The distances, and the slopes of each along the differences."""
    apart = differences(a, b)
    return distances(apart, p)[..., 0].copy(), slopes(apart, p)


def backward(dy: Values, along: Values) -> tuple[Values, Values]:
    """Each row gathers the slopes of the pairs it is in."""
    dapart = dy[..., None] * along
    return dapart.sum(axis=2), -dapart.sum(axis=1)


def reference(a: Any, b: Any, p: int) -> Any:
    """The definition, the root of each p by its name."""
    xp, apart = namespace(a), a[:, :, None, :] - b[:, None, :, :]
    if p == 2:
        return xp.sqrt(xp.sum(apart**2, axis=-1))
    y = xp.sum(xp.abs(apart) ** p, axis=-1)
    return y if p == 1 else xp.exp(xp.log(y) / p)


cdist = Op(
    "cdist",
    forward,
    backward,
    reference,
    inputs={"a": Array("N P D"), "b": Array("N R D")},
    settings={"p": choice(2, 1, 3)},
    batch="N",
    kinks=lambda a, b, p: distance_kinks(differences(a, b), p),
    convention="zero",
    formula="y[n, i, j] = (Σ_d |a[n, i, d] - b[n, j, d]|^p)^(1/p)",
    source="torch.cdist",
    aliases={"torch": "cdist"},
)
