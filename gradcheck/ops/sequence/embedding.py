"""Embedding: y[n, t] = table[ids[n, t]].  ids: (N, T) whole numbers below V, table: (V, D) → y: (N, T, D)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(ids: Values, table: Values) -> tuple[Values, tuple[Values, tuple[int, ...]]]:
    """The rows of the table that ids names."""
    return table[ids], (ids, table.shape)


def backward(dy: Values, cache: tuple[Values, tuple[int, ...]]) -> tuple[None, Values]:
    """Each row of the table gathers the upstream of every place it was used: an id that comes twice adds twice."""
    ids, shape = cache
    dtable = np.zeros(shape, dy.dtype)
    np.add.at(dtable, ids, dy)
    return None, dtable


def reference(ids: Any, table: Any) -> Any:
    """A one-hot row for each id, times the table."""
    xp = namespace(table)
    one_hot = xp.astype(ids[..., None] == xp.arange(table.shape[0]), table.dtype)
    return one_hot @ table


embedding = Op(
    "embedding",
    forward,
    backward,
    reference,
    inputs={"ids": Array("N T", indices("V")), "table": Array("V D")},
    batch="N",
    formula="y = table[ids]",
    source="CS231n assignment 3, word embedding",
    aliases={
        "Caffe": "Embed",
        "CS231n": "word_embedding",
        "torch": "embedding",
        "Chainer": "embed_id",
        "thinc": "Embed",
    },
)
