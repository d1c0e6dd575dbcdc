"""Bag of embeddings: the sum, or the mean, of the rows of the table that ids names: y[n] = Σ_t table[ids[n, t]] (/ T).

ids: (N, T) whole numbers below V, table: (V, D) → y: (N, D).
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def forward(ids: Values, table: Values, reduction: str) -> tuple[Values, Any]:
    """The rows of each bag, added up or averaged."""
    count = ids.shape[1] if reduction == "mean" else 1
    return table[ids].sum(axis=1) / count, (ids, table.shape, count)


def backward(dy: Values, cache: Any) -> tuple[None, Values]:
    """Each row of the table gathers the upstream of every bag it is in, as many times as it is in it."""
    ids, shape, count = cache
    dtable = np.zeros(shape, dy.dtype)
    np.add.at(dtable, ids, dy[:, None] / count)
    return None, dtable


def reference(ids: Any, table: Any, reduction: str) -> Any:
    """How often each row is in a bag, times the table."""
    xp = namespace(table)
    times = xp.sum(xp.astype(ids[..., None] == xp.arange(table.shape[0]), table.dtype), axis=1)
    return times @ table / (ids.shape[1] if reduction == "mean" else 1)


embedding_bag = Op(
    "embedding_bag",
    forward,
    backward,
    reference,
    inputs={"ids": Array("N T", indices("V")), "table": Array("V D")},
    settings={"reduction": choice("mean", "sum")},
    batch="N",
    formula="y[n] = mean or sum over t of table[ids[n, t]]",
    source="torch.nn.functional.embedding_bag",
    aliases={"torch": "embedding_bag"},
)
