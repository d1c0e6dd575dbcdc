"""Recurrent layers: steps, and loops over time in lists and in arrays."""

import jax
import jax.numpy as jnp
import numpy as np

from gradcheck import Array, indices
from right_programs.program import Program, of_loss


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, _ = x.shape
    h, caches, prev = np.zeros((N, T, h0.shape[1])), [], h0
    for t in range(T):
        prev, cache = rnn_step_forward(x[:, t], prev, Wx, Wh, b)
        h[:, t] = prev
        caches.append(cache)
    return h, caches


def rnn_backward(dh, caches):
    x, h0, Wx, Wh, _ = caches[0]
    N, T, H = dh.shape
    dx, dprev = np.zeros((N, T, x.shape[1])), np.zeros((N, H))
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(H)
    for t in reversed(range(T)):
        dx[:, t], dprev, dwx, dwh, dbt = rnn_step_backward(dh[:, t] + dprev, caches[t])
        dWx += dwx
        dWh += dwh
        db += dbt
    return dx, dprev, dWx, dWh, db


def rnn_backward_without_time(dh, caches):
    x, h0, Wx, Wh, _ = caches[0]
    N, T, H = dh.shape
    dx, dprev = np.zeros((N, T, x.shape[1])), np.zeros((N, H))
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(H)
    for t in reversed(range(T)):
        dx[:, t], dprev, dwx, dwh, dbt = rnn_step_backward(dh[:, t], caches[t])
        dWx += dwx
        dWh += dwh
        db += dbt
    return dx, dprev, dWx, dWh, db


def relu_rnn_forward(x, Wx, Wh):
    """The identity-initialised RNN, in lists of states; units stand at 0."""
    h, hs = np.zeros((x.shape[1], Wh.shape[0])), []
    for step in x:
        h = np.maximum(step @ Wx + h @ Wh, 0)
        hs.append(h)
    return np.array(hs), (x, hs, Wx, Wh)


def relu_rnn_backward(dhs, cache):
    x, hs, Wx, Wh = cache
    dWx, dWh, dx, carried = np.zeros_like(Wx), np.zeros_like(Wh), [], np.zeros_like(hs[0])
    for t in range(len(hs) - 1, -1, -1):
        da = (dhs[t] + carried) * (hs[t] > 0)
        dWx += x[t].T @ da
        if t > 0:
            dWh += hs[t - 1].T @ da
        dx.insert(0, da @ Wx.T)
        carried = da @ Wh.T
    return np.array(dx), dWx, dWh


def relu_rnn_reference(x, Wx, Wh):
    h, hs = jnp.zeros((x.shape[1], Wh.shape[0])), []
    for t in range(x.shape[0]):
        h = jnp.maximum(x[t] @ Wx + h @ Wh, 0)
        hs.append(h)
    return jnp.stack(hs)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_h.shape[1]
    a = x @ Wx + prev_h @ Wh + b
    i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), sigmoid(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H :])
    c = f * prev_c + i * g
    t = np.tanh(c)
    return o * t, c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, t)


def lstm_step_backward(dh, dc, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, t = cache
    dc = dc + dh * o * (1 - t**2)
    gates = (dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dh * t * o * (1 - o), dc * i * (1 - g**2))
    da = np.hstack(gates)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def lstm_step_backward_without_output_path(dh, dc, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, t = cache
    gates = (dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dh * t * o * (1 - o), dc * i * (1 - g**2))
    da = np.hstack(gates)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def lstm_forward(x, h0, Wx, Wh, b):
    h, c, hs, caches = h0, np.zeros_like(h0), [], []
    for t in range(x.shape[1]):
        h, c, cache = lstm_step_forward(x[:, t, :], h, c, Wx, Wh, b)
        hs.append(h)
        caches.append(cache)
    return np.stack(hs, axis=1), caches


def lstm_backward(dhs, caches):
    dxs, dh, dc, dWx, dWh, db = [], 0, 0, 0, 0, 0
    for t in range(len(caches))[::-1]:
        dx, dh, dc, dwx, dwh, dbt = lstm_step_backward(dhs[:, t, :] + dh, dc, caches[t])
        dxs.append(dx)
        dWx, dWh, db = dWx + dwx, dWh + dwh, db + dbt
    return np.stack(dxs[::-1], axis=1), dh, dWx, dWh, db


def lstm_backward_without_cell(dhs, caches):
    dxs, dh, dWx, dWh, db = [], 0, 0, 0, 0
    for t in range(len(caches))[::-1]:
        dx, dh, _, dwx, dwh, dbt = lstm_step_backward(dhs[:, t, :] + dh, 0, caches[t])
        dxs.append(dx)
        dWx, dWh, db = dWx + dwx, dWh + dwh, db + dbt
    return np.stack(dxs[::-1], axis=1), dh, dWx, dWh, db


def gru_step_forward(x, h, W, U):
    """Gates z, r and the candidate n side by side; r after the product, as in cuDNN."""
    n = h.shape[1]
    a, u = x @ W, h @ U
    z = sigmoid(a[:, :n] + u[:, :n])
    r = sigmoid(a[:, n : 2 * n] + u[:, n : 2 * n])
    c = np.tanh(a[:, 2 * n :] + r * u[:, 2 * n :])
    return (1 - z) * c + z * h, (x, h, W, U, u, z, r, c)


def gru_step_backward(dy, cache):
    x, h, W, U, u, z, r, c = cache
    n = h.shape[1]
    dc = dy * (1 - z) * (1 - c**2)
    dz = dy * (h - c) * z * (1 - z)
    dr = dc * u[:, 2 * n :] * r * (1 - r)
    da = np.concatenate([dz, dr, dc], axis=1)
    du = np.concatenate([dz, dr, dc * r], axis=1)
    return da @ W.T, dy * z + du @ U.T, x.T @ da, h.T @ du


def gru_step_backward_without_reset(dy, cache):
    x, h, W, U, u, z, r, c = cache
    n = h.shape[1]
    dc = dy * (1 - z) * (1 - c**2)
    dz = dy * (h - c) * z * (1 - z)
    dr = dc * u[:, 2 * n :] * r * (1 - r)
    da = np.concatenate([dz, dr, dc], axis=1)
    return da @ W.T, dy * z + da @ U.T, x.T @ da, h.T @ da


class GRU:
    """Over time, with a stack of states and gradients that are added up in place."""

    def __init__(self, W, U):
        self.W, self.U = W, U

    def forward(self, x):
        self.caches, h, ys = [], np.zeros((x.shape[0], self.U.shape[0])), []
        for t in range(x.shape[1]):
            h, cache = gru_step_forward(x[:, t], h, self.W, self.U)
            self.caches.append(cache)
            ys.append(h)
        return np.array(ys).transpose(1, 0, 2)

    def backward(self, dout):
        self.dW, self.dU = np.zeros_like(self.W), np.zeros_like(self.U)
        dx, dh = [], np.zeros_like(dout[:, 0])
        for t in range(dout.shape[1] - 1, -1, -1):
            d, dh, dW, dU = gru_step_backward(dout[:, t] + dh, self.caches[t])
            self.dW += dW
            self.dU += dU
            dx.append(d)
        return np.array(dx[::-1]).transpose(1, 0, 2)


def exponential_average_forward(x, a):
    y, state = [], 0.0
    for v in x:
        state = a * state + (1 - a) * v
        y.append(state)
    return np.array(y), (x, a, np.array(y))


def exponential_average_backward(dy, cache):
    x, a, y = cache
    dx, da, carried = np.zeros_like(x), np.zeros_like(a), np.zeros_like(a)
    for t in range(len(x) - 1, -1, -1):
        d = dy[t] + carried
        dx[t] = (1 - a) * d
        da += d * ((y[t - 1] if t else 0) - x[t])
        carried = a * d
    return dx, da


def language_model_loss(X, y, Wx, Wh, Wy):
    """min-char-rnn: a loss over time, its gradients left to the caller to clip."""
    h, hs, ps, loss = np.zeros(Wh.shape[0]), [], [], 0.0
    states = [h]
    for t in range(len(X)):
        h = np.tanh(X[t] @ Wx + h @ Wh)
        states.append(h)
        s = h @ Wy
        p = np.exp(s - s.max()) / np.sum(np.exp(s - s.max()))
        ps.append(p)
        hs.append(h)
        loss += -np.log(p[y[t]])
    dWx, dWh, dWy, carried = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(Wy), np.zeros_like(h)
    for t in reversed(range(len(X))):
        ds = np.copy(ps[t])
        ds[y[t]] -= 1
        dWy += np.outer(hs[t], ds)
        da = (ds @ Wy.T + carried) * (1 - hs[t] * hs[t])
        dWx += np.outer(X[t], da)
        dWh += np.outer(states[t], da)
        carried = Wh @ da
    return loss, {"Wx": dWx, "Wh": dWh, "Wy": dWy}


def language_model_loss_clipped(X, y, Wx, Wh, Wy):
    """As min-char-rnn's own lossFun, which clips within."""
    loss, grads = language_model_loss(X, y, Wx, Wh, Wy)
    return loss, {name: np.clip(g, -1, 1) for name, g in grads.items()}


def language_model_reference(X, y, Wx, Wh, Wy):
    h, loss = jnp.zeros(Wh.shape[0]), 0.0
    for t in range(X.shape[0]):
        h = jnp.tanh(X[t] @ Wx + h @ Wh)
        loss = loss - jax.nn.log_softmax(h @ Wy)[y[t]]
    return loss


STEP = {"x": "N D", "prev_h": "N H", "Wx": "D H", "Wh": "H H", "b": "H"}
OVER_TIME = {"x": "N T D", "h0": "N H", "Wx": "D H", "Wh": "H H", "b": "H"}

PROGRAMS = (
    Program("rnn step", (rnn_step_forward, rnn_step_backward), STEP, "CS231n, rnn_layers.py"),
    Program(
        "rnn over time",
        (rnn_forward, rnn_backward),
        OVER_TIME,
        "CS231n, rnn_layers.py",
        wrong={"nothing carried back": (rnn_forward, rnn_backward_without_time)},
    ),
    Program(
        "relu rnn in lists",
        (relu_rnn_forward, relu_rnn_backward),
        {"x": "T N D", "Wx": "D H", "Wh": "H H", "reference": relu_rnn_reference},
        "Le et al. 2015",
    ),
    Program(
        "lstm step",
        (lstm_step_forward, lstm_step_backward),
        {"x": "N D", "prev_h": "N H", "prev_c": "N H", "Wx": "D 4*H", "Wh": "H 4*H", "b": "4*H"},
        "CS231n, rnn_layers.py",
        wrong={"path of the output missing": (lstm_step_forward, lstm_step_backward_without_output_path)},
    ),
    Program(
        "lstm over time",
        (lstm_forward, lstm_backward),
        {"x": "N T D", "h0": "N H", "Wx": "D 4*H", "Wh": "H 4*H", "b": "4*H"},
        "CS231n, rnn_layers.py",
        wrong={"cell not carried back": (lstm_forward, lstm_backward_without_cell)},
    ),
    Program(
        "gru step",
        (gru_step_forward, gru_step_backward),
        {"x": "N D", "h": "N H", "W": "D 3*H", "U": "H 3*H"},
        "cuDNN's formula",
        wrong={"reset gate missing": (gru_step_forward, gru_step_backward_without_reset)},
    ),
    Program("gru over time", (GRU,), {"x": "N T D", "W": "D 3*H", "U": "H 3*H"}, "Deep Learning from Scratch 2"),
    Program(
        "language model over time",
        of_loss(language_model_loss),
        {
            "X": "T D",
            "y": Array("T", indices("V")),
            "Wx": "D H",
            "Wh": "H H",
            "Wy": "H V",
            "reference": language_model_reference,
            "adapter": "loss",
            "gradients": ["Wx", "Wh", "Wy"],
        },
        "min-char-rnn",
        wrong={"clipped gradients": of_loss(language_model_loss_clipped)},
    ),
    Program(
        "exponential average",
        (exponential_average_forward, exponential_average_backward),
        {"x": "T D", "a": "D"},
        "student code",
    ),
)
