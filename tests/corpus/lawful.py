"""Correct ops that a careless checker accuses: kinks, ties, losses, and sums that lose digits lawfully."""

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.pointwise import pointwise
from gradcheck.declaration.settings import whole
from gradcheck.ops.arithmetic.broadcasting import unbroadcast

relu = pointwise(
    "relu",
    value=lambda x: np.maximum(x, 0),
    slope=lambda x, y: (x > 0).astype(x.dtype),
    reference=lambda x: namespace(x).where(x > 0, x, 0 * x),
    convention="zero",
)
absolute = pointwise(
    "abs", value=np.abs, slope=lambda x, y: np.sign(x), reference=lambda x: namespace(x).sqrt(x * x), convention="zero"
)
leaky_relu = pointwise(
    "leaky_relu",
    value=lambda x: np.where(x > 0, x, x / 8),
    slope=lambda x, y: np.where(x > 0, 1, 0.125).astype(x.dtype),
    reference=lambda x: namespace(x).where(x > 0, x, x / 8),
    convention="left",
)
clip = pointwise(
    "clip",
    value=lambda x: np.clip(x, -1, 1),
    slope=lambda x, y: (np.abs(x) < 1).astype(x.dtype),
    reference=lambda x: namespace(x).where(x > 1, 1.0, namespace(x).where(x < -1, -1.0, x)),
    convention="zero",
)


def maximum_forward(x, y):
    return np.maximum(x, y), (x, y)


def maximum_backward(dz, cache):
    x, y = cache
    return unbroadcast(dz * (x >= y), x.shape), unbroadcast(dz * (x < y), y.shape)


maximum = Op(
    "maximum",
    maximum_forward,
    maximum_backward,
    lambda x, y: namespace(x).where(x >= y, x, y),
    inputs={"x": Array("*#S"), "y": Array("*#S")},
)


def hinge_forward(scores, labels):
    rows = np.arange(len(labels))
    margins = np.maximum(0, scores - scores[rows, labels][:, None] + 1)
    margins[rows, labels] = 0
    return margins.sum(), (margins, labels)


def hinge_backward(dy, cache):
    margins, labels = cache
    active = (margins > 0).astype(margins.dtype)
    active[np.arange(len(labels)), labels] = -active.sum(axis=1)
    return dy * active, None


def hinge_reference(scores, labels):
    xp = namespace(scores)
    correct = xp.arange(scores.shape[1])[None, :] == labels[:, None]
    own = xp.sum(xp.where(correct, scores, 0.0), axis=1, keepdims=True)
    margins = scores - own + 1
    return xp.sum(xp.where(correct | (margins < 0), 0.0, margins))


hinge = Op(
    "hinge",
    hinge_forward,
    hinge_backward,
    hinge_reference,
    inputs={"scores": Array("N C"), "labels": Array("N", indices("C"))},
)


def max_forward(x):
    return x.max(axis=-1), (x.argmax(axis=-1), x.shape)


def max_backward(dy, cache):
    first, shape = cache
    dx = np.zeros(shape, np.asarray(dy).dtype)
    np.put_along_axis(dx, first[..., None], np.asarray(dy)[..., None], axis=-1)
    return dx


maximum_of_row = Op(
    "max",
    max_forward,
    max_backward,
    lambda x: namespace(x).max(x, axis=-1),
    inputs={"x": Array("*A D")},
    convention="first",
)


def softmax_forward(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    y = e / e.sum(axis=-1, keepdims=True)
    return y, y.copy()


def softmax_backward(dy, y):
    return y * (dy - np.sum(dy * y, axis=-1, keepdims=True))


def softmax_reference(x):
    xp = namespace(x)
    return xp.exp(x) / xp.sum(xp.exp(x), axis=-1, keepdims=True)


softmax = Op("softmax", softmax_forward, softmax_backward, softmax_reference, inputs={"x": Array("N C")}, batch="N")


def mean_forward(x):
    return x.mean(axis=-1), x.shape


def mean_backward(dy, shape):
    return np.array(np.broadcast_to(np.asarray(dy)[..., None] / shape[-1], shape))


mean = Op(
    "mean",
    mean_forward,
    mean_backward,
    lambda x: namespace(x).sum(x, axis=-1) / x.shape[-1],
    inputs={"x": Array("*A D")},
)

EPS = 1e-5  # Ba, Kiros and Hinton 2016 leave it open; torch's default


def layer_norm_forward(x, gamma, beta):
    centred = x - x.mean(axis=1, keepdims=True)
    scale = 1 / np.sqrt(np.mean(centred * centred, axis=1, keepdims=True) + x.dtype.type(EPS))
    normal = centred * scale
    return gamma * normal + beta, (normal, scale, gamma)


def layer_norm_backward(dy, cache):
    normal, scale, gamma = cache
    dn = dy * gamma
    dx = scale * (dn - dn.mean(axis=1, keepdims=True) - normal * np.mean(dn * normal, axis=1, keepdims=True))
    return dx, np.sum(dy * normal, axis=0), dy.sum(axis=0)


def layer_norm_reference(x, gamma, beta):
    xp = namespace(x)
    mean = xp.sum(x, axis=1, keepdims=True) / x.shape[1]
    variance = xp.sum((x - mean) ** 2, axis=1, keepdims=True) / x.shape[1]
    return gamma * (x - mean) / xp.sqrt(variance + EPS) + beta


layer_norm = Op(
    "layer_norm",
    layer_norm_forward,
    layer_norm_backward,
    layer_norm_reference,
    inputs={"x": Array("N D"), "gamma": Array("D"), "beta": Array("D")},
    sizes={"D": whole(2, None)},
    batch="N",
)


def sort_forward(x):
    order = np.argsort(x, axis=-1, kind="stable")
    return np.take_along_axis(x, order, axis=-1), order


def sort_backward(dy, order):
    dx = np.empty(dy.shape, dy.dtype)
    np.put_along_axis(dx, order, dy, axis=-1)
    return dx


sort = Op(
    "sort",
    sort_forward,
    sort_backward,
    lambda x: namespace(x).sort(x, axis=-1),
    inputs={"x": Array("N D")},
    batch="N",
)
"""Of equals the first comes first: it has the gradient of the smallest, and the last that of the largest."""


def median_forward(x):
    middle = np.argsort(x, axis=-1, kind="stable")[..., x.shape[-1] // 2]
    return np.take_along_axis(x, middle[..., None], axis=-1)[..., 0], (middle, x.shape)


median = Op("median", median_forward, max_backward, inputs={"x": Array("N D")}, batch="N")
"""The upper one.  Where three elements tie for it, it is smooth along every line, and yet has no derivative."""

OPS = (relu, absolute, leaky_relu, clip, maximum, hinge, maximum_of_row, softmax, mean, layer_norm, sort, median)
