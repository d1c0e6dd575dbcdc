"""Embedding with padding: y[n, t] = table[ids[n, t]], and zero where the id is padding_idx.

ids: (N, T) whole numbers below V, table: (V, D) → y: (N, T, D).  The row of padding_idx has no gradient.  torch reads
that row, zero unless somebody has set it, and keeps its gradient zero all the same: where it is not zero, that is not
the gradient of what torch computes.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole


def forward(ids: Values, table: Values, padding_idx: int) -> tuple[Values, Any]:
    """The rows of the table that ids names, zero for padding."""
    return np.where(ids[..., None] == padding_idx, 0, table[ids]), (ids, table.shape, padding_idx)


def backward(dy: Values, cache: Any) -> tuple[None, Values]:
    """Each row of the table gathers the upstream of every place it was used; that of padding none."""
    ids, shape, padding_idx = cache
    dtable = np.zeros(shape, dy.dtype)
    np.add.at(dtable, ids, dy)
    dtable[padding_idx] = 0
    return None, dtable


def reference(ids: Any, table: Any, padding_idx: int) -> Any:
    """A one-hot row for each id that is not padding, times the table."""
    xp = namespace(table)
    numbers = xp.arange(table.shape[0])
    return xp.astype((ids[..., None] == numbers) & (numbers != padding_idx), table.dtype) @ table


padded_embedding = Op(
    "padded_embedding",
    forward,
    backward,
    reference,
    inputs={"ids": Array("N T", indices("V")), "table": Array("V D")},
    settings={"padding_idx": whole(0, "V-1")},
    batch="N",
    formula="y = table[ids], and 0 where ids is padding_idx",
    source="chainer.functions.embed_id with ignore_label; torch.nn.Embedding with padding_idx and its row of zeros",
    aliases={"torch": "embedding", "Chainer": "embed_id"},
)
