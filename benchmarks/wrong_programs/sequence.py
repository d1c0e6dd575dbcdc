"""Sequences: links through time, states, gates, running sums, and loops that end too early."""

from wrong_programs.program import Program, Wrong

VANILLA_RNN = Program(
    "vanilla_rnn",
    """\
import numpy as np

from gradcheck import adapt


def step(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def step_back(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h * next_h)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h = np.zeros((N, T, h0.shape[1]))
    caches = []
    prev = h0
    for t in range(T):
        prev, cache = step(x[:, t], prev, Wx, Wh, b)
        h[:, t] = prev
        caches.append(cache)
    return h, (caches, x.shape)


def rnn_backward(dh, cache):
    caches, (N, T, D) = cache
    H = dh.shape[2]
    dx = np.zeros((N, T, D))
    dprev_h = np.zeros((N, H))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    for t in reversed(range(T)):
        dnext = dh[:, t] + dprev_h
        dx[:, t], dprev_h, dWx_t, dWh_t, db_t = step_back(dnext, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dprev_h, dWx, dWh, db


op = adapt(rnn_forward, rnn_backward, name="rnn", x="N T D", h0="N H", Wx="D H", Wh="H H", b="H")
""",
)

KARPATHY_RNN = Program(
    "min_char_rnn",
    '''\
"""Minimal character-level RNN, after Karpathy: returns the loss and the gradients of all parameters."""

import numpy as np

from gradcheck import Array, adapt, indices


def lossFun(inputs, targets, hprev, Wxh, Whh, Why, bh, by):
    xs, hs, ps = {}, {}, {}
    hs[-1] = hprev
    loss = 0
    V = Wxh.shape[1]
    # forward pass
    for t in range(len(inputs)):
        xs[t] = np.zeros((V, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        y = np.dot(Why, hs[t]) + by
        y = y - np.max(y)
        ps[t] = np.exp(y) / np.sum(np.exp(y))
        loss += -(y[targets[t], 0] - np.log(np.sum(np.exp(y))))
    # backward pass: compute gradients going backwards
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dhraw)
    return loss, dict(Wxh=dWxh, Whh=dWhh, Why=dWhy, bh=dbh, by=dby)


op = adapt(
    lossFun, adapter="loss", name="char_rnn", inputs=Array("T", indices("V")), targets=Array("T", indices("V")),
    hprev="H 1", Wxh="H V", Whh="H H", Why="V H", bh="H 1", by="V 1", gradients=["Wxh", "Whh", "Why", "bh", "by"],
)
''',
)

LINEAR_SCAN = Program(
    "gated_scan",
    """\
import numpy as np

from gradcheck import Array, adapt, real


class GatedScan:
    # h_t = a_t * h_{t-1} + x_t, the recurrence of a diagonal state space model
    def forward(self, x, a):
        T = x.shape[0]
        h = np.zeros_like(x)
        state = np.zeros(x.shape[1])
        self.before = []
        for t in range(T):
            self.before.append(state)
            state = a[t] * state + x[t]
            h[t] = state
        self.a = a
        return h

    def backward(self, dh):
        T = dh.shape[0]
        dx, da = np.zeros_like(dh), np.zeros_like(dh)
        carry = np.zeros(dh.shape[1])
        for t in range(T - 1, -1, -1):
            g = dh[t] + carry
            dx[t] = g
            da[t] = g * self.before[t]
            carry = g * self.a[t]
        return dx, da


op = adapt(GatedScan, name="gated_scan", x="T D", a=Array("T D", real(2)))
""",
)

LSTM_LAYER = Program(
    "lstm_layer",
    """\
import numpy as np

from gradcheck import adapt


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class LSTM:
    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]

    def forward(self, xs, h0, c0):
        Wx, Wh, b = self.params
        H = h0.shape[1]
        h, c = h0, c0
        self.steps = []
        for t in range(xs.shape[1]):
            x = xs[:, t]
            A = x @ Wx + h @ Wh + b
            f = sigmoid(A[:, :H])
            g = np.tanh(A[:, H : 2 * H])
            i = sigmoid(A[:, 2 * H : 3 * H])
            o = sigmoid(A[:, 3 * H :])
            c_prev, h_prev = c, h
            c = f * c_prev + g * i
            tc = np.tanh(c)
            h = o * tc
            self.steps.append((x, h_prev, c_prev, f, g, i, o, tc))
        return h * 1.0, c * 1.0

    def backward(self, dh, dc):
        Wx, Wh, b = self.params
        dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
        dxs = []
        for x, h_prev, c_prev, f, g, i, o, tc in reversed(self.steps):
            do = dh * tc * o * (1 - o)
            dc = dc + dh * o * (1 - tc ** 2)
            df = dc * c_prev * f * (1 - f)
            dg = dc * i * (1 - g ** 2)
            di = dc * g * i * (1 - i)
            dA = np.hstack([df, dg, di, do])
            dWx += x.T @ dA
            dWh += h_prev.T @ dA
            db += dA.sum(0)
            dxs.insert(0, dA @ Wx.T)
            dh = dA @ Wh.T
            dc = dc * f
        self.dWx, self.dWh, self.db = dWx, dWh, db
        return np.stack(dxs, axis=1), dh, dc


op = adapt(LSTM, name="lstm", xs="N T D", h0="N H", c0="N H", Wx="D 4*H", Wh="H 4*H", b="4*H")
""",
)

SEQUENCE_AND_STATE = Program(
    "rnn_returning_state",
    '''\
import numpy as np

from gradcheck import Array, Op


def forward(x, h0, w, u):
    """All hidden states (T, H), and the last one for the next chunk."""
    hs = []
    h = h0
    for t in range(len(x)):
        h = np.tanh(x[t] @ w + h @ u)
        hs.append(h)
    return (np.stack(hs), h.copy()), (x, h0, w, u, hs)


def backward(upstreams, cache):
    dhs, dlast = upstreams
    x, h0, w, u, hs = cache
    dx, dw, du = np.zeros_like(x), np.zeros_like(w), np.zeros_like(u)
    carry = dlast.copy()
    for t in range(len(x) - 1, -1, -1):
        dz = (dhs[t] + carry) * (1 - hs[t] ** 2)
        before = hs[t - 1] if t > 0 else h0
        dw += np.outer(x[t], dz)
        du += np.outer(before, dz)
        dx[t] = w @ dz
        carry = u @ dz
    return dx, carry, dw, du


op = Op(
    "rnn_with_state", forward, backward,
    inputs={"x": Array("T D"), "h0": Array("H"), "w": Array("D H"), "u": Array("H H")}, outputs=("hs", "last"),
)
''',
)

CUMSUM_STATE = Program(
    "chunked_cumsum",
    """\
import numpy as np

from gradcheck import adapt, choice


def chunk(x, start, decay):
    # decayed running sum of a chunk; the last value is carried to the next chunk
    y = np.empty_like(x)
    acc = start
    for t in range(x.shape[1]):
        acc = decay * acc + x[:, t]
        y[:, t] = acc
    return y, acc * 1.0, (decay, x.shape)


def chunk_grad(dy, dcarry, cache):
    decay, shape = cache
    dx = np.empty(shape)
    acc = dcarry.copy()
    for t in reversed(range(shape[1])):
        acc = acc + dy[:, t]
        dx[:, t] = acc
        acc = decay * acc
    return dx, acc


op = adapt(chunk, chunk_grad, name="chunk", x="N T", start="N", decay=choice(0.9, 0.5))
""",
)

GRU_LAYER = Program(
    "gru_layer",
    """\
import numpy as np


def sig(a):
    return 1.0 / (1.0 + np.exp(-a))


def forward(x: "T N D", W: "D 3*H", U: "H 3*H"):
    T, N, D = x.shape
    H = U.shape[0]
    hs = np.zeros((T + 1, N, H))
    tape = []
    for t in range(T):
        h = hs[t]
        a = x[t] @ W
        u = h @ U
        r = sig(a[:, :H] + u[:, :H])
        z = sig(a[:, H : 2 * H] + u[:, H : 2 * H])
        n = np.tanh(a[:, 2 * H :] + r * u[:, 2 * H :])
        hs[t + 1] = (1 - z) * n + z * h
        tape.append((r, z, n, u[:, 2 * H :]))
    return hs[1:].copy(), (x, W, U, hs, tape)


def backward(dhs, cache):
    x, W, U, hs, tape = cache
    dx, dW, dU = np.zeros_like(x), np.zeros_like(W), np.zeros_like(U)
    dh_next = np.zeros_like(hs[0])
    for t in range(len(x) - 1, -1, -1):
        r, z, n, un = tape[t]
        dh = dhs[t] + dh_next
        dn = dh * (1 - z) * (1 - n ** 2)
        dz = dh * (hs[t] - n) * z * (1 - z)
        dr = dn * un * r * (1 - r)
        da = np.concatenate([dr, dz, dn], axis=1)
        du = np.concatenate([dr, dz, dn * r], axis=1)
        dW += x[t].T @ da
        dU += hs[t].T @ du
        dx[t] = da @ W.T
        dh_next = du @ U.T + dh * z
    return dx, dW, dU
""",
)

GLU = Program(
    "glu_split",
    """\
import numpy as np


class GLU:
    def forward(self, x: "N 2*D"):
        self.a, self.b = np.split(x, 2, axis=1)
        self.s = 1 / (1 + np.exp(-self.b))
        return self.a * self.s

    def backward(self, dout):
        da = dout * self.s
        db = dout * self.a * self.s * (1 - self.s)
        return np.concatenate([da, db], axis=1)
""",
)

CUMSUM = Program(
    "cumsum_op",
    """\
import numpy as np


class CumSum:
    def forward(self, x: "N T"):
        return np.cumsum(x, axis=1)

    def backward(self, g):
        return np.cumsum(g[:, ::-1], axis=1)[:, ::-1].copy()
""",
)

DISCOUNTED_RETURN = Program(
    "discounted_returns",
    '''\
import numpy as np

from gradcheck import adapt, choice


def returns(rewards, gamma):
    """G_t = r_t + gamma * G_{t+1}"""
    G = np.zeros_like(rewards)
    running = np.zeros(rewards.shape[0])
    for t in reversed(range(rewards.shape[1])):
        running = rewards[:, t] + gamma * running
        G[:, t] = running
    return G, gamma


def returns_grad(dG, gamma):
    drewards = np.zeros_like(dG)
    running = np.zeros(dG.shape[0])
    for t in range(dG.shape[1]):
        running = dG[:, t] + gamma * running
        drewards[:, t] = running
    return drewards


op = adapt(returns, returns_grad, name="returns", rewards="B T", gamma=choice(0.9, 0.5))
''',
)

LOG_CUMSUM = Program(
    "log_prefix_products",
    """\
import numpy as np


def forward(logits: "T K"):
    # log-survival: sum of log(1 - sigmoid) over the past, as in stick breaking
    soft = np.maximum(logits, 0) + np.log1p(np.exp(-np.abs(logits)))
    return -np.cumsum(soft, axis=0), logits


def backward(dy, logits):
    e = np.exp(-np.abs(logits))
    s = np.where(logits >= 0, 1.0, e) / (1 + e)
    suffix = np.flip(np.cumsum(np.flip(dy, 0), axis=0), 0)
    return -suffix * s
""",
)

BATCH_LOOP_NORM = Program(
    "per_sample_norm_loop",
    """\
import numpy as np


def forward(x: "N D", w: "D"):
    out = np.zeros_like(x)
    for n in range(len(x)):
        out[n] = np.tanh(x[n]) * w
    return out, (x, w)


def backward(dout, cache):
    x, w = cache
    dx = np.zeros_like(x)
    dw = np.zeros_like(w)
    for n in range(len(x)):
        t = np.tanh(x[n])
        dx[n] = dout[n] * w * (1 - t ** 2)
        dw += dout[n] * t
    return dx, dw
""",
)

POOL_RETURN = Program(
    "pool_by_windows",
    """\
import numpy as np

from gradcheck import Array, distinct


class MaxPool2:
    def forward(self, image: Array("2*H 2*W", distinct())):
        self.image = image
        h, w = image.shape[0] // 2, image.shape[1] // 2
        out = np.zeros((h, w))
        for i in range(h):
            for j in range(w):
                out[i, j] = image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()
        return out

    def backward(self, dout):
        d_image = np.zeros_like(self.image)
        for i in range(dout.shape[0]):
            for j in range(dout.shape[1]):
                region = self.image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
                a, b = np.argwhere(region == region.max())[0]
                d_image[2 * i + a, 2 * j + b] = dout[i, j]
        return d_image
""",
)

LIST_OF_LAYERS = Program(
    "deep_tanh_list",
    """\
import numpy as np


def forward(x: "N D", w0: "D D", w1: "D D", w2: "D D"):
    weights = [w0, w1, w2]
    acts = [x]
    for w in weights:
        acts.append(np.tanh(acts[-1] @ w))
    return acts[-1].copy(), (weights, acts)


def backward(dout, cache):
    weights, acts = cache
    grads = [np.zeros_like(w) for w in weights]
    delta = dout
    for layer in range(len(weights) - 1, -1, -1):
        delta = delta * (1 - acts[layer + 1] ** 2)
        grads[layer] = acts[layer].T @ delta
        delta = delta @ weights[layer].T
    return delta, *grads
""",
)

ATTENTION_POOL_RNN = Program(
    "bidirectional_mean",
    """\
import numpy as np


def run(x, w, u):
    h = np.zeros((x.shape[1], u.shape[0]))
    hs = []
    for t in range(len(x)):
        h = np.maximum(x[t] @ w + h @ u, 0.1 * (x[t] @ w + h @ u))
        hs.append(h)
    return np.array(hs)


def forward(x: "T N D", w: "D H", u: "H H"):
    hs = run(x, w, u)
    return hs.mean(axis=0), (x, w, u, hs)


def backward(dy, cache):
    x, w, u, hs = cache
    T = len(x)
    dx, dw, du = np.zeros_like(x), np.zeros_like(w), np.zeros_like(u)
    dh = np.zeros_like(dy)
    for t in range(T - 1, -1, -1):
        dh = dh + dy / T
        dz = dh * np.where(hs[t] > 0, 1.0, 0.1)
        if t > 0:
            du += hs[t - 1].T @ dz
        dw += x[t].T @ dz
        dx[t] = dz @ w.T
        dh = dz @ u.T
    return dx, dw, du
""",
)

LSTM_GATES = "dA = np.hstack([df, dg, di, do])"
ONE_STEP = ("one-step-only", "overwritten")
"""Where each round of the loop assigns, one step is left."""

WRONGS = (
    Wrong("time-link-missing", VANILLA_RNN, "dnext = dh[:, t] + dprev_h", "dnext = dh[:, t]"),
    Wrong("time-link-missing", KARPATHY_RNN, "dh = np.dot(Why.T, dy) + dhnext", "dh = np.dot(Why.T, dy)"),
    Wrong("time-link-missing", LINEAR_SCAN, "g = dh[t] + carry", "g = dh[t]"),
    Wrong("time-link-missing", GRU_LAYER, "dh = dhs[t] + dh_next", "dh = dhs[t]"),
    Wrong(("time-link-missing", "zero"), SEQUENCE_AND_STATE, "carry = u @ dz", "carry = np.zeros_like(dz)"),
    Wrong(ONE_STEP, VANILLA_RNN, "        dWh += dWh_t\n", "        dWh = dWh_t\n"),
    Wrong(ONE_STEP, KARPATHY_RNN, "dWxh += np.dot(dhraw, xs[t].T)", "dWxh = np.dot(dhraw, xs[t].T)"),
    Wrong(ONE_STEP, LSTM_LAYER, "db += dA.sum(0)", "db = dA.sum(0)"),
    Wrong("one-step-only", ATTENTION_POOL_RNN, "for t in range(T - 1, -1, -1):", "for t in [T - 1]:"),
    Wrong("state-gradient-missing", SEQUENCE_AND_STATE, "carry = dlast.copy()", "carry = np.zeros_like(dlast)"),
    Wrong("state-gradient-missing", CUMSUM_STATE, "acc = dcarry.copy()", "acc = np.zeros_like(dcarry)"),
    Wrong("state-gradient-missing", LSTM_LAYER, "        dxs = []\n", "        dxs, dc = [], 0\n"),
    Wrong("gates-exchanged", LSTM_LAYER, LSTM_GATES, "dA = np.hstack([di, dg, df, do])"),
    Wrong(
        "gates-exchanged",
        GRU_LAYER,
        "da = np.concatenate([dr, dz, dn], axis=1)",
        "da = np.concatenate([dz, dr, dn], axis=1)",
    ),
    Wrong("gates-exchanged", GLU, "np.concatenate([da, db], axis=1)", "np.concatenate([db, da], axis=1)"),
    Wrong("gates-exchanged", LSTM_LAYER, LSTM_GATES, "dA = np.hstack([df, di, dg, do])"),
    Wrong("wrong-direction", CUMSUM, "np.cumsum(g[:, ::-1], axis=1)[:, ::-1].copy()", "np.cumsum(g, axis=1)"),
    Wrong(
        "wrong-direction", DISCOUNTED_RETURN, "for t in range(dG.shape[1]):", "for t in reversed(range(dG.shape[1])):"
    ),
    Wrong(
        "wrong-direction",
        LOG_CUMSUM,
        "suffix = np.flip(np.cumsum(np.flip(dy, 0), axis=0), 0)",
        "suffix = np.cumsum(dy, axis=0)",
    ),
    Wrong("wrong-direction", LINEAR_SCAN, "for t in range(T - 1, -1, -1):", "for t in range(T):"),
    Wrong(
        "early-return",
        BATCH_LOOP_NORM,
        "        dw += dout[n] * t\n    return dx, dw",
        "        dw += dout[n] * t\n        return dx, dw",
    ),
    Wrong("early-return", POOL_RETURN, "\n        return d_image", "\n            return d_image"),
    Wrong("early-return", LIST_OF_LAYERS, "    return delta, *grads", "        return delta, *grads"),
)
"""Wrong programs of these causes."""
