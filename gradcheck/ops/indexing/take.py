"""Elements at given indices of one axis: y[…, i, …] = x[…, indices[i], …].

x: (*A, D, *B), indices: (*I) whole numbers below D → y: (*A, *I, *B).  An index that comes twice gathers twice.
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank
from gradcheck.ops.indexing.gathering import gather, scatter_add


def forward(x: Values, indices: Values, axis: int) -> tuple[Values, Any]:
    """The elements, and where they were taken."""
    return gather(x, indices, axis), (indices, x.shape, axis)


def backward(dy: Values, cache: Any) -> tuple[Values, None]:
    """Each element gathers the upstream of every place to which it went."""
    places, shape, axis = cache
    return scatter_add(dy, places, shape, axis), None


def reference(x: Any, indices: Any, axis: int) -> Any:
    """A one-hot row for each index, times x, the axes of the indices moved to where the axis was."""
    xp = namespace(x)
    one_hot = xp.astype(indices[..., None] == xp.arange(x.shape[axis]), x.dtype)
    y = xp.tensordot(x, one_hot, axes=((axis,), (indices.ndim,)))
    there = tuple(range(axis, axis + indices.ndim))
    return xp.moveaxis(y, tuple(range(x.ndim - 1, x.ndim - 1 + indices.ndim)), there)


take = Op(
    "take",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B"), "indices": Array("*I", indices("D"))},
    settings={"axis": rank("A")},
    formula="y = x[…, indices, …] along axis",
    source="numpy.take",
    aliases={"torch": "index_select", "JAX": "take gather"},
)
