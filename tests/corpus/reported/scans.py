"""Running sums and products."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from tests.corpus.corpus import Fault


def cumsum_backward(dy, cache):
    return np.flip(np.cumsum(np.flip(dy, axis=-1), axis=-1), axis=-1).copy()


def cumsum_by_its_last(dy, cache):
    running = np.cumsum(dy, axis=-1)
    return np.take(running, [-1], axis=-1) - running + dy


cumsum = Op(
    "cumsum",
    lambda x: (np.cumsum(x, axis=-1), None),
    cumsum_backward,
    lambda x: namespace(x).cumulative_sum(x, axis=-1),
    inputs={"x": Array("*A D")},
    sizes={"D": whole(0, None)},
)


def cumprod_forward(x):
    y = np.cumprod(x, axis=-1)
    return y, (x, y.copy())


def cumprod_backward(dy, cache):
    x, _ = cache
    dx = np.zeros(x.shape, dy.dtype)
    for k in range(x.shape[-1]):
        others = x.copy()
        others[..., k] = 1
        dx[..., k] = np.sum((dy * np.cumprod(others, axis=-1))[..., k:], axis=-1)
    return dx


def cumprod_by_division(dy, cache):
    x, y = cache
    return cumsum_backward(dy * y, None) / x


def cumprod_of_something(dy, cache):
    """The gradient is built element by element from the first one on, which an empty axis does not have."""
    x, _ = cache
    first = np.take(x, [0], axis=-1)
    return cumprod_backward(dy, cache) + 0 * first


cumprod = Op(
    "cumprod",
    cumprod_forward,
    cumprod_backward,
    lambda x: namespace(x).cumulative_prod(x, axis=-1),
    inputs={"x": Array("*A D")},
    sizes={"D": whole(0, None)},
)

FAULTS = (
    Fault(
        "cumsum: no last element",
        replace(cumsum, backward=cumsum_by_its_last),
        cumsum,
        ("contract",),
        "an axis of length zero",
        "pytorch#31515",
    ),
    Fault(
        "cumprod: no first element",
        replace(cumprod, backward=cumprod_of_something),
        cumprod,
        ("contract",),
        "an axis of length zero",
        "pytorch#31782",
    ),
    Fault(
        "cumprod: divided by x",
        replace(cumprod, backward=cumprod_by_division),
        cumprod,
        ("gradient",),
        "a zero",
        "burn#3864",
    ),
)
