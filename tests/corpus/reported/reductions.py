"""Means, products, deviations and extremes over an axis."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.reductions.max import max as largest
from gradcheck.ops.reductions.mean import mean
from tests.corpus.corpus import Fault


def max_with_ties(x, axis, keepdims):
    y = x.max(axis=axis, keepdims=True)
    return y if keepdims else np.squeeze(y, axis=axis), (x == y, axis, keepdims)


def to_every_tie(dy, cache):
    ties, axis, keepdims = cache
    return ties * (dy if keepdims else np.expand_dims(dy, axis))


def product_forward(x):
    y = x.prod(axis=-1)
    return y, (x, y)


def product_backward(dy, cache):
    x, _ = cache
    others = [np.delete(x, i, axis=-1).prod(axis=-1) for i in range(x.shape[-1])]
    return np.expand_dims(dy, -1) * np.stack(others, axis=-1)


def product_by_division(dy, cache):
    x, y = cache
    return np.expand_dims(dy * y, -1) / x


def product_without_axes(dy, cache):
    """A shortcut for one element hands the gradient of zero back without its axis."""
    x, _ = cache
    return np.zeros((), x.dtype) if x.size == 1 and not x.any() else product_backward(dy, cache)


product = Op(
    "product",
    product_forward,
    product_backward,
    lambda x: namespace(x).prod(x, axis=-1),
    inputs={"x": Array("*A D")},
)
product_of_vector = replace(product, name="product of a vector", inputs={"x": Array("D")})


def std_forward(x):
    centred = x - x.mean(axis=-1, keepdims=True)
    y = np.sqrt(np.mean(centred * centred, axis=-1))
    return y, (centred, y.copy())


def std_backward(dy, cache):
    centred, y = cache
    scale = np.where(y > 0, dy / (centred.shape[-1] * np.where(y > 0, y, 1)), 0)
    return centred * np.expand_dims(scale, -1).astype(centred.dtype)


def std_by_division(dy, cache):
    centred, y = cache
    return centred * np.expand_dims(dy / (centred.shape[-1] * y), -1)


def std_reference(x):
    xp = namespace(x)
    return xp.sqrt(xp.mean((x - xp.mean(x, axis=-1, keepdims=True)) ** 2, axis=-1))


std = Op("std", std_forward, std_backward, std_reference, inputs={"x": Array("*A D")})


def variance_forward(x):
    centred = x - x.mean()
    return np.sum(centred * centred) / max(x.size - 1, 1), centred


def variance_backward(dy, centred):
    return 2 * dy * centred / max(centred.size - 1, 1)


def variance_of_one(dy, centred):
    """1/(n-1) for one element: an infinity of no axes."""
    return variance_backward(dy, centred) if centred.size > 1 else np.inf * dy


def variance_reference(x):
    xp = namespace(x)
    size = xp.sum(xp.ones_like(x))
    return xp.sum((x - xp.sum(x) / size) ** 2) / xp.where(size > 1, size - 1, 1.0)


variance = Op(
    "unbiased variance, 0 of one element",
    variance_forward,
    variance_backward,
    variance_reference,
    inputs={"x": Array("*S")},
)


def mean_not_expanded(dy, cache):
    shape, axis, _ = cache
    return np.array(np.broadcast_to(dy / shape[axis], shape))


def mean_over(count):
    """The mean with a gradient divided by count(dy, length)."""

    def backward(dy, cache):
        shape, axis, keepdims = cache
        share = (dy if keepdims else np.expand_dims(dy, axis)) / count(dy, shape[axis])
        return np.array(np.broadcast_to(share, shape))

    return replace(mean, backward=backward)


def logsumexp_forward(x, last):
    kept = np.arange(x.shape[1]) <= last[:, None]
    top = np.max(x, axis=1, keepdims=True, where=kept, initial=-np.inf)
    total = np.sum(np.exp(np.where(kept, x - top, -np.inf)), axis=1, keepdims=True)
    return (top + np.log(total))[:, 0], (x, kept, top, total)


def logsumexp_backward(dy, cache):
    x, kept, top, total = cache
    return dy[:, None] * np.exp(np.where(kept, x - top, -np.inf)) / total, None


def masked_too_late(dy, cache):
    x, kept, top, total = cache
    return dy[:, None] * np.exp(x - top) * kept / total, None


def logsumexp_reference(x, last):
    xp = namespace(x)
    kept = xp.arange(x.shape[1]) <= last[:, None]
    return xp.log(xp.sum(xp.where(kept, xp.exp(xp.where(kept, x, 0.0)), 0.0), axis=1))


logsumexp = Op(
    "masked logsumexp",
    logsumexp_forward,
    logsumexp_backward,
    logsumexp_reference,
    inputs={"x": Array("N T"), "last": Array("N", indices("T"))},
    batch="N",
)

FAULTS = (
    Fault(
        "max: every tie takes the whole upstream",
        replace(largest, forward=max_with_ties, backward=to_every_tie, convention=None),
        largest,
        ("kinks",),
        "ties",
        "mxnet#18563, dfdx#111",
    ),
    Fault(
        "product: divided by x",
        replace(product, backward=product_by_division),
        product,
        ("gradient",),
        "a zero",
        "autograd#93, tinygrad#17404, pytorch#773",
    ),
    Fault(
        "product: a gradient of no axes for a zero",
        replace(product_of_vector, backward=product_without_axes),
        product_of_vector,
        ("contract",),
        "one element, which is zero",
        "pytorch#82644",
    ),
    Fault(
        "std: 0/0",
        replace(std, backward=std_by_division),
        std,
        ("kinks", "gradient"),
        "equal elements, or one alone",
        "pytorch#4320, tf#56830",
    ),
    Fault(
        "variance: an infinity of no axes",
        replace(variance, backward=variance_of_one),
        variance,
        ("contract",),
        "one element",
        "pytorch#94184",
    ),
    Fault(
        "mean: the axis is not put back",
        replace(mean, backward=mean_not_expanded),
        mean,
        ("contract",),
        "keepdims=False",
        "pytorch#1813",
    ),
    Fault(
        "mean: divided by the size of the output",
        mean_over(lambda dy, length: dy.size),
        mean,
        ("gradient",),
        "any",
        "cTensor#24",
    ),
    Fault(
        "mean: not divided",
        mean_over(lambda dy, length: 1),
        mean,
        ("gradient",),
        "more than one element",
        "pytorch#28993",
    ),
    Fault(
        "logsumexp: masked after the exponential",
        replace(logsumexp, backward=masked_too_late),
        logsumexp,
        ("extremes", "precision"),
        "what is masked is far larger",
        "jax#23842",
    ),
)
