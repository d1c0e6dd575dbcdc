"""Product over the last axes of x and the first of y: z_ab = Σ_c x_ac y_cb.  x: (*A, *C), y: (*C, *B) → z: (*A, *B).
axes: how many axes *C are."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank


def forward(x: Values, y: Values, axes: int) -> tuple[Values, tuple[Values, Values, int]]:
    """The product, and both factors for backward."""
    return np.tensordot(x, y, axes), (x, y, axes)


def backward(dz: Values, cache: tuple[Values, Values, int]) -> tuple[Values, Values]:
    """dx is dz times y over the axes of y alone, and dy is x times dz over those of x alone."""
    x, y, axes = cache
    own, others = range(x.ndim - axes), range(axes, y.ndim)
    dx = np.tensordot(dz, y, ([*range(len(own), dz.ndim)], [*others]))
    dy = np.tensordot(x, dz, ([*own], [*own]))
    return np.asarray(dx), np.asarray(dy)


def reference(x: Any, y: Any, axes: int) -> Any:
    """The definition, every product of an element of x with one of y that meets it, then their sum."""
    xp, own = namespace(x), x.ndim - axes
    products = xp.reshape(x, (*x.shape, *(1 for _ in y.shape[axes:]))) * y
    return xp.sum(products, axis=tuple(range(own, x.ndim)))


tensordot = Op(
    "tensordot",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A *C"), "y": Array("*C *B")},
    outputs=("z",),
    settings={"axes": rank("C")},
    formula="z_ab = Σ_c x_ac y_cb",
    source="array API standard, tensordot",
    aliases={"Chainer": "tensordot", "torch": "tensordot", "JAX": "tensordot dot_general"},
)
