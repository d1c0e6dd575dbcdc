"""Kronecker product: blocks x_dm y.  x: (D, M), y: (K, L) → z: (D K, M L)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(x: Values, y: Values) -> tuple[Values, tuple[Values, Values]]:
    """The product, and both factors."""
    return np.kron(x, y), (x, y)


def backward(dz: Values, cache: tuple[Values, Values]) -> tuple[Values, Values]:
    """Each factor gathers the blocks of the upstream times the other."""
    x, y = cache
    blocks = dz.reshape(x.shape[0], y.shape[0], x.shape[1], y.shape[1])
    return np.einsum("dkml,kl->dm", blocks, y), np.einsum("dkml,dm->kl", blocks, x)


def reference(x: Any, y: Any) -> Any:
    """The definition: z_{d K + k, m L + l} = x_dm y_kl."""
    blocks = x[:, None, :, None] * y[None, :, None, :]
    return namespace(x).reshape(blocks, (x.shape[0] * y.shape[0], x.shape[1] * y.shape[1]))


kron = Op(
    "kron",
    forward,
    backward,
    reference,
    inputs={"x": Array("D M"), "y": Array("K L")},
    outputs=("z",),
    formula="z_{d K + k, m L + l} = x_dm y_kl",
    source="definition, as numpy.kron",
    aliases={"torch": "kron", "JAX": "kron"},
)
