"""Backwards that write where they must not, or remember what they must not."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.activations.softmax import softmax
from gradcheck.ops.normalization.batch_norm import batch_norm
from gradcheck.ops.pooling.max_pool2d import max_pool2d
from tests.corpus.corpus import Fault


def zeroing_the_data(dy, x):
    x[...] = 0
    return np.zeros_like(x)


silence = Op(
    "silence",
    lambda x: (np.zeros_like(x), x),
    lambda dy, x: np.zeros_like(x),
    lambda x: 0 * x,
    inputs={"x": Array("N *S")},
    batch="N",
)


def covariance_backward(dy, x):
    return x @ (dy + dy.T)


def doubling_the_upstream(dy, x):
    dy += dy.T
    return x @ dy


covariance = Op(
    "covariance",
    lambda x: (x.T @ x, x),
    covariance_backward,
    lambda x: x.T @ x,
    inputs={"x": Array("N D")},
)


def softmax_into_the_upstream(dy, y):
    dx = softmax.backward(dy, y)
    dy[...] = dx
    return dx


def counting_on(dy, cache):
    """The winners' places are counted through all windows, in the cache itself."""
    winner, shape, kernel, stride, pad = cache
    within = winner % kernel**2
    places = winner.ravel()
    places += np.arange(places.size) * kernel**2
    return max_pool2d.backward(dy, (within, shape, kernel, stride, pad))


def with_a_buffer(x, gamma, beta, eps):
    y, cache = batch_norm.forward(x, gamma, beta, eps)
    return y, (cache, np.zeros_like(beta))


def adding_to_the_buffer(dy, cache):
    kept, buffer = cache
    dx, dgamma, dbeta = batch_norm.backward(dy, kept)
    buffer += dbeta
    return dx, dgamma, buffer.copy()


FAULTS = (
    Fault(
        "silence: the data are zeroed instead of their gradient",
        replace(silence, backward=zeroing_the_data),
        silence,
        ("purity",),
        "backward is forced",
        "caffe#3151",
    ),
    Fault(
        "covariance: the upstream is changed",
        replace(covariance, backward=doubling_the_upstream),
        covariance,
        ("purity",),
        "any",
        "caffe-windows#46",
    ),
    Fault(
        "softmax: the gradient is written into the upstream",
        replace(softmax, backward=softmax_into_the_upstream),
        softmax,
        ("purity",),
        "any",
        "apex#1430, apex#1587",
    ),
    Fault(
        "max_pool2d: the winners are counted on in the cache",
        replace(max_pool2d, backward=counting_on),
        max_pool2d,
        ("purity",),
        "a second backward",
        "chainer#2062",
    ),
    Fault(
        "batch_norm: beta's gradient adds up from call to call",
        replace(batch_norm, forward=with_a_buffer, backward=adding_to_the_buffer),
        batch_norm,
        ("purity",),
        "a second backward",
        "mxnet#16297",
    ),
)
