"""Code of users with a mistake in one line, which the tests of edits mend, and code in several styles of calling."""

import functools

import jax
import numpy as np

from gradcheck import adapt, choice, pointwise

CALLS = []
"""What `remember` took down."""


def affine_forward(x: "N D", w: "D M", b: "M"):  # noqa: F821, F722
    return x @ w + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, _ = cache
    dx = dout @ w.T
    dw = x.T @ dout / x.shape[0]
    db = dout.mean(axis=0)
    return dx, dw, db


def windows_forward(x: "N L"):  # noqa: F722
    return x[:, :-1] + x[:, 1:], x.shape


def windows_backward(dout, shape):
    dx = np.zeros(shape)
    for i in range(dout.shape[1]):
        dx[:, i : i + 2] = dout[:, i : i + 1]
    return dx


class Layer:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        self.y = np.tanh(x @ self.W + self.b)
        return self.y

    def backward(self, dy):
        dz = dy * self.__slope()
        self.dW = self.x.T @ dz
        self.db = dz
        return dz @ self.W.T

    def __slope(self):
        return 1 - self.y**2


def penalty_loss(W, X, reg):
    s = X @ W
    return np.sum(s * s) / 2 + reg * np.sum(W * W), X.T @ s + reg * W


def make_swish():
    k = 1.0

    def forward(x: "N D"):  # noqa: F722
        s = 1 / (1 + np.exp(-k * x))
        return x * s, (x, s)

    def backward(dy, cache):
        x, s = cache
        return dy * (s + x * s * (k + s))

    return forward, backward


def closure(x: "N D", w: "D M"):  # noqa: F722
    def backward(dy):
        dx = dy @ w.T
        dw = dy.T @ x
        return dx, dw

    return x @ w, backward


@functools.lru_cache
def compute_scale(n):
    return 1.0 / n


def remember(n):
    CALLS.append(n)
    return n


def mean_forward(x: "N D"):  # noqa: F722
    return x.mean(axis=1), x.shape


def mean_backward(dy, shape):
    return np.repeat(dy[:, None], remember(shape[1]), axis=1) * compute_scale(shape[0])


def count_forward(x: "N D"):  # noqa: F722
    return x.sum(axis=1), x.shape


def count_backward(dy, shape):
    dx, i = np.zeros(shape), 0
    while i < shape[1]:
        dx[:, i] = -dy
        i += 1
    return dx


def far_forward(x: "N D"):  # noqa: F722
    return np.exp(x), np.exp(x)


def far_backward(dy, y):
    return np.arctan(dy) + np.cosh(y) / 7.3


def log(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        return function(*arguments)

    return wrapper


@log
def linear_forward(x: "N D", w: "D M"):  # noqa: F722
    return x @ w, (x, w)


@log
def linear_backward(dy, cache):
    x, w = cache
    dw = (
        x.T @ dy
        / len(x)
    )  # fmt: skip
    return dy @ w.T, dw


def square_forward(x: "N D"):  # noqa: F722
    return x**2, x


def square_backward(dy, x):
    return np.asarray(jax.numpy.asarray(dy) * x)


def scaled_forward(x: "N", scale=2.0):  # noqa: F821
    return scale * x, scale


def scaled_backward(dy, scale):
    return dy


def sums_forward(x: "N T"):  # noqa: F722
    return x.cumsum(axis=1), x.shape


def sums_backward(dy, shape):
    for t in range(shape[1]):
        dx = np.zeros(shape)
        dx[:, : t + 1] += dy[:, t : t + 1]
    return dx


def unit_forward(x: "N D"):  # noqa: F722
    n = np.sqrt((x**2).sum(axis=1, keepdims=True))
    return x / n, (x, n)


def unit_backward(dy, cache):
    x, n = cache
    return dy / n - x * np.sum(x * dy, axis=1, keepdims=True) / n**2


def frames_forward(x, w, hop):
    count = (len(x) - len(w)) // hop + 1
    return np.stack([x[f * hop : f * hop + len(w)] * w for f in range(count)]), (x, w, hop)


def frames_backward(dout, cache):
    x, w, hop = cache  # noqa: RUF059
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for f in range(len(dout)):
        start = f
        dx[start : start + len(w)] += dout[f] * w
        dw += dout[f] * x[start : start + len(w)]
    return dx, dw


frames = adapt(frames_forward, frames_backward, x="K+4", w="K", hop=choice(2, 1))
scaled = adapt(scaled_forward, scaled_backward, scale=choice(2.0, 0.5))
sums = adapt(sums_forward, sums_backward)
unit = adapt(unit_forward, unit_backward)
affine = adapt(affine_forward, affine_backward)
windows = adapt(windows_forward, windows_backward)
layer = adapt(Layer, x="N D", W="D M", b="M")
penalty = adapt(penalty_loss, adapter="loss", W="D C", X="N D", reg=choice(0.1, 0.0), gradients=["W"])
swish = adapt(*make_swish())
closed = adapt(closure, adapter="closure")
mean = adapt(mean_forward, mean_backward)
count = adapt(count_forward, count_backward)
far = adapt(far_forward, far_backward)
compiled = adapt(square_forward, square_backward)
linear = adapt(linear_forward, linear_backward)
sine = pointwise("sine", value=np.sin, slope=lambda x, y: -np.cos(x), reference=lambda x: x, source="definition")
