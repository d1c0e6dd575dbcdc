"""Scans and looking up: sums and products from left to right, embeddings, gathers, sorting, dropout, interpolation."""

import numpy as np

from gradcheck import Array, bits, distinct, indices, real
from right_programs.program import Program


def cumsum_forward(x):
    y, total = [], 0.0
    for v in x.tolist():
        total += v
        y.append(total)
    return np.array(y), None


def cumsum_backward(dy, cache):
    return np.cumsum(dy[::-1])[::-1]


def cumsum_backward_forwards(dy, cache):
    return np.cumsum(dy)


def cumprod_forward(x):
    return np.cumprod(x), x


def cumprod_backward(dy, x):
    """Without a division: the product of all but one, for each output."""
    n = len(x)
    dx = np.zeros(n)
    for i in range(n):
        for j in range(i, n):
            dx[i] += dy[j] * np.prod(np.delete(x[: j + 1], i))
    return dx


def cumprod_backward_of_the_last(dy, x):
    n = len(x)
    return np.array([dy[i] * np.prod(x[:i]) for i in range(n)])


def logcumsumexp_forward(x):
    y = np.empty_like(x)
    running = -np.inf
    for i, v in enumerate(x):
        running = np.logaddexp(running, v)
        y[i] = running
    return y, (x, y)


def logcumsumexp_backward(dy, cache):
    x, y = cache
    dx = np.zeros_like(x)
    for i in range(len(x)):
        dx[i] = np.sum(dy[i:] * np.exp(x[i] - y[i:]))
    return dx


def logcumsumexp_backward_of_the_whole(dy, cache):
    x, y = cache
    return np.exp(x - y[-1]) * np.cumsum(dy[::-1])[::-1] if len(x) else np.zeros_like(x)


def logsumexp_forward(x):
    m = np.max(x, axis=1)
    y = m + np.log(np.sum(np.exp(x - m[:, None]), axis=1))
    return y, (x, y)


def logsumexp_backward(dy, cache):
    x, y = cache
    return np.exp(x - y[:, None]) * dy[:, None]


def embedding_forward(ids, W):
    return W[ids], (ids, W.shape)


def embedding_backward(dout, cache):
    ids, shape = cache
    dW = np.zeros(shape)
    np.add.at(dW, ids, dout)
    return None, dW


def embedding_backward_overwriting(dout, cache):
    ids, shape = cache
    dW = np.zeros(shape)
    dW[ids] = dout
    return None, dW


def one_hot_embedding_forward(ids, W):
    hot = np.eye(len(W))[ids]
    return hot @ W, hot


def one_hot_embedding_backward(dout, hot):
    return None, hot.reshape(-1, hot.shape[-1]).T @ dout.reshape(-1, dout.shape[-1])


def gather_forward(x, ids):
    return np.take_along_axis(x, ids[:, None], axis=1)[:, 0], (x.shape, ids)


def gather_backward(dy, cache):
    shape, ids = cache
    dx = np.zeros(shape)
    for i, (j, d) in enumerate(zip(ids.tolist(), dy.tolist(), strict=True)):
        dx[i, j] += d
    return dx, None


def scatter_add_forward(x, ids, values):
    y = np.array(x, copy=True)
    for i, v in zip(ids, values, strict=True):
        y[i] += v
    return y, ids


def scatter_add_backward(dy, ids):
    return dy.copy(), None, dy[ids]


def scatter_add_backward_shifted(dy, ids):
    return dy.copy(), None, dy[ids[::-1]]


def sort_forward(x):
    order = np.argsort(x, axis=1)
    return np.take_along_axis(x, order, axis=1), order


def sort_backward(dy, order):
    dx = np.zeros_like(dy)
    np.put_along_axis(dx, order, dy, axis=1)
    return dx


def sort_backward_not_inverted(dy, order):
    return np.take_along_axis(dy, order, axis=1)


def max_of_rows_forward(x):
    return np.array([max(row) for row in x.tolist()]), x


def max_of_rows_backward(dy, x):
    dx = np.zeros_like(x)
    for i, row in enumerate(x.tolist()):
        dx[i, row.index(max(row))] = dy[i]
    return dx


def median_forward(x):
    return np.median(x, axis=1), x


def median_backward(dy, x):
    n = x.shape[1]
    order = np.argsort(x, axis=1)
    dx = np.zeros_like(x)
    for k in ((n - 1) // 2, n // 2):
        dx[np.arange(len(x)), order[:, k]] += 0.5 * dy
    return dx


def dropout_forward(x, mask):
    return x * mask / 0.7, mask


def dropout_backward(dy, mask):
    return dy * mask / 0.7, None


def dropout_backward_unscaled(dy, mask):
    return dy * mask, None


def interpolation_forward(table, at):
    """A table read between its entries."""
    low = np.clip(np.floor(at).astype(int), 0, len(table) - 2)
    share = at - low
    return (1 - share) * table[low] + share * table[low + 1], (table, low, share)


def interpolation_backward(dy, cache):
    table, low, share = cache
    dtable = np.zeros_like(table)
    np.add.at(dtable, low, dy * (1 - share))
    np.add.at(dtable, low + 1, dy * share)
    return dtable, dy * (table[low + 1] - table[low])


def interpolation_backward_exchanged(dy, cache):
    table, low, share = cache
    dtable = np.zeros_like(table)
    np.add.at(dtable, low, dy * share)
    np.add.at(dtable, low + 1, dy * (1 - share))
    return dtable, dy * (table[low + 1] - table[low])


def difference_forward(x):
    return np.ascontiguousarray(np.diff(x, axis=0)), x.shape


def difference_backward(dy, shape):
    dx = np.zeros(shape)
    dx[1:] += dy
    dx[:-1] -= dy
    return dx


def factorisation_forward(x, v):
    """The pairwise term of a factorisation machine: half of (sum)² less the sum of squares, which cancels."""
    s = x @ v
    return 0.5 * np.sum(s**2 - (x**2) @ (v**2), axis=1), (x, v, s)


def factorisation_backward(dy, cache):
    x, v, s = cache
    d = dy[:, None]
    return d * (s @ v.T - x * np.sum(v**2, axis=1)), x.T @ (d * s) - (x**2).T @ np.repeat(d, v.shape[1], axis=1) * v


def variance_by_moments_forward(x):
    """E[x²] - E[x]², as streaming code has it."""
    return np.mean(x**2, axis=1) - np.mean(x, axis=1) ** 2, x


def variance_by_moments_backward(dy, x):
    n = x.shape[1]
    return dy[:, None] * (2 * x / n - 2 * np.mean(x, axis=1, keepdims=True) / n)


PROGRAMS = (
    Program(
        "cumulative sum in a list",
        (cumsum_forward, cumsum_backward),
        {"x": "N"},
        "student code",
        wrong={"not reversed": (cumsum_forward, cumsum_backward_forwards)},
    ),
    Program(
        "cumulative product without division",
        (cumprod_forward, cumprod_backward),
        {"x": "N"},
        "pytorch#53511",
        wrong={"last product alone": (cumprod_forward, cumprod_backward_of_the_last)},
    ),
    Program(
        "logcumsumexp by a loop",
        (logcumsumexp_forward, logcumsumexp_backward),
        {"x": "N"},
        "state-space model code",
        wrong={"divided by the whole": (logcumsumexp_forward, logcumsumexp_backward_of_the_whole)},
    ),
    Program("logsumexp", (logsumexp_forward, logsumexp_backward), {"x": "N D"}, "scipy.special"),
    Program(
        "embedding",
        (embedding_forward, embedding_backward),
        {"ids": Array("N T", indices("V")), "W": "V D"},
        "CS231n, word_embedding_forward",
        wrong={"overwritten": (embedding_forward, embedding_backward_overwriting)},
    ),
    Program(
        "embedding by one-hot rows",
        (one_hot_embedding_forward, one_hot_embedding_backward),
        {"ids": Array("N T", indices("V")), "W": "V D"},
        "blog posts",
    ),
    Program(
        "gather by a loop", (gather_forward, gather_backward), {"x": "N C", "ids": Array("N", indices("C"))}, "DQN code"
    ),
    Program(
        "scatter with sums",
        (scatter_add_forward, scatter_add_backward),
        {"x": "V D", "ids": Array("N", indices("V")), "values": "N D"},
        "graph network code",
        wrong={"rows reversed": (scatter_add_forward, scatter_add_backward_shifted)},
    ),
    Program(
        "sort",
        (sort_forward, sort_backward),
        {"x": "N D"},
        "torch.sort",
        explained={"kinks": "np.argsort takes equal elements in any order, and so does the gradient"},
        wrong={"order not inverted": (sort_forward, sort_backward_not_inverted)},
    ),
    Program("largest of each row in lists", (max_of_rows_forward, max_of_rows_backward), {"x": "N D"}, "student code"),
    Program("median", (median_forward, median_backward), {"x": Array("N D", distinct())}, "robust statistics code"),
    Program(
        "dropout with a mask",
        (dropout_forward, dropout_backward),
        {"x": "N D", "mask": Array("N D", bits())},
        "Srivastava et al. 2014",
        wrong={"not scaled": (dropout_forward, dropout_backward_unscaled)},
    ),
    Program(
        "interpolation in a table",
        (interpolation_forward, interpolation_backward),
        {"table": "K+1", "at": Array("N", real(0, 1))},
        "spatial transformer code",
        wrong={"shares exchanged": (interpolation_forward, interpolation_backward_exchanged)},
    ),
    Program("differences", (difference_forward, difference_backward), {"x": "T+1 D"}, "numpy.diff"),
    Program(
        "factorisation machine",
        (factorisation_forward, factorisation_backward),
        {"x": "N D", "v": "D K"},
        "Rendle 2010",
    ),
    Program(
        "variance by moments", (variance_by_moments_forward, variance_by_moments_backward), {"x": "N D"}, "course notes"
    ),
)
