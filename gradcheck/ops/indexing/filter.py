"""The rows that a selector holds, in their order: y[i] = the i-th row of x of which the selector is true.

x: (N, *S), selector: (N,) → y: (N, *S).  The rows behind the last selected one are zeros, so that the shape of y does
not depend on the values of the selector; the filter of Caffe leaves them out.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import booleans
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(x: Values, selector: Values) -> tuple[Values, Values]:
    """The selected rows moved to the front, and where they were."""
    places = np.flatnonzero(selector)
    y = np.zeros_like(x)
    y[: len(places)] = x[places]
    return y, places


def backward(dy: Values, places: Values) -> tuple[Values, None]:
    """Each selected row takes back its upstream, all others zero."""
    dx = np.zeros(dy.shape, dy.dtype)
    dx[places] = dy[: len(places)]
    return dx, None


def reference(x: Any, selector: Any) -> Any:
    """The product with a matrix of zeros and ones: row n goes to row i if it is selected, as the i-th of them."""
    xp, places = namespace(x), namespace(x).arange(x.shape[0])
    count = xp.sum(xp.astype(selector & (places <= places[:, None]), xp.int64), axis=1)
    goes = selector & (count - 1 == places[:, None])
    return xp.tensordot(xp.astype(goes, x.dtype), x, axes=((1,), (0,)))


filter = Op(
    "filter",
    forward,
    backward,
    reference,
    inputs={"x": Array("N *S"), "selector": Array("N", booleans())},
    formula="y = the rows of x where selector is true, then zeros",
    source="Caffe, FilterLayer; jax.numpy.compress with size N",
    aliases={"Caffe": "Filter", "JAX": "compress"},
)
