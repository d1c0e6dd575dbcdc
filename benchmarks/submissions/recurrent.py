"""Recurrent layers of assignment 3 of CS231n."""

from submissions.piece import GRADIENT, VALUE, Style, make_mistake

STEP = Style(
    "as in the handout",
    ("rnn_step",),
    """\
def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(np.dot(x, Wx) + np.dot(prev_h, Wh) + b)
    cache = (x, prev_h, Wx, Wh, next_h)
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h ** 2)
    dx = np.dot(da, Wx.T)
    dprev_h = np.dot(da, Wh.T)
    dWx = np.dot(x.T, da)
    dWh = np.dot(prev_h.T, da)
    db = np.sum(da, axis=0)
    return dx, dprev_h, dWx, dWh, db
""",
)
SERIES = Style(
    "as in the handout",
    ("rnn",),
    """\
def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h = np.zeros((N, T, h0.shape[1]))
    cache, prev_h = [], h0
    for t in range(T):
        prev_h, step = rnn_step_forward(x[:, t, :], prev_h, Wx, Wh, b)
        h[:, t, :] = prev_h
        cache.append(step)
    return h, cache


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    D = cache[0][0].shape[1]
    dx, dprev_h = np.zeros((N, T, D)), np.zeros((N, H))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    for t in reversed(range(T)):
        dx[:, t], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev_h, cache[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    dh0 = dprev_h
    return dx, dh0, dWx, dWh, db
""",
    ("rnn_step",),
)
EMBEDDING = Style(
    "added at",
    ("word_embedding",),
    """\
def word_embedding_forward(x, W):
    out = W[x, :]
    return out, (x, W)


def word_embedding_backward(dout, cache):
    x, W = cache
    dW = np.zeros_like(W)
    np.add.at(dW, x, dout)
    return dW
""",
)
LOOPED_EMBEDDING = Style(
    "loops",
    ("word_embedding",),
    """\
def word_embedding_forward(x, W):
    return np.array([[W[word] for word in sentence] for sentence in x]), {"x": x, "shape": W.shape}


def word_embedding_backward(dout, cache):
    dW = np.zeros(cache["shape"])
    for n, t in np.ndindex(cache["x"].shape):
        dW[cache["x"][n, t]] += dout[n, t]
    return dW
""",
)
GATES = Style(
    "as in the handout",
    ("lstm_step",),
    """\
def sigmoid(x):
    pos_mask = x >= 0
    z = np.zeros_like(x)
    z[pos_mask] = np.exp(-x[pos_mask])
    z[~pos_mask] = np.exp(x[~pos_mask])
    top = np.ones_like(x)
    top[~pos_mask] = z[~pos_mask]
    return top / (1 + z)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_h.shape[1]
    a = x.dot(Wx) + prev_h.dot(Wh) + b
    i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), sigmoid(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H :])
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    tanh_c = np.tanh(next_c)
    do = dnext_h * tanh_c
    dc = dnext_c + dnext_h * o * (1 - tanh_c ** 2)
    df = dc * prev_c
    di = dc * g
    dg = dc * i
    dprev_c = dc * f
    da = np.hstack((di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g ** 2)))
    dx = da.dot(Wx.T)
    dprev_h = da.dot(Wh.T)
    dWx = x.T.dot(da)
    dWh = prev_h.T.dot(da)
    db = da.sum(axis=0)
    return dx, dprev_h, dprev_c, dWx, dWh, db
""",
)
LONG = Style(
    "a list of caches",
    ("lstm",),
    """\
def lstm_forward(x, h0, Wx, Wh, b):
    h, caches = [h0], []
    c = np.zeros(h0.shape)
    for t in range(x.shape[1]):
        next_h, c, cache = lstm_step_forward(x[:, t], h[-1], c, Wx, Wh, b)
        h.append(next_h)
        caches.append(cache)
    return np.array(h[1:]).transpose(1, 0, 2), caches


def lstm_backward(dh, cache):
    dx, dprev_h, dprev_c = [], 0, 0
    totals = [0, 0, 0]
    for t in range(len(cache) - 1, -1, -1):
        step = lstm_step_backward(dh[:, t] + dprev_h, dprev_c, cache[t])
        dx.insert(0, step[0])
        dprev_h, dprev_c = step[1], step[2]
        totals = [total + part for total, part in zip(totals, step[3:])]
    return (np.stack(dx, 1), dprev_h, *totals)
""",
    ("lstm_step",),
)
STYLES = (STEP, SERIES, EMBEDDING, LOOPED_EMBEDDING, GATES, LONG)
MISTAKES = (
    make_mistake("slope of the sum", STEP, GRADIENT, ("(1 - next_h ** 2)", "(1 - np.tanh(next_h) ** 2)")),
    make_mistake("slope missing for dx", STEP, GRADIENT, ("np.dot(da, Wx.T)", "np.dot(dnext_h, Wx.T)")),
    make_mistake("through time left out", SERIES, GRADIENT, ("dh[:, t] + dprev_h, cache[t]", "dh[:, t], cache[t]")),
    make_mistake("last step alone", SERIES, GRADIENT, ("dWh += dWh_t", "dWh = dWh_t")),
    make_mistake("repeated words overwritten", EMBEDDING, GRADIENT, ("np.add.at(dW, x, dout)", "dW[x] = dout")),
    make_mistake("repeated words added once", LOOPED_EMBEDDING, GRADIENT, ("] += dout[n, t]", "] = dout[n, t]")),
    make_mistake("slope of a gate at its output", GATES, GRADIENT, ("dg * (1 - g ** 2)", "dg * (1 - np.tanh(g) ** 2)")),
    make_mistake("cell gradient left out", GATES, GRADIENT, ("dc = dnext_c + dnext_h", "dc = dnext_h")),
    make_mistake(
        "gates exchanged",
        GATES,
        VALUE,
        (
            "i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H])",
            "f, i, o = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H])",
        ),
    ),
    make_mistake("cell not handed back", LONG, GRADIENT, ("dprev_h, dprev_c = step[1], step[2]", "dprev_h = step[1]")),
)
