"""Indices: another one in its place, and bounds that are off by one."""

from wrong_programs.program import Program, Wrong

NAIVE_SOFTMAX_LOSS = Program(
    "cs231n_softmax_naive",
    '''\
import numpy as np

from gradcheck import Array, adapt, indices


def softmax_loss_naive(W, X, y, reg):
    """Softmax loss, with loops over samples and classes; returns loss and dW."""
    loss = 0.0
    dW = np.zeros_like(W)
    num_train = X.shape[0]
    num_classes = W.shape[1]
    for i in range(num_train):
        scores = X[i].dot(W)
        scores -= np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -(scores[y[i]] - np.log(np.sum(np.exp(scores))))
        for j in range(num_classes):
            dW[:, j] += p[j] * X[i]
        dW[:, y[i]] -= X[i]
    loss = loss / num_train + reg * np.sum(W * W)
    dW = dW / num_train + 2 * reg * W
    return loss, dW


op = adapt(
    softmax_loss_naive, adapter="loss", name="softmax_loss", W="D C", X="N D", y=Array("N", indices("C")), reg=0.1,
    gradients=["W"],
)
''',
)

TRIPLE_LOOP_MATMUL = Program(
    "matmul_triple_loop",
    """\
import numpy as np


def matmul_forward(a: "N N", b: "N N"):
    n = a.shape[0]
    c = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            for k in range(n):
                c[i, j] += a[i, k] * b[k, j]
    return c, (a, b)


def matmul_backward(dc, cache):
    a, b = cache
    n = a.shape[0]
    da = np.zeros((n, n))
    db = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            for k in range(n):
                da[i, k] += dc[i, j] * b[k, j]
                db[k, j] += a[i, k] * dc[i, j]
    return da, db
""",
)

GRAPH_CONV = Program(
    "message_passing",
    """\
import numpy as np

from gradcheck import Array, adapt, indices


class GraphConv:
    # y[dst] += weight of the edge * x[src]
    def forward(self, x, src, dst, ew):
        self.x, self.src, self.dst, self.ew = x, src, dst, ew
        out = np.zeros_like(x)
        np.add.at(out, dst, ew[:, None] * x[src])
        return out

    def backward(self, dout):
        dx = np.zeros_like(self.x)
        dmsg = dout[self.dst]
        np.add.at(dx, self.src, self.ew[:, None] * dmsg)
        dew = (dmsg * self.x[self.src]).sum(1)
        return dx, None, None, dew


op = adapt(
    GraphConv, name="graph_conv", x="V D", src=Array("E", indices("V")), dst=Array("E", indices("V")), ew="E"
)
""",
)

BILINEAR_FORM = Program(
    "pairwise_interactions",
    '''\
import numpy as np

from gradcheck import adapt, whole


def pairs_of_fields(v):
    """Factorisation machine: sum over pairs of fields of <v_i, v_j>."""
    N, F, K = v.shape
    out = np.zeros(N)
    for i in range(F):
        for j in range(i + 1, F):
            out += np.sum(v[:, i] * v[:, j], axis=1)
    return out, v


def pairs_of_fields_grad(dout, v):
    F = v.shape[1]
    dv = np.zeros_like(v)
    for i in range(F):
        for j in range(i + 1, F):
            dv[:, i] += dout[:, None] * v[:, j]
            dv[:, j] += dout[:, None] * v[:, i]
    return dv


op = adapt(pairs_of_fields, pairs_of_fields_grad, name="fm", v="N F K", sizes={"F": whole(1, 6)})
''',
)

TOTAL_VARIATION = Program(
    "smooth_total_variation",
    """\
import numpy as np

from gradcheck import adapt, whole


def tv_loss(img, weight=0.5):
    # squared total variation, as in style transfer
    down = img[:, 1:, :] - img[:, :-1, :]
    right = img[:, :, 1:] - img[:, :, :-1]
    loss = weight * (np.sum(down ** 2) + np.sum(right ** 2))
    grad = np.zeros_like(img)
    C, H, W = img.shape
    for i in range(H - 1):
        grad[:, i] -= 2 * weight * down[:, i]
        grad[:, i + 1] += 2 * weight * down[:, i]
    for j in range(W - 1):
        grad[:, :, j] -= 2 * weight * right[:, :, j]
        grad[:, :, j + 1] += 2 * weight * right[:, :, j]
    return loss, grad


op = adapt(
    tv_loss, adapter="loss", name="tv", img="C H W", sizes={"H": whole(2, None), "W": whole(2, None)}, gradients=["img"]
)
""",
)

CAUSAL_SHIFT = Program(
    "rwkv_token_shift",
    """\
import numpy as np


class TokenShift:
    # RWKV: mixes each token with the one before it
    def __init__(self, mix: "D"):
        self.mix = mix

    def forward(self, x: "B T D"):
        prev = np.zeros_like(x)
        prev[:, 1:] = x[:, :-1]
        self.x, self.prev = x, prev
        return x * self.mix + prev * (1 - self.mix)

    def backward(self, dout):
        self.dmix = (dout * (self.x - self.prev)).sum((0, 1))
        dx = dout * self.mix
        dprev = dout * (1 - self.mix)
        for t in range(1, dout.shape[1]):
            dx[:, t - 1] += dprev[:, t]
        return dx
""",
)

TRAPEZOID = Program(
    "trapezoid_rule",
    """\
import numpy as np

from gradcheck import adapt, whole


def integrate(f, dt):
    return dt * (f[:, 1:-1].sum(axis=1) + 0.5 * (f[:, 0] + f[:, -1])), (f.shape, dt)


def integrate_back(g, saved):
    shape, dt = saved
    w = np.full(shape[1], dt)
    w[0] = 0.5 * dt
    w[shape[1] - 1] = 0.5 * dt
    return g[:, None] * w


op = adapt(integrate, integrate_back, name="trapezoid", f="N T", dt=0.25, sizes={"T": whole(3, None)})
""",
)

GATHER_LAST = Program(
    "last_valid_state",
    """\
import numpy as np

from gradcheck import Array, adapt, indices


def last_state(h, last):
    # the state at the last token of each sequence
    return h[np.arange(len(h)), last], (h.shape, last)


def last_state_backward(dy, cache):
    shape, last = cache
    dh = np.zeros(shape)
    for b in range(shape[0]):
        dh[b, last[b]] = dy[b]
    return dh, None


op = adapt(last_state, last_state_backward, name="last_state", h="B T D", last=Array("B", indices("T")))
""",
)

PREFIX_MEAN = Program(
    "prefix_sums_of_past",
    """\
import numpy as np

from gradcheck import adapt, whole


def past_sums(x, w):
    # each position gets the weighted sum of all positions before it, itself left out
    N, T = x.shape
    y = np.zeros((N, T))
    for t in range(T):
        for s in range(t):
            y[:, t] += w[s] * x[:, s]
    return y, (x, w)


def past_sums_grad(dy, cache):
    x, w = cache
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for t in range(x.shape[1]):
        for s in range(t):
            dx[:, s] += w[s] * dy[:, t]
            dw[s] += np.dot(x[:, s], dy[:, t])
    return dx, dw


op = adapt(past_sums, past_sums_grad, name="past_sums", x="N T", w="T", sizes={"T": whole(1, 8)})
""",
)

POSITION_TABLE = Program(
    "relative_position_bias",
    """\
import numpy as np


class RelativeBias:
    def __init__(self, table: "2*T-1"):
        self.table = table

    def forward(self, scores: "T T"):
        T = len(scores)
        self.offset = np.arange(T)[:, None] - np.arange(T)[None, :] + T - 1
        return scores + self.table[self.offset]

    def backward(self, dout):
        dtable = np.zeros_like(self.table)
        T = dout.shape[0]
        for i in range(T):
            for j in range(T):
                dtable[i - j + T - 1] += dout[i, j]
        self.dtable = dtable
        return dout.copy()
""",
)

WRONGS = (
    Wrong("wrong-index", NAIVE_SOFTMAX_LOSS, "dW[:, j] += p[j] * X[i]", "dW[:, j] += p[y[i]] * X[i]"),
    Wrong(
        ("wrong-index", "transposed"),
        TRIPLE_LOOP_MATMUL,
        "da[i, k] += dc[i, j] * b[k, j]",
        "da[i, k] += dc[i, j] * b[j, k]",
    ),
    Wrong(
        ("wrong-index", "wrong-variable"),
        GRAPH_CONV,
        "np.add.at(dx, self.src, self.ew[:, None] * dmsg)",
        "np.add.at(dx, self.dst, self.ew[:, None] * dmsg)",
    ),
    Wrong("wrong-index", BILINEAR_FORM, "dv[:, j] += dout[:, None] * v[:, i]", "dv[:, j] += dout[:, None] * v[:, j]"),
    Wrong("wrong-index", GATHER_LAST, "dh[b, last[b]] = dy[b]", "dh[b, last[0]] = dy[b]"),
    Wrong("off-by-one", CAUSAL_SHIFT, "dx[:, t - 1] += dprev[:, t]", "dx[:, t] += dprev[:, t]"),
    Wrong("off-by-one", GATHER_LAST, "dh[b, last[b]] = dy[b]", "dh[b, last[b] - 1] = dy[b]"),
    Wrong(
        "off-by-one",
        PREFIX_MEAN,
        "        for s in range(t):\n            dx",
        "        for s in range(t + 1):\n            dx",
    ),
    Wrong("off-by-one", TRAPEZOID, "w[shape[1] - 1] = 0.5 * dt", "w[shape[1] - 2] = 0.5 * dt"),
    Wrong("off-by-one", POSITION_TABLE, "dtable[i - j + T - 1] += dout[i, j]", "dtable[i - j + T - 2] += dout[i, j]"),
    Wrong(("off-by-one", "window-missing"), TOTAL_VARIATION, "for i in range(H - 1):", "for i in range(H - 2):"),
)
"""Wrong programs of these causes."""
