"""Matrix product, of stacks of matrices too: z = x y.  x: (*B, N, D), y: (*B, D, M) → z: (*B, N, M), *B broadcast."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.arithmetic.broadcasting import unbroadcast


def forward(x: Values, y: Values) -> tuple[Values, tuple[Values, Values]]:
    """The product, and both factors for backward."""
    return x @ y, (x, y)


def backward(dz: Values, cache: tuple[Values, Values]) -> tuple[Values, Values]:
    """dx = dz yᵀ and dy = xᵀ dz, each summed over the stacks along which it was broadcast."""
    x, y = cache
    return unbroadcast(dz @ np.swapaxes(y, -1, -2), x.shape), unbroadcast(np.swapaxes(x, -1, -2) @ dz, y.shape)


def reference(x: Any, y: Any) -> Any:
    """The definition: z_nm = Σ_d x_nd y_dm."""
    return namespace(x).sum(x[..., :, :, None] * y[..., None, :, :], axis=-2)


matmul = Op(
    "matmul",
    forward,
    backward,
    reference,
    inputs={"x": Array("*#B N D"), "y": Array("*#B D M")},
    outputs=("z",),
    formula="z = x y",
    source="array API standard, matmul",
    aliases={
        "Chainer": "matmul batch_matmul",
        "torch": "matmul bmm mm",
        "JAX": "matmul dot_general",
        "MyGrad": "matmul",
    },
)
