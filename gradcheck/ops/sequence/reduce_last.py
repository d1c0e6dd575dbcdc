"""The last row of each sequence.

x: (T, D), the rows of N sequences one behind the other, lengths: (N,), which sum to T → y: (N, D).
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.sequence.lengths import lengths


def forward(x: Values, lengths: Values) -> tuple[Values, tuple[Values, tuple[int, ...]]]:
    """The rows, and where they stand."""
    places = np.cumsum(lengths) - 1
    return x[places], (places, x.shape)


def backward(dy: Values, cache: tuple[Values, tuple[int, ...]]) -> tuple[Values, None]:
    """The last row of each sequence takes the upstream, all others zero."""
    places, shape = cache
    dx = np.zeros(shape, dy.dtype)
    dx[places] = dy
    return dx, None


def reference(x: Any, lengths: Any) -> Any:
    """A one-hot row for each sequence, times x."""
    xp, numbers = namespace(x), namespace(x).arange(lengths.shape[0])
    place = xp.sum(lengths * xp.astype(numbers <= numbers[:, None], lengths.dtype), axis=1) - 1
    return xp.tensordot(xp.astype(place[:, None] == xp.arange(x.shape[0]), x.dtype), x, axes=((1,), (0,)))


reduce_last = Op(
    "reduce_last",
    forward,
    backward,
    reference,
    inputs={"x": Array("T D"), "lengths": Array("N", lengths("T"))},
    sizes={"T": whole("N", None)},
    formula="y[n] = the last row of sequence n",
    source="thinc, reduce_last",
    aliases={"thinc": "reduce_last"},
)
