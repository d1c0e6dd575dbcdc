"""Normalization and dropout: wrong axes, wrong mode, wrong statistic."""

import math
from dataclasses import replace

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import bits, positive
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.normalization.batch_norm import batch_norm
from gradcheck.ops.normalization.dropout import dropout
from gradcheck.ops.normalization.layer_norm import layer_norm
from gradcheck.ops.normalization.local_response_normalization import local_response_normalization
from tests.corpus.corpus import Fault


def unmasked(dy, cache):
    _, keep_prob = cache
    return dy / keep_prob, None


def keeping_both(x, mask, keep_prob):
    y, _ = dropout.forward(x, mask, keep_prob)
    return y, (x, y.copy())


def masked_by_quotient(dy, cache):
    """No mask is kept: what was dropped is told by y / x, and 1 is taken for 0 / 0."""
    x, y = cache
    return dy * np.where(x == 0, 1, y / x), None


def dropout_forward(x, mask, keep_prob, training):
    scale = mask / x.dtype.type(keep_prob) if training else np.ones_like(x)
    return x * scale.astype(x.dtype), (scale.astype(x.dtype), training)


def dropout_backward(dy, cache):
    scale, _ = cache
    return dy * scale, None


def nothing_in_testing(dy, cache):
    scale, training = cache
    return dy * scale * training, None


dropout_with_modes = Op(
    "dropout in training and testing",
    dropout_forward,
    dropout_backward,
    lambda x, mask, keep_prob, training: x * mask / keep_prob if training else x + 0,
    inputs={"x": Array("N *S"), "mask": Array("N *S", bits())},
    settings={"keep_prob": choice(0.5, 0.8), "training": choice(True, False)},
    batch="N",
)


def without_beta(dy, cache):
    dx, dgamma, dbeta = batch_norm.backward(dy, cache)
    return dx, dgamma, np.zeros_like(dbeta)


def inverted_twice(dy, cache):
    """The kept scale, 1 / √(σ² + eps), is taken for the variance."""
    normal, gamma, (_, scale, axes, count) = cache
    again = 1 / np.sqrt(scale + scale.dtype.type(1e-5))
    other = normal / scale * again
    return batch_norm.backward(dy, (other, gamma, (other, again, axes, count)))


def by_channel(v, x):
    """Statistics of the channels in the shape of x."""
    return v.reshape(-1, *(1,) * (x.ndim - 2))


def testing_forward(x, gamma, beta, mean, variance):
    scale = by_channel(1 / np.sqrt(variance + variance.dtype.type(1e-5)), x)
    normal = (x - by_channel(mean, x)) * scale
    axes = (0, *range(2, x.ndim))
    return by_channel(gamma, x) * normal + by_channel(beta, x), (normal, scale, by_channel(gamma, x), axes)


def testing_backward(dy, cache):
    normal, scale, gamma, axes = cache
    return dy * gamma * scale, (dy * normal).sum(axis=axes), dy.sum(axis=axes), None, None


def as_in_training(dy, cache):
    normal, scale, gamma, axes = cache
    count = max(math.prod(dy.shape[axis] for axis in axes), 1)
    return *batch_norm.backward(dy, (normal, gamma, (normal, scale, axes, count))), None, None


def testing_reference(x, gamma, beta, mean, variance):
    xp = namespace(x)
    return xp.moveaxis(gamma * (xp.moveaxis(x, 1, -1) - mean) / xp.sqrt(variance + 1e-5) + beta, -1, 1)


batch_norm_in_testing = Op(
    "batch_norm in testing",
    testing_forward,
    testing_backward,
    testing_reference,
    inputs={
        "x": Array("N C *S"),
        "gamma": Array("C"),
        "beta": Array("C"),
        "mean": Array("C", gradient=False),
        "variance": Array("C", positive(), gradient=False),
    },
    batch="N",
)


def layer_norm_over(axes, count):
    """Layer normalization whose gradient takes its sums over axes(dy), and divides them by count(dy)."""

    def backward(dy, cache):
        normal, gamma, (_, scale, *_) = cache
        dnormal, over = dy * gamma, axes(dy)
        dnormal = dnormal - dnormal.sum(axis=over, keepdims=True) / count(dy)
        dx = scale * (dnormal - normal * (dnormal * normal).sum(axis=over, keepdims=True) / count(dy))
        rows = tuple(range(dy.ndim - 1))
        return dx, (dy * normal).sum(axis=rows), dy.sum(axis=rows)

    return replace(layer_norm, backward=backward)


FAULTS = (
    Fault(
        "dropout: the mask is not applied",
        replace(dropout, backward=unmasked),
        dropout,
        ("gradient",),
        "something is dropped",
        "numpy-ml#94",
    ),
    Fault(
        "dropout: the mask is told by the values",
        replace(dropout, forward=keeping_both, backward=masked_by_quotient),
        dropout,
        ("gradient",),
        "x == 0",
        "kaldi#3890",
    ),
    Fault(
        "dropout: no gradient in testing",
        replace(dropout_with_modes, backward=nothing_in_testing),
        dropout_with_modes,
        ("gradient",),
        "testing",
        "Paddle#34293, Paddle#35122",
    ),
    Fault(
        "batch_norm: no gradient of beta",
        replace(batch_norm, backward=without_beta),
        batch_norm,
        ("gradient",),
        "gradients are added up",
        "mxnet#18499",
    ),
    Fault(
        "batch_norm: the inverse deviation is inverted again",
        replace(batch_norm, backward=inverted_twice),
        batch_norm,
        ("gradient",),
        "a variance other than one",
        "FlagGems#5222",
    ),
    Fault(
        "batch_norm: the formula of training in testing",
        replace(batch_norm_in_testing, backward=as_in_training),
        batch_norm_in_testing,
        ("gradient", "batching"),
        "testing",
        "pytorch/xla#913, pytorch#586",
    ),
    Fault(
        "layer_norm: all axes but the first are normalized",
        layer_norm_over(lambda dy: tuple(range(1, dy.ndim)), lambda dy: dy[:1].size),
        layer_norm,
        ("gradient",),
        "three axes or more",
        "FlagGems#5392, FlagGems#5490",
    ),
    Fault(
        "layer_norm: the sums are those of all rows",
        layer_norm_over(lambda dy: None, lambda dy: dy.shape[-1]),
        layer_norm,
        ("gradient", "batching"),
        "several rows",
        "FlagGems#59",
    ),
    Fault(
        "local_response_normalization: the upstream handed on",
        replace(local_response_normalization, backward=lambda dy, cache: dy.copy()),
        local_response_normalization,
        ("gradient",),
        "any",
        "deeppy#15",
    ),
)
