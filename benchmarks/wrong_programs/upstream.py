"""Gradients with another upstream: none, twice, summed, that of another output; and gradients that are exchanged."""

from wrong_programs.program import Program, Wrong
from wrong_programs.scale import AFFINE

GATED_UNIT = Program(
    "gated_linear_unit",
    """
import numpy as np
from gradcheck import adapt


def sigmoid(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))


def glu(a, b):
    s = sigmoid(b)

    def backprop(dy):
        return dy * s, dy * a * s * (1 - s)

    return a * s, backprop


op = adapt(glu, adapter="closure", a="N D", b="N D")
""",
)

LAYERNORM_PAIR = Program(
    "layernorm_pair",
    """
import numpy as np


def layernorm_forward(x: "N D", gamma: "D", beta: "D"):
    eps = 1e-5
    xt = x.T
    mean = np.mean(xt, axis=0)
    var = np.var(xt, axis=0)
    std = np.sqrt(var + eps)
    xhat = ((xt - mean) / std).T
    out = gamma * xhat + beta
    cache = {"xhat": xhat, "std": std, "gamma": gamma}
    return out, cache


def layernorm_backward(dout, cache):
    xhat, std, gamma = cache["xhat"], cache["std"][:, None], cache["gamma"]
    D = dout.shape[1]
    dgamma = np.sum(dout * xhat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dxhat = dout * gamma
    dx = D * dxhat - np.sum(dxhat, axis=1, keepdims=True) - xhat * np.sum(dxhat * xhat, axis=1, keepdims=True)
    dx = dx / D / std
    return dx, dgamma, dbeta
""",
)

ATTENTION = Program(
    "scaled_dot_product",
    """
import numpy as np


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def attention_forward(q: "B T D", k: "B S D", v: "B S D"):
    scale = 1.0 / np.sqrt(q.shape[-1])
    attn = softmax(np.matmul(q, k.transpose(0, 2, 1)) * scale)
    return np.matmul(attn, v), (q, k, v, attn, scale)


def attention_backward(dout, cache):
    q, k, v, attn, scale = cache
    dv = np.matmul(attn.transpose(0, 2, 1), dout)
    dattn = np.matmul(dout, v.transpose(0, 2, 1))
    dscores = attn * (dattn - np.sum(dattn * attn, axis=-1, keepdims=True)) * scale
    dq = np.matmul(dscores, k)
    dk = np.matmul(dscores.transpose(0, 2, 1), q)
    return dq, dk, dv
""",
)

SOFTMAX_WITH_LOSS = Program(
    "softmax_with_loss_layer",
    """
import numpy as np
from gradcheck import Array, adapt, indices


class SoftmaxWithLoss:
    def __init__(self):
        self.p = None
        self.t = None

    def forward(self, x, t):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        self.t = t
        return -np.mean(np.log(self.p[np.arange(len(t)), t] + 1e-7))

    def backward(self, dout=1):
        n = len(self.t)
        rows = np.arange(n)
        dp = np.zeros_like(self.p)
        dp[rows, self.t] = -1 / (self.p[rows, self.t] + 1e-7) / n
        dx = self.p * (dp - (dp * self.p).sum(axis=1, keepdims=True))
        return dx * dout


op = adapt(SoftmaxWithLoss, x="N C", t=Array("N", indices("C")))
""",
)

SIGMOID_LAYER = Program(
    "sigmoid_layer",
    """
import numpy as np


class Sigmoid:
    def forward(self, x: "N D"):
        e = np.exp(-np.abs(x))
        self.y = np.where(x >= 0, 1, e) / (1 + e)
        return self.y.copy()

    def backward(self, dLdy):
        dx = dLdy * self.y * (1 - self.y)
        return dx
""",
)

HUBER = Program(
    "huber_rows",
    """
import numpy as np


def huber_forward(pred: "N D", target: "N D", delta=1.0):
    diff = pred - target
    small = np.abs(diff) <= delta
    loss = np.where(small, 0.5 * diff ** 2, delta * (np.abs(diff) - 0.5 * delta))
    return loss.sum(axis=1), (diff, small, delta)


def huber_backward(gy, cache):
    diff, small, delta = cache
    g = np.where(small, diff, delta * np.sign(diff))
    gx = gy[:, None] * g
    return gx, -gx
""",
)

DENSE_TANH = Program(
    "dense_tanh",
    """
import numpy as np


def dense_tanh_forward(x: "N D", W: "D M", b: "M"):
    a = np.tanh(x @ W + b)
    return a.copy(), (x, W, a)


def dense_tanh_backward(da, cache):
    x, W, a = cache
    dz = da * (1.0 - a * a)
    dx = dz @ W.T
    dW = x.T @ dz
    db = dz.sum(axis=0)
    return dx, dW, db
""",
)

SOFTMAX = Program(
    "softmax_by_rows",
    """
import numpy as np


def softmax_forward(x: "N C"):
    p = np.exp(x - np.max(x, axis=1, keepdims=True))
    p = p / np.sum(p, axis=1, keepdims=True)
    return p.copy(), p


def softmax_backward(dp, p):
    weighted = np.sum(dp * p, axis=1, keepdims=True)
    return p * (dp - weighted)
""",
)

FILM = Program(
    "film",
    """
import numpy as np
from gradcheck import adapt


class FiLM:
    \"\"\"Feature-wise linear modulation: h (N, C, T), gamma and beta (N, C).\"\"\"

    def forward(self, h, gamma, beta):
        self.cache = h, gamma
        return h * gamma[..., None] + beta[..., None]

    def backward(self, g):
        h, gamma = self.cache
        dh = g * gamma[..., None]
        dgamma = (g * h).sum(axis=-1)
        dbeta = g.sum(axis=-1)
        return dh, dgamma, dbeta


op = adapt(FiLM, h="N C T", gamma="N C", beta="N C")
""",
)

KL_ROWS = Program(
    "kl_rows",
    """
import numpy as np
from gradcheck import Array, positive


def kl_forward(p: Array("N C", positive()), q: Array("N C", positive())):
    return np.sum(p * (np.log(p) - np.log(q)), axis=1), (p, q)


def kl_backward(dout, cache):
    p, q = cache
    dp = dout[:, None] * (np.log(p) - np.log(q) + 1)
    dq = -dout[:, None] * p / q
    return dp, dq
""",
)

ROW_CROSS_ENTROPY = Program(
    "cross_entropy_rows",
    """
import numpy as np
from gradcheck import Array, indices


def cross_entropy_forward(scores: "N C", labels: Array("N", indices("C"))):
    \"\"\"One loss a row, not averaged.\"\"\"
    z = scores - scores.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(labels)), labels], (np.exp(log_p), labels)


def cross_entropy_backward(dloss, cache):
    p, labels = cache
    d = p - np.eye(p.shape[1])[labels]
    return d * dloss[:, None], None
""",
)

ROW_NORM = Program(
    "row_norms",
    """
import numpy as np


class RowNorm:
    def forward(self, x: "N D"):
        self.x = x
        self.norm = np.sqrt((x ** 2).sum(axis=-1) + 1e-8)
        return self.norm.copy()

    def backward(self, dout):
        return dout[:, None] * self.x / self.norm[:, None]
""",
)

POLAR = Program(
    "polar_to_cartesian",
    """
import numpy as np


def polar_forward(r: "N", theta: "N"):
    x, y = r * np.cos(theta), r * np.sin(theta)
    return (x, y), (r, theta)


def polar_backward(grads, cache):
    dx, dy = grads
    r, theta = cache
    dr = dx * np.cos(theta) + dy * np.sin(theta)
    dtheta = -dx * r * np.sin(theta) + dy * r * np.cos(theta)
    return dr, dtheta
""",
)

LSTM_STEP = Program(
    "lstm_step",
    """
import numpy as np


def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


def lstm_step_forward(x: "N D", prev_h: "N H", prev_c: "N H", Wx: "D 4*H", Wh: "H 4*H", b: "4*H"):
    a = x @ Wx + prev_h @ Wh + b
    ai, af, ao, ag = np.split(a, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    c = f * prev_c + i * g
    tanh_c = np.tanh(c)
    return o * tanh_c, c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, tanh_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tanh_c = cache
    dc = dnext_c + dnext_h * o * (1 - tanh_c ** 2)
    do = dnext_h * tanh_c
    dprev_c = dc * f
    di, df, dg = dc * g, dc * prev_c, dc * i
    da = np.hstack((di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g ** 2)))
    return da @ Wx.T, da @ Wh.T, dprev_c, x.T @ da, prev_h.T @ da, da.sum(axis=0)
""",
)

HAAR = Program(
    "haar_step",
    """
import numpy as np


def haar_forward(a: "N D", b: "N D"):
    low = (a + b) / np.sqrt(2)
    high = (a - b) / np.sqrt(2)
    return (low, high), None


def haar_backward(grads, _):
    dlow, dhigh = grads
    da = (dlow + dhigh) / np.sqrt(2)
    db = (dlow - dhigh) / np.sqrt(2)
    return da, db
""",
)

MOMENTS = Program(
    "row_moments",
    """
import numpy as np


def moments_forward(x: "N D"):
    mean = x.mean(axis=1)
    centered = x - mean[:, None]
    var = (centered ** 2).mean(axis=1)
    return (mean, var), centered


def moments_backward(grads, centered):
    dmean, dvar = grads
    D = centered.shape[1]
    return dmean[:, None] / D + dvar[:, None] * 2 * centered / D
""",
)

COMPLEX_PRODUCT = Program(
    "complex_product",
    """
import numpy as np


def complex_mul_forward(a: "N", b: "N", c: "N", d: "N"):
    # (a + ib)(c + id)
    return (a * c - b * d, a * d + b * c), (a, b, c, d)


def complex_mul_backward(grads, cache):
    dre, dim = grads
    a, b, c, d = cache
    da = dre * c + dim * d
    db = -dre * d + dim * c
    dc = dre * a + dim * b
    dd = -dre * b + dim * a
    return da, db, dc, dd
""",
)

L1_ROWS = Program(
    "l1_rows",
    """
import numpy as np


def l1_forward(a: "N D", b: "N D"):
    diff = a - b
    return np.abs(diff).sum(axis=1), diff


def l1_backward(dloss, diff):
    da = dloss[:, None] * np.sign(diff)
    return da, -da
""",
)

RELU_NET = Program(
    "relu_layer_loops",
    """
import numpy as np


class ReLU:
    def forward(self, x: "N D"):
        self.x = x
        out = np.zeros(x.shape)
        for i in range(x.shape[0]):
            for j in range(x.shape[1]):
                out[i, j] = x[i, j] if x[i, j] > 0 else 0.0
        return out

    def backward(self, dout):
        dx = dout * (self.x > 0)
        return dx
""",
)

DIVIDE = Program(
    "elementwise_divide",
    """
import numpy as np
from gradcheck import Array, nonzero


def divide_forward(num: "N D", den: Array("N D", nonzero())):
    return num / den, (num, den)


def divide_backward(g, cache):
    num, den = cache
    dnum = g / den
    dden = -g * num / den ** 2
    return dnum, dden
""",
)

EXCHANGED = (
    Wrong(
        "gradients-exchanged", GATED_UNIT, "return dy * s, dy * a * s * (1 - s)", "return dy * a * s * (1 - s), dy * s"
    ),
    Wrong("gradients-exchanged", LAYERNORM_PAIR, "return dx, dgamma, dbeta", "return dx, dbeta, dgamma"),
    Wrong("gradients-exchanged", ATTENTION, "return dq, dk, dv", "return dq, dv, dk"),
    Wrong("gradients-exchanged", DIVIDE, "return dnum, dden", "return dden, dnum"),
)
IGNORED = (
    Wrong("upstream-ignored", SOFTMAX_WITH_LOSS, "return dx * dout", "return dx"),
    Wrong("upstream-ignored", SIGMOID_LAYER, "dx = dLdy * self.y * (1 - self.y)", "dx = self.y * (1 - self.y)"),
    Wrong("upstream-ignored", HUBER, "gx = gy[:, None] * g", "gx = g"),
)
TWICE = (
    Wrong("upstream-twice", DENSE_TANH, "dx = dz @ W.T", "dx = (da * dz) @ W.T"),
    Wrong("upstream-twice", SOFTMAX, "return p * (dp - weighted)", "return dp * p * (dp - weighted)"),
    Wrong("upstream-twice", FILM, "dgamma = (g * h).sum(axis=-1)", "dgamma = (g * g * h).sum(axis=-1)"),
)
SUMMED = (
    Wrong("upstream-summed", KL_ROWS, "dq = -dout[:, None] * p / q", "dq = -np.sum(dout) * p / q"),
    Wrong("upstream-summed", ROW_CROSS_ENTROPY, "return d * dloss[:, None], None", "return d * np.mean(dloss), None"),
    Wrong("upstream-summed", ROW_NORM, "return dout[:, None] * self.x", "return dout.sum() * self.x"),
)
OF_ANOTHER = (
    Wrong(
        "upstream-wrong", POLAR, "dx * np.cos(theta) + dy * np.sin(theta)", "dx * np.cos(theta) + dx * np.sin(theta)"
    ),
    Wrong("upstream-wrong", LSTM_STEP, "do = dnext_h * tanh_c", "do = dnext_c * tanh_c"),
    Wrong("upstream-wrong", HAAR, "da = (dlow + dhigh)", "da = (dlow + dlow)"),
)
MISSING = (
    Wrong(
        "output-missing",
        MOMENTS,
        "return dmean[:, None] / D + dvar[:, None] * 2 * centered / D",
        "return dvar[:, None] * 2 * centered / D",
    ),
    Wrong("output-missing", LSTM_STEP, "dc = dnext_c + dnext_h * o", "dc = dnext_h * o"),
    Wrong("output-missing", COMPLEX_PRODUCT, "db = -dre * d + dim * c", "db = dim * c"),
)
SIGN_OF = (
    Wrong(
        "upstream-sign", L1_ROWS, "da = dloss[:, None] * np.sign(diff)", "da = np.sign(dloss)[:, None] * np.sign(diff)"
    ),
    # the sign of the upstream for that of the input: another variable as well
    Wrong(("upstream-sign", "wrong-variable"), RELU_NET, "dout * (self.x > 0)", "dout * (dout > 0)"),
    Wrong("upstream-sign", AFFINE, "dx = dout.dot(w.T)", "dx = np.sign(dout).dot(w.T)"),
)

WRONGS = (*EXCHANGED, *IGNORED, *TWICE, *SUMMED, *OF_ANOTHER, *MISSING, *SIGN_OF)
