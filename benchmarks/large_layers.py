"""The layers that are checked at large points, in NumPy as their authors write them."""

from typing import Any

import numpy as np

Values = np.ndarray[Any, Any]


def sigmoid(x: Values) -> tuple[Values, Values]:
    """1 / (1 + e^-x)."""
    y = 1 / (1 + np.exp(-x))
    return y, y


def sigmoid_backward(dy: Values, y: Values) -> Values:
    """y (1 - y)."""
    return dy * y * (1 - y)


def relu(x: Values) -> tuple[Values, Values]:
    """max(x, 0)."""
    return np.maximum(x, 0), x


def relu_backward(dy: Values, x: Values) -> Values:
    """1 where x is positive."""
    return dy * (x > 0)


def affine(x: Values, w: Values, b: Values) -> tuple[Values, Any]:
    """x @ w + b."""
    return x @ w + b, (x, w)


def affine_backward(dy: Values, cache: Any) -> tuple[Values, ...]:
    """Of x, w and b."""
    x, w = cache
    return dy @ w.T, x.T @ dy, dy.sum(axis=0)


def conv(x: Values, w: Values, b: Values) -> tuple[Values, Any]:
    """Cross-correlation of stride 1, padded to the same size, one place of the kernel after the other.

    x: (N, C, H, W), w: (M, C, K, L), b: (M,).
    """
    _, _, height, width = x.shape
    _, _, rows, columns = w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (rows // 2, rows // 2), (columns // 2, columns // 2)))
    y = np.zeros((x.shape[0], w.shape[0], height, width)) + b[:, None, None]
    for i in range(rows):
        for j in range(columns):
            seen = padded[:, :, i : i + height, j : j + width]
            y = y + np.einsum("nchw,mc->nmhw", seen, w[:, :, i, j], optimize=True)
    return y, (padded, w)


def conv_backward(dy: Values, cache: Any) -> tuple[Values, ...]:
    """Of x, w and b."""
    padded, w = cache
    _, _, rows, columns = w.shape
    height, width = dy.shape[2:]
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(rows):
        for j in range(columns):
            place = (slice(None), slice(None), slice(i, i + height), slice(j, j + width))
            dw[:, :, i, j] = np.einsum("nmhw,nchw->mc", dy, padded[place], optimize=True)
            dpadded[place] += np.einsum("nmhw,mc->nchw", dy, w[:, :, i, j], optimize=True)
    dx = dpadded[:, :, rows // 2 : rows // 2 + height, columns // 2 : columns // 2 + width]
    return dx, dw, dy.sum(axis=(0, 2, 3))


def lstm(x: Values, h: Values, c: Values, wx: Values, wh: Values, b: Values) -> tuple[Values, Any]:
    """The hidden states of all steps.  x: (T, N, D), h and c: (N, H), wx: (D, 4 H), wh: (H, 4 H), b: (4 H,)."""
    hs, steps = np.zeros((len(x), *h.shape)), []
    for t in range(len(x)):
        i, f, o, g = np.split(x[t] @ wx + h @ wh + b, 4, axis=1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        g = np.tanh(g)
        steps.append((h, c, i, f, o, g))
        c = f * c + i * g
        h = o * np.tanh(c)
        steps[-1] += (np.tanh(c),)
        hs[t] = h
    return hs, (x, wx, wh, steps)


def lstm_backward(dhs: Values, cache: Any) -> tuple[Values, ...]:
    """Of x, h, c, wx, wh and b, backwards through time."""
    x, wx, wh, steps = cache
    dx, dwx, dwh, db = np.zeros_like(x), np.zeros_like(wx), np.zeros_like(wh), np.zeros(wx.shape[1])
    dh, dc = np.zeros_like(dhs[0]), np.zeros_like(dhs[0])
    for t in reversed(range(len(x))):
        h, c, i, f, o, g, tanh_c = steps[t]
        dh = dh + dhs[t]
        dc = dc + dh * o * (1 - tanh_c**2)
        da = np.hstack([dc * g * i * (1 - i), dc * c * f * (1 - f), dh * tanh_c * o * (1 - o), dc * i * (1 - g**2)])
        dx[t] = da @ wx.T
        dwx += x[t].T @ da
        dwh += h.T @ da
        db += da.sum(axis=0)
        dh, dc = da @ wh.T, dc * f
    return dx, dh, dc, dwx, dwh, db
