"""Gradients with a term missing, too much or of the wrong sign, a way back not followed or followed twice."""

from wrong_programs.program import Program, Wrong
from wrong_programs.upstream import SOFTMAX

TAN = Program(
    "tan",
    """
import numpy as np
from gradcheck import Array, real


def tan_forward(x: Array("N", real(-1.2, 1.2))):
    y = np.tan(x)
    return y.copy(), y


def tan_backward(dy, y):
    return dy * (1 + y ** 2)
""",
)

GELU = Program(
    "exact_gelu",
    """
import numpy as np
from scipy.special import erf


def gelu_forward(x: "N D"):
    cdf = 0.5 * (1 + erf(x / np.sqrt(2)))
    return x * cdf, (x, cdf)


def gelu_backward(dout, cache):
    x, cdf = cache
    pdf = np.exp(-0.5 * x ** 2) / np.sqrt(2 * np.pi)
    return dout * (cdf + x * pdf)
""",
)

QUADRATIC_FORM = Program(
    "quadratic_form",
    """
import numpy as np


class QuadraticForm:
    \"\"\"x' A x of every row, where A need not be symmetric.\"\"\"

    def __init__(self, A: "D D"):
        self.A = A

    def forward(self, x: "N D"):
        self.x = x
        return np.sum((x @ self.A) * x, axis=1)

    def backward(self, dout):
        self.dA = np.einsum("n,ni,nj->ij", dout, self.x, self.x)
        dx = dout[:, None] * (self.x @ self.A.T + self.x @ self.A)
        return dx
""",
)

ROW_ENTROPY = Program(
    "row_entropy",
    """
import numpy as np
from gradcheck import Array, positive


def entropy_forward(p: Array("N C", positive())):
    log_p = np.log(p)
    return -np.sum(p * log_p, axis=1), log_p


def entropy_backward(dH, log_p):
    dp = np.zeros_like(log_p)
    for n in range(len(dH)):
        dp[n] = -dH[n] * (log_p[n] + 1)
    return dp
""",
)

PRENORM = Program(
    "prenorm_residual",
    """
import numpy as np


def norm_back(g, s, r):
    return r * g - s * r ** 3 * np.mean(g * s, axis=-1, keepdims=True)


def forward(x: "N D", residual: "N D", eps=1e-6):
    s = x + residual
    r = 1 / np.sqrt(np.mean(s * s, axis=-1, keepdims=True) + eps)
    return (s * r, s.copy()), (s, r)


def backward(grads, cache):
    dout, dres = grads
    s, r = cache
    ds = norm_back(dout, s, r) + dres
    return ds, ds.copy()
""",
)

PLAIN_DENSE = Program(
    "dense_no_skip",
    """
import numpy as np


def dense_forward(x: "N D", W: "D D"):
    h = np.maximum(0, x @ W)
    return h, (x, W, h > 0)


def dense_backward(dh, cache):
    x, W, on = cache
    dz = dh * on
    dx = dz @ W.T
    dW = x.T @ dz
    return dx, dW
""",
)

DECAYED = Program(
    "linear_with_decay",
    """
import numpy as np
from gradcheck import adapt, choice


class Linear:
    def __init__(self, W, b, weight_decay=0.1):
        self.params = {"W": W, "b": b}
        self.grads = {}
        self.weight_decay = weight_decay

    def forward(self, x):
        self.x = x
        return x @ self.params["W"] + self.params["b"]

    def backward(self, grad):
        self.grads["W"] = self.x.T @ grad
        self.grads["b"] = grad.sum(0)
        return grad @ self.params["W"].T


op = adapt(Linear, x="N D", W="D M", b="M", weight_decay=choice(0.1, 0.5))
""",
)

SILU = Program(
    "silu",
    """
import numpy as np


def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


def silu_forward(x: "*S"):
    s = sigmoid(x)
    return x * s, {"x": x, "s": s}


def silu_backward(dy, cache):
    x, s = cache["x"], cache["s"]
    slope = s + x * s * (1 - s)
    return dy * slope
""",
)

ROPE = Program(
    "rope",
    """
import numpy as np
from gradcheck import Array, real


angles = Array("S D", real(-1, 1), gradient=False)


def rope_forward(x: "B S 2*D", cos: angles, sin: angles):
    x1, x2 = np.split(x, 2, axis=-1)
    y = np.concatenate([x1 * cos - x2 * sin, x2 * cos + x1 * sin], axis=-1)
    return y, (cos, sin)


def rope_backward(dy, cache):
    cos, sin = cache
    g1, g2 = np.split(dy, 2, axis=-1)
    dx1 = g1 * cos + g2 * sin
    dx2 = g2 * cos - g1 * sin
    return np.concatenate([dx1, dx2], axis=-1), None, None
""",
)

RESIDUAL_BLOCK = Program(
    "residual_block",
    """
import numpy as np


def block_forward(x: "N D", W1: "D H", W2: "H D"):
    h = np.maximum(x @ W1, 0)
    return x + h @ W2, (x, h, W1, W2)


def block_backward(dout, cache):
    x, h, W1, W2 = cache
    dW2 = h.T @ dout
    dh = dout @ W2.T
    dh[h <= 0] = 0
    dW1 = x.T @ dh
    dx = dh @ W1.T + dout
    return dx, dW1, dW2
""",
)

GRAM_ATTENTION = Program(
    "self_similarity",
    """
import numpy as np


def self_similarity_forward(x: "B T D"):
    \"\"\"Attention without weights: x is query, key and value.\"\"\"
    s = np.einsum("btd,bsd->bts", x, x)
    s = s - s.max(-1, keepdims=True)
    p = np.exp(s) / np.exp(s).sum(-1, keepdims=True)
    return np.einsum("bts,bsd->btd", p, x), (x, p)


def self_similarity_backward(dy, cache):
    x, p = cache
    dv = np.einsum("bts,btd->bsd", p, dy)
    dp = np.einsum("btd,bsd->bts", dy, x)
    ds = p * (dp - (dp * p).sum(-1, keepdims=True))
    dq = np.einsum("bts,bsd->btd", ds, x)
    dk = np.einsum("bts,btd->bsd", ds, x)
    return dq + dk + dv
""",
)

TIED_AUTOENCODER = Program(
    "tied_autoencoder",
    """
import numpy as np


class TiedAutoencoder:
    \"\"\"The decoder uses the weights of the encoder, transposed.\"\"\"

    def __init__(self, W: "D H"):
        self.W = W

    def forward(self, x: "N D"):
        self.x = x
        self.h = np.tanh(x @ self.W)
        return self.h @ self.W.T

    def backward(self, dout):
        dW_dec = dout.T @ self.h
        dz = (dout @ self.W) * (1 - self.h ** 2)
        dW_enc = self.x.T @ dz
        self.dW = dW_enc + dW_dec
        return dz @ self.W.T
""",
)

TWO_HEADS = Program(
    "two_heads",
    """
import numpy as np


def two_heads_forward(x: "N D", Wp: "D A", Wv: "D K"):
    # policy and value of the same features
    f = np.tanh(x)
    return (f @ Wp, f @ Wv), (f, Wp, Wv)


def two_heads_backward(grads, cache):
    dp, dv = grads
    f, Wp, Wv = cache
    df = dp @ Wp.T
    df += dv @ Wv.T
    dx = df * (1 - f ** 2)
    return dx, f.T @ dp, f.T @ dv
""",
)

DENSE_CONCAT = Program(
    "dense_concat",
    """
import numpy as np


class DenseBlock:
    \"\"\"New features behind the old ones.\"\"\"

    def __init__(self, W: "D G"):
        self.W = W

    def forward(self, x: "N D"):
        self.x = x
        self.z = np.sin(x @ self.W)
        self.slope = np.cos(x @ self.W)
        return np.concatenate([x, self.z], axis=1)

    def backward(self, dout):
        D = self.x.shape[1]
        dold, dnew = dout[:, :D], dout[:, D:]
        dz = dnew * self.slope
        self.dW = self.x.T @ dz
        return dz @ self.W.T + dold
""",
)

TERM_MISSING = (
    # what is missing of 1 + y² is the upstream itself, the way back past y
    Wrong(("term-missing", "path-missing"), TAN, "dy * (1 + y ** 2)", "dy * y ** 2"),
    # the second term of a product's rule is the second way back to x
    Wrong(("term-missing", "path-missing"), GELU, "dout * (cdf + x * pdf)", "dout * cdf"),
    Wrong(
        ("term-missing", "path-missing"), QUADRATIC_FORM, "self.x @ self.A.T + self.x @ self.A)", "self.x @ self.A.T)"
    ),
    Wrong(("term-missing", "path-missing"), ROW_ENTROPY, "(log_p[n] + 1)", "log_p[n]"),
)
TERM_ADDED = (
    # the term too many is the upstream of the residual, which is sent through the norm as well
    Wrong(
        ("term-added", "upstream-wrong"), PRENORM, "norm_back(dout, s, r) + dres", "norm_back(dout + dres, s, r) + dres"
    ),
    Wrong("term-added", PLAIN_DENSE, "dx = dz @ W.T", "dx = dz @ W.T + dh"),
    Wrong("term-added", DECAYED, "self.x.T @ grad", 'self.x.T @ grad + self.weight_decay * self.params["W"]'),
)
TERM_SIGN = (
    Wrong("term-sign", SILU, "s + x * s * (1 - s)", "s - x * s * (1 - s)"),
    Wrong("term-sign", SOFTMAX, "p * (dp - weighted)", "p * (dp + weighted)"),
    Wrong("term-sign", ROPE, "dx2 = g2 * cos - g1 * sin", "dx2 = g2 * cos + g1 * sin"),
)
PATH_MISSING = (
    Wrong("path-missing", RESIDUAL_BLOCK, "dx = dh @ W1.T + dout", "dx = dh @ W1.T"),
    Wrong("path-missing", GRAM_ATTENTION, "return dq + dk + dv", "return dq + dv"),
    Wrong("path-missing", TIED_AUTOENCODER, "self.dW = dW_enc + dW_dec", "self.dW = dW_enc"),
)
PATH_TWICE = (
    Wrong("path-twice", RESIDUAL_BLOCK, "dx = dh @ W1.T + dout", "dx = dh @ W1.T + dout + dout"),
    Wrong("path-twice", DENSE_CONCAT, "return dz @ self.W.T + dold", "return 2 * (dz @ self.W.T) + dold"),
    Wrong("path-twice", GRAM_ATTENTION, "return dq + dk + dv", "return dq + dk + dk + dv"),
    Wrong("path-twice", TWO_HEADS, "df += dv @ Wv.T", "df += df + dv @ Wv.T"),
)

WRONGS = (*TERM_MISSING, *TERM_ADDED, *TERM_SIGN, *PATH_MISSING, *PATH_TWICE)
