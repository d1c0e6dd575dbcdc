"""deeplearning.ai on Coursera, deep learning specialization: the notebooks of courses 1, 4 and 5.

Features come first and examples second, (n, m).  The gradients of W and b are averages over the m examples in course 1,
sums in courses 4 and 5.  Images are (m, n_H, n_W, n_C).
"""

from functools import partial

import numpy as np

from gradcheck import choice, namespace, whole
from gradcheck.ops.convolution import conv2d
from gradcheck.ops.recurrent.lstm import reference as lstm_formula
from gradcheck.ops.recurrent.rnn import reference as rnn_formula


def logistic(z):
    """1 / (1 + e^-z), without overflow."""
    return (1 + np.tanh(z / 2)) / 2


def sigmoid(Z: "*S"):
    return logistic(Z), Z


def sigmoid_backward(dA, cache):
    s = logistic(cache)
    return dA * s * (1 - s)


def sigmoid_reference(Z):
    xp = namespace(Z)
    return 1 / (1 + xp.exp(-Z))


def relu(Z: "*S"):
    return np.maximum(Z, 0), Z


def relu_backward(dA, cache):
    return dA * (cache > 0)


def relu_reference(Z):
    return namespace(Z).where(Z > 0, Z, 0 * Z)


def linear_forward(A: "D N", W: "M D", b: "M 1"):
    return W @ A + b, (A, W, b)


def linear_backward(dZ, cache):
    A, W, _ = cache
    return W.T @ dZ, dZ @ A.T / A.shape[1], dZ.mean(axis=1, keepdims=True)


def linear_reference(A, W, b):
    return namespace(A).sum(W[:, :, None] * A, axis=1) + b


def linear_sum_forward(A: "D N", W: "M D", b: "M 1"):
    return linear_forward(A, W, b)


def linear_sum_backward(dZ, cache):
    A, W, _ = cache
    return W.T @ dZ, dZ @ A.T, dZ.sum(axis=1, keepdims=True)


def linear_sum_reference(A, W, b):
    return linear_reference(A, W, b)


def linear_activation_forward(A_prev: "D N", W: "M D", b: "M 1", activation: choice("relu", "sigmoid")):
    Z, linear_cache = linear_forward(A_prev, W, b)
    A, activation_cache = relu(Z) if activation == "relu" else sigmoid(Z)
    return A, (linear_cache, activation_cache)


def linear_activation_backward(dA, cache, activation):
    linear_cache, activation_cache = cache
    slope = relu_backward if activation == "relu" else sigmoid_backward
    return linear_backward(slope(dA, activation_cache), linear_cache)


def linear_activation_reference(A_prev, W, b, activation):
    Z = linear_reference(A_prev, W, b)
    return relu_reference(Z) if activation == "relu" else sigmoid_reference(Z)


def linear_activation_sum_forward(A_prev: "D N", W: "M D", b: "M 1", activation: choice("relu", "sigmoid")):
    return linear_activation_forward(A_prev, W, b, activation)


def linear_activation_sum_backward(dA, cache, activation):
    linear_cache, activation_cache = cache
    slope = relu_backward if activation == "relu" else sigmoid_backward
    return linear_sum_backward(slope(dA, activation_cache), linear_cache)


def linear_activation_sum_reference(A_prev, W, b, activation):
    return linear_activation_reference(A_prev, W, b, activation)


def reach(places, kernel):
    """A length that a kernel fits in, with what is padded.  a*(1+a//10**6) is a where that is positive, else 0."""
    more = f"({kernel}-2*pad-1)"
    return f"{places}+{more}*(1+{more}//1000000)"


def list_places(A, f, stride):
    """The corners of windows, and the windows: i, j, and a view of A that is (m, f, f, n_C)."""
    for i in range((A.shape[1] - f) // stride + 1):
        for j in range((A.shape[2] - f) // stride + 1):
            yield i, j, A[:, i * stride : i * stride + f, j * stride : j * stride + f]


def pad_with_zeros(A, pad):
    """A copy with a border of zeros."""
    return np.pad(A, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def conv_forward(
    A_prev: f"N {reach('P', 'f')} {reach('Q', 'f')} C",
    W: "f f C M",
    b: "1 1 1 M",
    hparameters: {"pad": whole(0, 2), "stride": whole(1, 3)},
):
    stride, padded = hparameters["stride"], pad_with_zeros(A_prev, hparameters["pad"])
    sides = [(size - len(W)) // stride + 1 for size in padded.shape[1:3]]
    Z = np.zeros((len(A_prev), *sides, W.shape[3]), A_prev.dtype)
    for i, j, window in list_places(padded, len(W), stride):
        Z[:, i, j] = np.einsum("nklc,klcm->nm", window, W) + b[0, 0, 0]
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, _, hparameters = cache
    stride, pad = hparameters["stride"], hparameters["pad"]
    padded, dW = pad_with_zeros(A_prev, pad), np.zeros_like(W)
    dpadded = np.zeros_like(padded)
    windows = zip(list_places(padded, len(W), stride), list_places(dpadded, len(W), stride), strict=True)
    for (i, j, window), (_, _, dwindow) in windows:
        dW += np.einsum("nm,nklc->klcm", dZ[:, i, j], window)
        dwindow += np.einsum("nm,klcm->nklc", dZ[:, i, j], W)
    dA_prev = dpadded[:, pad : pad + A_prev.shape[1], pad : pad + A_prev.shape[2]]
    return dA_prev, dW, dZ.sum(axis=(0, 1, 2), keepdims=True)


def conv_reference(A_prev, W, b, pad, stride):
    xp = namespace(A_prev)
    x, w = xp.permute_dims(A_prev, (0, 3, 1, 2)), xp.permute_dims(W, (3, 2, 0, 1))
    z = conv2d.reference(x, w, xp.reshape(b, (W.shape[3],)), stride, pad, 1, 1)
    return xp.permute_dims(z, (0, 2, 3, 1))


def conv_padded_forward(
    A_prev: f"N {reach('P', 'f')} {reach('Q', 'f')} C",
    W: "f f C M",
    b: "1 1 1 M",
    hparameters: {"pad": whole(1, 2), "stride": whole(1, 3)},
):
    return conv_forward(A_prev, W, b, hparameters)


conv_padded_backward, conv_padded_reference = conv_backward, conv_reference


def pool_forward(
    A_prev: "N P+f-1 Q+f-1 C",
    hparameters: {"f": whole(1, 3), "stride": whole(1, 3)},
    mode: choice("max", "average"),
):
    f, stride = hparameters["f"], hparameters["stride"]
    sides = [(size - f) // stride + 1 for size in A_prev.shape[1:3]]
    A = np.zeros((len(A_prev), *sides, A_prev.shape[3]), A_prev.dtype)
    for i, j, window in list_places(A_prev, f, stride):
        A[:, i, j] = window.max(axis=(1, 2)) if mode == "max" else window.mean(axis=(1, 2))
    return A, (A_prev, hparameters)


def pool_backward(dA, cache, mode):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros_like(A_prev)
    for (i, j, window), (_, _, dwindow) in zip(
        list_places(A_prev, f, stride), list_places(dA_prev, f, stride), strict=True
    ):
        share = 1 / f**2
        if mode == "max":
            first = window.reshape(len(window), f * f, -1).argmax(axis=1)
            share = (np.arange(f * f)[:, None] == first[:, None]).reshape(window.shape)
        dwindow += share * dA[:, i, j][:, None, None]
    return dA_prev


def pool_reference(A_prev, f, stride, mode):
    xp = namespace(A_prev)
    rows, columns = [xp.arange((size - f) // stride + 1)[:, None] * stride + xp.arange(f) for size in A_prev.shape[1:3]]
    met = xp.take(A_prev, xp.reshape(rows, (-1,)), axis=1)
    met = xp.reshape(met, (A_prev.shape[0], *rows.shape, *A_prev.shape[2:]))
    met = xp.take(met, xp.reshape(columns, (-1,)), axis=3)
    met = xp.reshape(met, (*met.shape[:3], *columns.shape, A_prev.shape[3]))
    return xp.max(met, axis=(2, 4)) if mode == "max" else xp.mean(met, axis=(2, 4))


def rnn_cell_forward(xt, a_prev, parameters):
    a_next = np.tanh(parameters["Wax"] @ xt + parameters["Waa"] @ a_prev + parameters["ba"])
    scores = parameters["Wya"] @ a_next + parameters["by"]
    weights = np.exp(scores - scores.max(axis=0))
    return a_next, weights / weights.sum(axis=0), (a_next, a_prev, xt, parameters)


def rnn_cell_backward(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    dz = da_next * (1 - a_next**2)
    return {
        "dxt": parameters["Wax"].T @ dz,
        "da_prev": parameters["Waa"].T @ dz,
        "dWax": dz @ xt.T,
        "dWaa": dz @ a_prev.T,
        "dba": dz.sum(axis=1, keepdims=True),
    }


def call_rnn_cell(rnn_cell_forward, xt: "X N", a_prev: "H N", Wax: "H X", Waa: "H H", ba: "H 1"):
    parameters = {"Wax": Wax, "Waa": Waa, "ba": ba, "Wya": np.ones((2, len(Waa))), "by": np.zeros((2, 1))}
    a_next, _, cache = rnn_cell_forward(xt, a_prev, parameters)
    return a_next.copy(), cache


def call_rnn_cell_back(rnn_cell_backward, da_next, cache):
    return rnn_cell_backward(da_next, cache)


def rnn_cell_reference(xt, a_prev, Wax, Waa, ba):
    xp = namespace(xt)
    return xp.tanh(xp.sum(Wax[:, :, None] * xt, axis=1) + xp.sum(Waa[:, :, None] * a_prev, axis=1) + ba)


def rnn_forward(x, a0, parameters):
    a_next, steps = a0, []
    for t in range(x.shape[2]):
        a_next, y, cache = rnn_cell_forward(x[:, :, t], a_next, parameters)
        steps.append((a_next, y, cache))
    a, y_pred, caches = zip(*steps, strict=True)
    return np.stack(a, axis=2), np.stack(y_pred, axis=2), (list(caches), x)


def rnn_backward(da, caches):
    steps, _ = caches
    dx, da_prev, totals = [], 0, {"dWax": 0, "dWaa": 0, "dba": 0}
    for t, cache in reversed(list(enumerate(steps))):
        step = rnn_cell_backward(da[:, :, t] + da_prev, cache)
        dx, da_prev = [step["dxt"], *dx], step["da_prev"]
        totals = {name: total + step[name] for name, total in totals.items()}
    return {"dx": np.stack(dx, axis=2), "da0": da_prev, **totals}


def call_rnn(rnn_forward, x: "X N T", a0: "H N", Wax: "H X", Waa: "H H", ba: "H 1"):
    parameters = {"Wax": Wax, "Waa": Waa, "ba": ba, "Wya": np.ones((2, len(Waa))), "by": np.zeros((2, 1))}
    a, _, caches = rnn_forward(x, a0, parameters)
    return a, caches


def call_rnn_back(rnn_backward, da, caches):
    return rnn_backward(da, caches)


def move_features_last(formula, x, a0, Wax, Waa, ba):
    """A formula on (m, T, n_x), of inputs that are (n_x, m, T)."""
    xp = namespace(x)
    a = formula(xp.permute_dims(x, (1, 2, 0)), a0.T, Wax.T, Waa.T, ba[:, 0])
    return xp.permute_dims(a, (2, 0, 1))


recurrent_reference = partial(move_features_last, rnn_formula)


GATES = ("f", "i", "c", "o")


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    both = np.concatenate([a_prev, xt])
    gates = {name: parameters[f"W{name}"] @ both + parameters[f"b{name}"] for name in GATES}
    gates = {name: np.tanh(z) if name == "c" else logistic(z) for name, z in gates.items()}
    c_next = gates["f"] * c_prev + gates["i"] * gates["c"]
    a_next = gates["o"] * np.tanh(c_next)
    scores = parameters["Wy"] @ a_next + parameters["by"]
    weights = np.exp(scores - scores.max(axis=0))
    return a_next, c_next, weights / weights.sum(axis=0), (c_next, a_prev, c_prev, gates, xt, parameters)


def lstm_cell_backward(da_next, dc_next, cache):
    c_next, a_prev, c_prev, gates, xt, parameters = cache
    f, i, c, o = (gates[name] for name in GATES)
    tanh_c, both = np.tanh(c_next), np.concatenate([a_prev, xt])
    dc = dc_next + da_next * o * (1 - tanh_c**2)
    slopes = {
        "f": dc * c_prev * f * (1 - f),
        "i": dc * c * i * (1 - i),
        "c": dc * i * (1 - c**2),
        "o": da_next * tanh_c * o * (1 - o),
    }
    dboth = sum(parameters[f"W{name}"].T @ dz for name, dz in slopes.items())
    gradients = {"dxt": dboth[len(a_prev) :], "da_prev": dboth[: len(a_prev)], "dc_prev": dc * f}
    gradients |= {f"dW{name}": dz @ both.T for name, dz in slopes.items()}
    return gradients | {f"db{name}": dz.sum(axis=1, keepdims=True) for name, dz in slopes.items()}


def call_lstm_cell(
    lstm_cell_forward,
    xt: "X N",
    a_prev: "H N",
    c_prev: "H N",
    Wf: "H H+X",
    bf: "H 1",
    Wi: "H H+X",
    bi: "H 1",
    Wc: "H H+X",
    bc: "H 1",
    Wo: "H H+X",
    bo: "H 1",
):
    parameters = {"Wf": Wf, "bf": bf, "Wi": Wi, "bi": bi, "Wc": Wc, "bc": bc, "Wo": Wo, "bo": bo}
    parameters |= {"Wy": np.ones((2, len(Wf))), "by": np.zeros((2, 1))}
    a_next, c_next, _, cache = lstm_cell_forward(xt, a_prev, c_prev, parameters)
    return a_next, c_next.copy(), cache


def call_lstm_cell_back(lstm_cell_backward, da_next, dc_next, cache):
    return lstm_cell_backward(da_next, dc_next, cache)


def lstm_cell_reference(xt, a_prev, c_prev, Wf, bf, Wi, bi, Wc, bc, Wo, bo):
    xp, n = namespace(xt), a_prev.shape[0]

    def open_gate(W, b):
        return xp.sum(W[:, :n, None] * a_prev, axis=1) + xp.sum(W[:, n:, None] * xt, axis=1) + b

    f, i, o = ((1 + xp.tanh(open_gate(W, b) / 2)) / 2 for W, b in ((Wf, bf), (Wi, bi), (Wo, bo)))
    c = f * c_prev + i * xp.tanh(open_gate(Wc, bc))
    return o * xp.tanh(c), c


def lstm_forward(x, a0, parameters):
    a_next, c_next, steps = a0, np.zeros_like(a0), []
    for t in range(x.shape[2]):
        a_next, c_next, y, cache = lstm_cell_forward(x[:, :, t], a_next, c_next, parameters)
        steps.append((a_next, y, c_next, cache))
    *outputs, caches = zip(*steps, strict=True)
    return *(np.stack(output, axis=2) for output in outputs), (list(caches), x)


def lstm_backward(da, caches):
    steps, _ = caches
    dx, da_prev, dc_prev, totals = [], 0, 0, {}
    for t, cache in reversed(list(enumerate(steps))):
        step = lstm_cell_backward(da[:, :, t] + da_prev, dc_prev, cache)
        dx, da_prev, dc_prev = [step["dxt"], *dx], step["da_prev"], step["dc_prev"]
        weights = [name for name in step if name.startswith(("dW", "db"))]
        totals = {name: totals.get(name, 0) + step[name] for name in weights}
    return {"dx": np.stack(dx, axis=2), "da0": da_prev, **totals}


def call_lstm(
    lstm_forward,
    x: "X N T",
    a0: "H N",
    Wf: "H H+X",
    bf: "H 1",
    Wi: "H H+X",
    bi: "H 1",
    Wc: "H H+X",
    bc: "H 1",
    Wo: "H H+X",
    bo: "H 1",
):
    parameters = {"Wf": Wf, "bf": bf, "Wi": Wi, "bi": bi, "Wc": Wc, "bc": bc, "Wo": Wo, "bo": bo}
    parameters |= {"Wy": np.ones((2, len(Wf))), "by": np.zeros((2, 1))}
    a, _, _, caches = lstm_forward(x, a0, parameters)
    return a, caches


def call_lstm_back(lstm_backward, da, caches):
    return lstm_backward(da, caches)


def lstm_reference(x, a0, Wf, bf, Wi, bi, Wc, bc, Wo, bo):
    """The formula of the library on (m, T, n_x), with the gates side by side in the order i, f, o, g."""
    xp, n = namespace(x), a0.shape[0]
    W, b = xp.concat([Wi, Wf, Wo, Wc], axis=0).T, xp.concat([bi, bf, bo, bc], axis=0)[:, 0]
    a = lstm_formula(xp.permute_dims(x, (1, 2, 0)), a0.T, W[n:], W[:n], b, gate_order="ifog")
    return xp.permute_dims(a, (2, 0, 1))
