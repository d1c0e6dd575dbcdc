"""Products with vectors and matrices, and convolutions."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import spd
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.convolution.conv2d import conv2d
from tests.corpus.corpus import Fault


def product_backward(dy, cache):
    a, v = cache
    return np.outer(dy, v), a.T @ dy


def transposed_vector(dy, cache):
    a, v = cache
    return np.matmul(dy, v.T), a.T @ dy


matrix_vector = Op(
    "matrix times vector",
    lambda a, v: (a @ v, (a, v)),
    product_backward,
    lambda a, v: namespace(a).sum(a * v, axis=1),
    inputs={"a": Array("M K"), "v": Array("K")},
)


def groups_last(dy, cache):
    """The kernels' gradient comes out as (M, groups, …), and is read as (groups, M, …)."""
    seen, kernels, _, _, w_shape, *_ = cache
    dx, _, db = conv2d.backward(dy, cache)
    dz = dy.reshape(len(dy), *kernels.shape[:2], seen.shape[3])
    return dx, np.einsum("ngmp,ngcpk->mgck", dz, seen).reshape(w_shape), db


def one_group_for_all(dy, cache):
    """With a stride, the input's gradient is that of a convolution whose groups all have the first one's kernels."""
    seen, kernels, padded, space, w_shape, stride, *rest = cache
    _, dw, db = conv2d.backward(dy, cache)
    same = np.broadcast_to(kernels[:1], kernels.shape) if stride > 1 else kernels
    dx, _, _ = conv2d.backward(dy, (seen, same, padded, space, w_shape, stride, *rest))
    return dx, dw, db


def conv1d_forward(x, w):
    y = np.lib.stride_tricks.sliding_window_view(x, len(w), axis=1) @ w
    return y, (x, w)


def conv1d_with(index):
    """A convolution along the depth; the input's gradient is written at index(d, m), m the last output that met d."""

    def backward(dy, cache):
        x, w = cache
        dx = np.zeros(x.shape, dy.dtype)
        for d in range(x.shape[1]):
            met = [m for m in range(dy.shape[1]) if 0 <= d - m < len(w)]
            dx[:, index(d, met[-1])] = sum(dy[:, m] * w[d - m] for m in met)
        return dx, np.stack([np.sum(dy * x[:, k : k + dy.shape[1]]) for k in range(len(w))])

    return backward


def conv1d_reference(x, w):
    xp = namespace(x)
    starts = xp.arange(x.shape[1] - w.shape[0] + 1)
    seen = xp.take(x, xp.reshape(starts[:, None] + xp.arange(w.shape[0]), (-1,)), axis=1)
    return xp.sum(xp.reshape(seen, (x.shape[0], starts.shape[0], w.shape[0])) * w, axis=2)


conv1d = Op(
    "conv1d",
    conv1d_forward,
    conv1d_with(lambda d, m: d),
    conv1d_reference,
    inputs={"x": Array("N D"), "w": Array("K")},
    sizes={"D": whole("K", None)},
    batch="N",
)


def normal_forward(x, mean, covariance):
    solved = np.linalg.solve(covariance, (x - mean).T).T
    quadratic = np.sum((x - mean) * solved, axis=1)
    normalizer = np.linalg.slogdet(covariance)[1] + len(mean) * np.log(2 * np.pi).astype(x.dtype)
    return -(quadratic + normalizer) / 2, (solved, covariance)


def normal_backward(dy, cache):
    solved, covariance = cache
    weighted = dy[:, None] * solved
    dcovariance = (solved.T @ weighted - dy.sum() * np.linalg.inv(covariance)) / 2
    return -weighted, weighted.sum(axis=0), dcovariance


def sign_flipped(dy, cache):
    dx, dmean, dcovariance = normal_backward(dy, cache)
    return dx, dmean, -dcovariance


def normal_reference(x, mean, covariance):
    xp = namespace(x)
    apart = x - mean
    quadratic = xp.sum(apart * (apart @ xp.linalg.inv(covariance)), axis=1)
    normalizer = xp.log(xp.linalg.det(covariance)) + x.shape[1] * np.log(2 * np.pi)
    return -(quadratic + normalizer) / 2


normal = Op(
    "multivariate normal",
    normal_forward,
    normal_backward,
    normal_reference,
    inputs={"x": Array("N D"), "mean": Array("D"), "covariance": Array("D D", spd())},
    batch="N",
)

FAULTS = (
    Fault(
        "matrix times vector: a vector transposed is the same vector",
        replace(matrix_vector, backward=transposed_vector),
        matrix_vector,
        ("contract",),
        "any",
        "cs249r_book#1781, CrypTen#140",
    ),
    Fault(
        "conv2d: groups and features of the kernels exchanged",
        replace(conv2d, backward=groups_last),
        conv2d,
        ("gradient",),
        "several groups of several features",
        "pytorch#51430",
    ),
    Fault(
        "conv2d: the input's gradient forgets the groups",
        replace(conv2d, backward=one_group_for_all),
        conv2d,
        ("gradient",),
        "several groups and a stride",
        "mlx#3800",
    ),
    Fault(
        "conv1d: written at the output's index",
        replace(conv1d, backward=conv1d_with(lambda d, m: m)),
        conv1d,
        ("gradient",),
        "a kernel longer than one",
        "neon#111",
    ),
    Fault(
        "multivariate normal: the sign of the covariance's gradient",
        replace(normal, backward=sign_flipped),
        normal,
        ("gradient",),
        "any",
        "autograd#401, autograd#412",
    ),
)
