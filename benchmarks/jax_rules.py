"""The timed ops in JAX, forward and backward by hand as a user of `jax.custom_vjp` writes them.

Each does the arithmetic of the library's op of that name, at the settings at which it is timed.  forward(*inputs) →
(y, cache), backward(dy, cache) → one gradient per input.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

Rule = tuple[Callable[..., Any], Callable[..., Any]]


def unbroadcast(dy: Any, shape: tuple[int, ...]) -> Any:
    """Summed over the axes along which an array of this shape was broadcast."""
    added = dy.ndim - len(shape)
    stretched = tuple(added + i for i, length in enumerate(shape) if length == 1)
    return jnp.sum(dy, axis=(*range(added), *stretched), keepdims=True).reshape(shape)


def add(x: Any, y: Any) -> Any:
    """z = x + y, broadcast."""
    return x + y, (x, y)


def add_backward(dz: Any, cache: Any) -> Any:
    """The upstream, summed back to each shape."""
    return tuple(unbroadcast(dz, a.shape) for a in cache)


def logistic(x: Any) -> Any:
    """1 / (1 + e^-x) by the exponential of -|x| alone."""
    small = jnp.exp(-jnp.abs(x))
    return jnp.where(x >= 0, 1, small) / (1 + small)


def sigmoid(x: Any) -> Any:
    """y = 1 / (1 + e^-x)."""
    return logistic(x), x


def sigmoid_backward(dy: Any, x: Any) -> Any:
    """dx = dy σ(x) σ(-x)."""
    small = jnp.exp(-jnp.abs(x))
    return (dy * small / (1 + small) ** 2,)


def probabilities(x: Any) -> Any:
    """Softmax over the last axis."""
    weights = jnp.exp(x - x.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def through_softmax(dy: Any, y: Any) -> Any:
    """dx = y (dy - Σ dy y)."""
    return y * (dy - (dy * y).sum(axis=-1, keepdims=True))


def softmax(x: Any) -> Any:
    """y_i = e^x_i / Σ_j e^x_j."""
    y = probabilities(x)
    return y, y


def softmax_backward(dy: Any, y: Any) -> Any:
    """dx = y (dy - Σ dy y)."""
    return (through_softmax(dy, y),)


def layer_norm(x: Any, gamma: Any, beta: Any) -> Any:
    """y = γ (x - μ) / √(σ² + eps) + β over the last axis, eps = 1e-5."""
    centred = x - x.mean(axis=-1, keepdims=True)
    scale = 1 / jnp.sqrt(jnp.square(centred).mean(axis=-1, keepdims=True) + 1e-5)
    normal = centred * scale
    return gamma * normal + beta, (normal, scale, gamma)


def layer_norm_backward(dy: Any, cache: Any) -> Any:
    """dx = (dx̂ - mean dx̂ - x̂ mean(dx̂ x̂)) / √(σ² + eps)."""
    normal, scale, gamma = cache
    dnormal = dy * gamma
    dnormal = dnormal - dnormal.mean(axis=-1, keepdims=True)
    dx = scale * (dnormal - normal * (dnormal * normal).mean(axis=-1, keepdims=True))
    rows = tuple(range(dy.ndim - 1))
    return dx, (dy * normal).sum(axis=rows), dy.sum(axis=rows)


def linear(x: Any, w: Any, b: Any) -> Any:
    """y = x w + b."""
    return x @ w + b, (x, w)


def linear_backward(dy: Any, cache: Any) -> Any:
    """dx = dy wᵀ, dw = xᵀ dy, db the sum over the batch."""
    x, w = cache
    return dy @ w.T, x.T @ dy, dy.sum(axis=0)


def correlated(x: Any, w: Any, pads: tuple[int, int]) -> Any:
    """Cross-correlation at stride 1, padded by as much on both sides of an axis."""
    return jax.lax.conv_general_dilated(x, w, (1, 1), [(pads[0], pads[0]), (pads[1], pads[1])])


def conv2d(x: Any, w: Any, b: Any) -> Any:
    """Convolution at stride 1 and padding 1."""
    return correlated(x, w, (1, 1)) + b[:, None, None], (x, w)


def conv2d_backward(dy: Any, cache: Any) -> Any:
    """dx: dy with the flipped kernel; dw: x with dy as its kernel, batch and channels exchanged."""
    x, w = cache
    dx = correlated(dy, w[:, :, ::-1, ::-1].swapaxes(0, 1), (w.shape[2] - 2, w.shape[3] - 2))
    dw = correlated(x.swapaxes(0, 1), dy.swapaxes(0, 1), (1, 1)).swapaxes(0, 1)
    return dx, dw, dy.sum(axis=(0, 2, 3))


def max_pool2d(x: Any) -> Any:
    """The largest of each 2 × 2 window at stride 2."""
    n, c, h, w = x.shape
    whole = x[:, :, : h // 2 * 2, : w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2)
    seen = whole.swapaxes(3, 4).reshape(n, c, h // 2, w // 2, 4)
    return seen.max(axis=-1), (seen.argmax(axis=-1), x)


def max_pool2d_backward(dy: Any, cache: Any) -> Any:
    """The upstream of each window goes to its winner."""
    winner, x = cache
    n, c, h, w = dy.shape
    spread = (dy[..., None] * (winner[..., None] == jnp.arange(4))).reshape(n, c, h, w, 2, 2)
    dx = spread.swapaxes(3, 4).reshape(n, c, 2 * h, 2 * w)
    return (jnp.pad(dx, [(0, 0), (0, 0), (0, x.shape[2] - 2 * h), (0, x.shape[3] - 2 * w)]),)


def sech_squared(z: Any) -> Any:
    """1 - tanh² z."""
    small = jnp.exp(-2 * jnp.abs(z))
    return 4 * small / (1 + small) ** 2


def lstm_step(x: Any, h: Any, c: Any, wx: Any, wh: Any, b: Any) -> Any:
    """One step of a long short-term memory."""
    zi, zf, zo, zg = jnp.split(x @ wx + h @ wh + b, 4, axis=1)
    i, f, o, g = logistic(zi), logistic(zf), logistic(zo), jnp.tanh(zg)
    after = f * c + i * g
    slopes = i * logistic(-zi), f * logistic(-zf), o * logistic(-zo), sech_squared(zg)
    return (o * jnp.tanh(after), after), (x, h, c, wx, wh, i, f, o, g, slopes, after)


def lstm_step_backward(upstream: Any, cache: Any) -> Any:
    """Through h' into the cell and the output gate, through the cell into the other gates."""
    dy, dafter = upstream
    x, h, c, wx, wh, i, f, o, g, (di, df, do, dg), after = cache
    dafter = dafter + dy * o * sech_squared(after)
    dz = jnp.concatenate([dafter * g * di, dafter * c * df, dy * jnp.tanh(after) * do, dafter * i * dg], axis=1)
    return dz @ wx.T, dz @ wh.T, dafter * f, x.T @ dz, h.T @ dz, dz.sum(axis=0)


def attention(q: Any, k: Any, v: Any) -> Any:
    """y = softmax(q kᵀ / √D) v."""
    scale = q.shape[-1] ** -0.5
    weights = probabilities(q @ k.swapaxes(-1, -2) * scale)
    return weights @ v, (q, k, v, weights)


def attention_backward(dy: Any, cache: Any) -> Any:
    """Through the weighted sum, the softmax, and the scores."""
    q, k, v, weights = cache
    dscores = through_softmax(dy @ v.swapaxes(-1, -2), weights) * q.shape[-1] ** -0.5
    return dscores @ k, dscores.swapaxes(-1, -2) @ q, weights.swapaxes(-1, -2) @ dy


RULES: dict[str, Rule] = {
    "add": (add, add_backward),
    "sigmoid": (sigmoid, sigmoid_backward),
    "softmax": (softmax, softmax_backward),
    "layer_norm": (layer_norm, layer_norm_backward),
    "linear": (linear, linear_backward),
    "conv2d": (conv2d, conv2d_backward),
    "max_pool2d": (max_pool2d, max_pool2d_backward),
    "lstm_step": (lstm_step, lstm_step_backward),
    "attention": (attention, attention_backward),
}
