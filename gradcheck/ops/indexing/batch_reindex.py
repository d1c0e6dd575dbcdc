"""Rows of a batch in another order, each as often as it is named: y[m] = x[permutation[m]].

x: (N, *S), permutation: (M,) whole numbers below N → y: (M, *S).
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.indexing.gathering import gather, scatter_add


def forward(x: Values, permutation: Values) -> tuple[Values, tuple[Values, tuple[int, ...]]]:
    """The rows, and where they were taken."""
    return gather(x, permutation), (permutation, x.shape)


def backward(dy: Values, cache: tuple[Values, tuple[int, ...]]) -> tuple[Values, None]:
    """Each row gathers the upstream of every place to which it went."""
    permutation, shape = cache
    return scatter_add(dy, permutation, shape), None


def reference(x: Any, permutation: Any) -> Any:
    """A one-hot row for each place of y, times x."""
    xp = namespace(x)
    one_hot = xp.astype(permutation[:, None] == xp.arange(x.shape[0]), x.dtype)
    return xp.tensordot(one_hot, x, axes=((1,), (0,)))


batch_reindex = Op(
    "batch_reindex",
    forward,
    backward,
    reference,
    inputs={"x": Array("N *S"), "permutation": Array("M", indices("N"))},
    formula="y[m] = x[permutation[m]]",
    source="Caffe, BatchReindexLayer",
    aliases={"Caffe": "BatchReindex", "Chainer": "permutate"},
)
