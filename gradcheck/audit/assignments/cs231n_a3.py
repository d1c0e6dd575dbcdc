"""Stanford CS231n, assignment 3: rnn_layers.py.  rnn_reference is that of the library."""

from functools import partial

import numpy as np

from gradcheck import Array, booleans, indices, namespace
from gradcheck.ops.losses import temporal_softmax_loss as temporal_softmax
from gradcheck.ops.recurrent import lstm_step, rnn_step
from gradcheck.ops.recurrent.lstm import reference as lstm_formula
from gradcheck.ops.recurrent.rnn import reference as rnn_reference  # noqa: F401


def rnn_step_forward(x: "N D", prev_h: "N H", Wx: "D H", Wh: "H H", b: "H"):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h.copy())


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def rnn_step_reference(x, prev_h, Wx, Wh, b):
    return rnn_step.reference(x, prev_h, Wx, Wh, b)


def rnn_forward(x: "N T D", h0: "N H", Wx: "D H", Wh: "H H", b: "H"):
    steps, h = [], h0
    for t in range(x.shape[1]):
        h, cache = rnn_step_forward(x[:, t], h, Wx, Wh, b)
        steps.append((h, cache))
    return np.stack([h for h, _ in steps], axis=1), [cache for _, cache in steps]


def rnn_backward(dh, cache):
    dx, dprev_h, weights = [], 0, []
    for t, step in reversed(list(enumerate(cache))):
        dx_t, dprev_h, *dweights = rnn_step_backward(dh[:, t] + dprev_h, step)
        dx, weights = [dx_t, *dx], [*weights, dweights]
    return np.stack(dx, axis=1), dprev_h, *(sum(dw) for dw in zip(*weights, strict=True))


def word_embedding_forward(x: Array("N T", indices("V")), W: "V D"):
    return W[x], (x, W.shape)


def word_embedding_backward(dout, cache):
    x, shape = cache
    dW = np.zeros(shape, dout.dtype)
    np.add.at(dW, x, dout)
    return dW


def word_embedding_reference(x, W):
    xp = namespace(W)
    return xp.astype(x[..., None] == xp.arange(W.shape[0]), W.dtype) @ W


def sigmoid(z):
    """1 / (1 + e^-z), without overflow."""
    return (1 + np.tanh(z / 2)) / 2


def lstm_step_forward(x: "N D", prev_h: "N H", prev_c: "N H", Wx: "D 4*H", Wh: "H 4*H", b: "4*H"):
    ai, af, ao, ag = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f * prev_c + i * g
    return o * np.tanh(next_c), next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c.copy())


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    tanh_c = np.tanh(next_c)
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    gates = [dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dnext_h * tanh_c * o * (1 - o), dc * i * (1 - g**2)]
    da = np.concatenate(gates, axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def lstm_step_reference(x, prev_h, prev_c, Wx, Wh, b):
    return lstm_step.reference(x, prev_h, prev_c, Wx, Wh, b)


def lstm_forward(x: "N T D", h0: "N H", Wx: "D 4*H", Wh: "H 4*H", b: "4*H"):
    steps, h, c = [], h0, np.zeros_like(h0)
    for t in range(x.shape[1]):
        h, c, cache = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        steps.append((h, cache))
    return np.stack([h for h, _ in steps], axis=1), [cache for _, cache in steps]


def lstm_backward(dh, cache):
    dx, dprev_h, dprev_c, weights = [], 0, 0, []
    for t, step in reversed(list(enumerate(cache))):
        dx_t, dprev_h, dprev_c, *dweights = lstm_step_backward(dh[:, t] + dprev_h, dprev_c, step)
        dx, weights = [dx_t, *dx], [*weights, dweights]
    return np.stack(dx, axis=1), dprev_h, *(sum(dw) for dw in zip(*weights, strict=True))


lstm_reference = partial(lstm_formula, gate_order="ifog")


def temporal_affine_forward(x: "N T D", w: "D M", b: "M"):
    return x @ w + b, (x, w)


def temporal_affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, np.einsum("ntd,ntm->dm", x, dout), dout.sum(axis=(0, 1))


def temporal_affine_reference(x, w, b):
    return namespace(x).sum(x[..., None] * w, axis=2) + b


def temporal_softmax_loss(x: "N T V", y: Array("N T", indices("V")), mask: Array("N T", booleans())):
    logs = x - x.max(axis=2, keepdims=True)
    logs = logs - np.log(np.exp(logs).sum(axis=2, keepdims=True))
    targets = y[..., None] == np.arange(x.shape[2])
    loss = -np.sum(mask[..., None] * targets * logs) / len(x)
    return loss, mask[..., None] * (np.exp(logs) - targets) / len(x)


def temporal_softmax_loss_reference(x, y, mask):
    return temporal_softmax.reference(x, y, mask)
