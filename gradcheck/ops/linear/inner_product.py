"""Products of rows with the rows of a weight, without a bias: y = x wᵀ, or y = x w with transpose.

From axis on, the axes of x are one row of length D E, as the output of a convolution is before it meets a linear layer.
x: (*A, D, E), w: (M, D E), or (D E, M) with transpose = 1 → y: (*A, M).
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank, whole


def forward(x: Values, w: Values, axis: int, transpose: int) -> tuple[Values, Any]:
    """The products, and the rows and the weight for backward."""
    rows = x.reshape(-1, w.shape[0] if transpose else w.shape[1])
    y = rows @ (w if transpose else w.T)
    return y.reshape(*x.shape[:axis], y.shape[1]), (rows, w, x.shape, transpose)


def backward(dy: Values, cache: Any) -> tuple[Values, Values]:
    """dx = dy w and dw = dyᵀ x, over all rows; with transpose dx = dy wᵀ and dw = xᵀ dy."""
    rows, w, shape, transpose = cache
    dy = dy.reshape(len(rows), dy.shape[-1])
    if transpose:
        return (dy @ w.T).reshape(shape), rows.T @ dy
    return (dy @ w).reshape(shape), dy.T @ rows


def reference(x: Any, w: Any, axis: int, transpose: int) -> Any:
    """The definition: y_am = Σ_de x_ade w_mde."""
    xp = namespace(x)
    weight = xp.reshape(w.T if transpose else w, (-1, *x.shape[axis:]))
    return xp.sum(xp.sum(x[..., None, :, :] * weight, axis=-1), axis=-1)


inner_product = Op(
    "inner_product",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D E"), "w": Array("M+transpose*(D*E-M) D*E+transpose*(M-D*E)")},
    settings={"axis": rank("A"), "transpose": whole(0, 1)},
    formula="y = x wᵀ, the axes of x from axis on in one",
    source="Caffe, inner_product_layer.cpp, without bias_term",
    aliases={"Caffe": "InnerProduct"},
)
