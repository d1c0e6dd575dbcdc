"""Rows and elements picked by index: what is picked twice gathers twice."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.sequence.embedding import embedding
from tests.corpus.corpus import Fault


def one_hot(ids, table):
    """A row of zeros and a one for each id."""
    xp = namespace(table)
    return xp.astype(ids[..., None] == xp.arange(table.shape[0]), table.dtype)


def rows_overwritten(dy, cache):
    ids, shape = cache
    dtable = np.zeros(shape, dy.dtype)
    dtable[ids] = dy
    return None, dtable


def gather_forward(x, ids):
    return np.take_along_axis(x, ids, axis=1), (ids, x.shape)


def gather_backward(dy, cache):
    ids, shape = cache
    dx = np.zeros(shape, dy.dtype)
    np.add.at(dx, (np.arange(shape[0])[:, None], ids), dy)
    return dx, None


def gather_overwritten(dy, cache):
    ids, shape = cache
    dx = np.zeros(shape, dy.dtype)
    np.put_along_axis(dx, ids, dy, axis=1)
    return dx, None


def gather_reference(x, ids):
    xp = namespace(x)
    picked = xp.astype(ids[..., None] == xp.arange(x.shape[1]), x.dtype)
    return xp.sum(picked * x[:, None, :], axis=2)


gather = Op(
    "gather",
    gather_forward,
    gather_backward,
    gather_reference,
    inputs={"x": Array("N D"), "ids": Array("N T", indices("D"))},
    batch="N",
)


def gather_nd_backward(dy, cache):
    *place, shape = cache
    dx = np.zeros(shape, dy.dtype)
    np.add.at(dx, tuple(place), dy)
    return dx, None, None


def gather_nd_overwritten(dy, cache):
    *place, shape = cache
    dx = np.zeros(shape, dy.dtype)
    dx[tuple(place)] = dy
    return dx, None, None


def gather_nd_reference(x, rows, columns):
    xp = namespace(x)
    at_column = xp.astype(columns[:, None] == xp.arange(x.shape[1]), x.dtype)
    return xp.sum((one_hot(rows, x) @ x) * at_column, axis=1)


gather_nd = Op(
    "gather_nd",
    lambda x, rows, columns: (x[rows, columns], (rows, columns, x.shape)),
    gather_nd_backward,
    gather_nd_reference,
    inputs={"x": Array("A B"), "rows": Array("P", indices("A")), "columns": Array("P", indices("B"))},
)


def padded_forward(ids, table):
    """Id 0 is padding, and stands for a row of zeros."""
    return table[ids] * (ids != 0)[..., None], (ids, table.shape)


def padded_backward(dy, cache):
    ids, _ = cache
    return embedding.backward(dy * (ids != 0)[..., None], cache)


padded_embedding = Op(
    "embedding with padding",
    padded_forward,
    padded_backward,
    lambda ids, table: (one_hot(ids, table) @ table) * (ids != 0)[..., None],
    inputs={"ids": Array("N T", indices("V")), "table": Array("V D")},
    batch="N",
)


def bag_forward(ids, table):
    """The rows of a bag, each divided by how often it comes."""
    counts = np.bincount(ids, minlength=len(table)).astype(table.dtype)
    return np.sum(table[ids] / counts[ids][:, None], axis=0), (ids, counts, table.shape)


def bag_backward(dy, cache):
    ids, counts, shape = cache
    dtable = np.zeros(shape, dy.dtype)
    np.add.at(dtable, ids, dy / counts[ids][:, None])
    return None, dtable


def count_of_another(dy, cache):
    """The counter of the unique ids is taken for a place among all of them, sorted."""
    ids, counts, shape = cache
    dtable = np.zeros(shape, dy.dtype)
    for i, index in enumerate(np.unique(ids)):
        dtable[index] = counts[index] * dy / counts[np.sort(ids)[i]]
    return None, dtable


def bag_reference(ids, table):
    xp = namespace(table)
    picked = one_hot(ids, table)
    return xp.sum(picked / xp.sum(picked @ picked.T, axis=1, keepdims=True) @ table, axis=0)


bag = Op(
    "bag by frequency",
    bag_forward,
    bag_backward,
    bag_reference,
    inputs={"ids": Array("T", indices("V")), "table": Array("V D")},
)


def max_bag_forward(ids, table):
    rows = table[ids]
    return rows.max(axis=1), (ids, rows.argmax(axis=1), table.shape)


def max_bag_backward(dy, cache):
    ids, winner, shape = cache
    dtable = np.zeros(shape, dy.dtype)
    np.add.at(dtable, (np.take_along_axis(ids, winner, axis=1), np.arange(shape[1])), dy)
    return None, dtable


def as_for_the_mean(dy, cache):
    ids, _, shape = cache
    dtable = np.zeros(shape, dy.dtype)
    np.add.at(dtable, ids, dy[:, None] / ids.shape[1])
    return None, dtable


max_bag = Op(
    "largest of a bag",
    max_bag_forward,
    max_bag_backward,
    lambda ids, table: namespace(table).max(one_hot(ids, table) @ table, axis=1),
    inputs={"ids": Array("N T", indices("V")), "table": Array("V D")},
    batch="N",
)

FAULTS = (
    Fault(
        "embedding: overwritten",
        replace(embedding, backward=rows_overwritten),
        embedding,
        ("gradient",),
        "an id that comes twice",
        "Paddle#17662",
    ),
    Fault(
        "gather: overwritten",
        replace(gather, backward=gather_overwritten),
        gather,
        ("gradient",),
        "an id that comes twice",
        "pytorch#1631",
    ),
    Fault(
        "gather_nd: overwritten",
        replace(gather_nd, backward=gather_nd_overwritten),
        gather_nd,
        ("gradient",),
        "a place that comes twice",
        "mxnet#9172",
    ),
    Fault(
        "embedding: the row of the padding takes a gradient",
        replace(padded_embedding, backward=embedding.backward),
        padded_embedding,
        ("gradient",),
        "padding among the ids",
        "pytorch#26302, pytorch#28716, pytorch#3506",
    ),
    Fault(
        "embedding_bag: divided by another id's count",
        replace(bag, backward=count_of_another),
        bag,
        ("gradient",),
        "ids that come once and twice",
        "pytorch#190063",
    ),
    Fault(
        "embedding_bag: the gradient of the mean for the maximum",
        replace(max_bag, backward=as_for_the_mean),
        max_bag,
        ("gradient", "kinks"),
        "several ids in a bag",
        "FlagGems#5220",
    ),
)
