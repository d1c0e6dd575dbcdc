"""The fully connected, or affine, layer: y = x w + b.  x: (N, D), w: (D, M), b: (M,) → y: (N, M)."""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(x: Values, w: Values, b: Values) -> tuple[Values, tuple[Values, Values]]:
    """The scores, and the factors of the product for backward."""
    return x @ w + b, (x, w)


def backward(dy: Values, cache: tuple[Values, Values]) -> tuple[Values, Values, Values]:
    """dx = dy wᵀ, dw = xᵀ dy, and db the sum of dy over the batch."""
    x, w = cache
    return dy @ w.T, x.T @ dy, dy.sum(axis=0)


def reference(x: Any, w: Any, b: Any) -> Any:
    """The definition: y_nm = Σ_d x_nd w_dm + b_m."""
    return namespace(x).sum(x[:, :, None] * w, axis=1) + b


linear = Op(
    "linear",
    forward,
    backward,
    reference,
    inputs={"x": Array("N D"), "w": Array("D M"), "b": Array("M")},
    batch="N",
    formula="y = x w + b",
    source="CS231n notes, linear classification; assignment 2, affine layer",
    aliases={"Caffe": "InnerProduct", "CS231n": "affine", "Chainer": "linear", "thinc": "linear", "torch": "linear"},
)
