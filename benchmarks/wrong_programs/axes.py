"""Gradients along the wrong axis: transposed, permuted, reversed, shifted, summed too little or too much."""

from wrong_programs.program import Program, Wrong
from wrong_programs.scale import AFFINE, CONV, LAYER_NORM_CLASS, RNN

MATRIX_INVERSE = Program(
    "matrix_inverse",
    """
import numpy as np
from gradcheck import Array, invertible


def inverse_forward(a: Array("N N", invertible())):
    b = np.linalg.inv(a)
    return b.copy(), b


def inverse_backward(db, b):
    bt = b.T
    return -bt @ db @ bt
""",
)

BILINEAR = Program(
    "bilinear_score",
    """
import numpy as np


def bilinear_forward(x: "N D", y: "N D", A: "D D"):
    score = np.einsum("ni,ij,nj->n", x, A, y)
    return score, dict(x=x, y=y, A=A)


def bilinear_backward(dscore, cache):
    x, y, A = cache["x"], cache["y"], cache["A"]
    dx = np.einsum("n,ij,nj->ni", dscore, A, y)
    dy = np.einsum("n,ij,ni->nj", dscore, A, x)
    dA = np.einsum("n,ni,nj->ij", dscore, x, y)
    return dx, dy, dA
""",
)

SQUARE_DENSE = Program(
    "square_dense",
    """
import numpy as np
from gradcheck import adapt


class Dense:
    \"\"\"A layer of as many units as inputs.\"\"\"

    def __init__(self, weight, bias):
        self.weight, self.bias = weight, bias
        self.grads = {}

    def forward(self, inputs):
        self.inputs = inputs
        return inputs @ self.weight.T + self.bias

    def backward(self, grad):
        self.grads["weight"] = grad.T @ self.inputs
        self.grads["bias"] = grad.sum(axis=0)
        return grad @ self.weight


op = adapt(Dense, inputs={"inputs": "N D"}, weight="D D", bias="D")
""",
)

MERGE_HEADS = Program(
    "split_heads",
    """
import numpy as np
from gradcheck import whole


def split_heads_forward(x: "N T 2*D", scale: "D"):
    N, T, E = x.shape
    heads = x.reshape(N, T, 2, E // 2).transpose(0, 2, 1, 3)
    return heads * scale, (heads, scale)


def split_heads_backward(dy, cache):
    heads, scale = cache
    N, H, T, D = dy.shape
    dscale = (dy * heads).sum(axis=(0, 1, 2))
    dx = (dy * scale).transpose(0, 2, 1, 3).reshape(N, T, H * D)
    return dx, dscale
""",
)

CHANNELS_FIRST = Program(
    "channels_first",
    """
import numpy as np


class ToChannelsFirst:
    def forward(self, x: "N H W C"):
        return np.transpose(x, (0, 3, 1, 2)).copy()

    def backward(self, grad):
        return np.transpose(grad, (0, 2, 3, 1)).copy()
""",
)

PIXEL_SHUFFLE = Program(
    "pixel_shuffle",
    """
import numpy as np


def pixel_shuffle_forward(x: "N 4*C H W"):
    N, C4, H, W = x.shape
    C, r = C4 // 4, 2
    y = x.reshape(N, C, r, r, H, W)
    y = y.transpose(0, 1, 4, 2, 5, 3)
    return y.reshape(N, C, H * r, W * r), (N, C, r, H, W)


def pixel_shuffle_backward(dy, sizes):
    N, C, r, H, W = sizes
    d = dy.reshape(N, C, H, r, W, r)
    d = d.transpose(0, 1, 3, 5, 2, 4)
    return d.reshape(N, C * r * r, H, W).copy()
""",
)

HORNER = Program(
    "horner",
    """
import numpy as np


def poly_forward(coef: "K", x: "N"):
    # highest power first, as np.polyval
    y = np.zeros_like(x)
    for c in coef:
        y = y * x + c
    return y, (coef, x)


def poly_backward(dy, cache):
    coef, x = cache
    n = len(coef)
    dcoef = np.array([np.sum(dy * x ** (n - 1 - k)) for k in range(n)])
    dx = np.zeros_like(x)
    for k in range(n - 1):
        p = n - 1 - k
        dx += dy * coef[k] * p * x ** (p - 1)
    return dcoef, dx
""",
)

TIME_REVERSAL = Program(
    "reverse_direction",
    """
import numpy as np


class ReverseTime:
    \"\"\"Turns a sequence around for the second direction of a bidirectional network.\"\"\"

    def __init__(self, W):
        self.W = W

    def forward(self, x):
        self.rev = x[:, ::-1]
        return self.rev @ self.W

    def backward(self, dout):
        self.dW = np.einsum("ntd,ntm->dm", self.rev, dout)
        drev = dout @ self.W.T
        return drev[:, ::-1].copy()


from gradcheck import adapt

layer = adapt(ReverseTime, x="N T D", W="D M")
""",
)

ROTATE = Program(
    "rotate_180",
    """
import numpy as np


def rotate_forward(img: "N C H W", gain: "C"):
    turned = np.flip(img, axis=(2, 3))
    return turned * gain[:, None, None], (turned, gain)


def rotate_backward(dout, cache):
    turned, gain = cache
    dgain = (dout * turned).sum(axis=(0, 2, 3))
    dimg = np.flip(dout * gain[:, None, None], axis=(2, 3))
    return dimg, dgain
""",
)

ROLL = Program(
    "circular_shift",
    """
import numpy as np


def shift_forward(x: "N T D", w: "D"):
    rolled = np.roll(x, 1, axis=1)
    return rolled * w, (rolled, w)


def shift_backward(dy, cache):
    rolled, w = cache
    dw = np.sum(dy * rolled, axis=(0, 1))
    dx = np.roll(dy * w, -1, axis=1)
    return dx, dw
""",
)

TOKEN_SHIFT = Program(
    "token_shift",
    """
import numpy as np


class TokenShift:
    \"\"\"The previous token, zeros before the first.\"\"\"

    def forward(self, x: "B T D"):
        y = np.zeros_like(x)
        y[:, 1:] = x[:, :-1]
        return y

    def backward(self, dy):
        dx = np.zeros_like(dy)
        dx[:, :-1] = dy[:, 1:]
        return dx
""",
)

LEAD = Program(
    "drop_warmup",
    """
import numpy as np


def drop_forward(signal: "N T+2", gain: "T"):
    # the first two samples are warm-up
    kept = signal[:, 2:]
    return kept * gain, (signal.shape, kept, gain)


def drop_backward(dout, cache):
    shape, kept, gain = cache
    dsignal = np.zeros(shape)
    dsignal[:, 2:] = dout * gain
    dgain = np.sum(dout * kept, axis=0)
    return dsignal, dgain
""",
)

PRELU = Program(
    "prelu_layer",
    """
import numpy as np


class PReLU:
    def __init__(self, alpha):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * x)

    def backward(self, dout):
        negative = np.where(self.x > 0, 0, self.x)
        self.dalpha = np.sum(dout * negative, axis=0)
        return np.where(self.x > 0, dout, self.alpha * dout)


from gradcheck import adapt

prelu = adapt(PReLU, x="N D", alpha="D")
""",
)

POSITION_EMBEDDING = Program(
    "position_embedding",
    """
import numpy as np


def position_forward(x: "N T D", pos: "T D"):
    y = x + pos[None]
    return np.tanh(y), y


def position_backward(dout, y):
    dy = dout * (1 - np.tanh(y) ** 2)
    dpos = np.sum(dy, axis=0)
    return dy, dpos
""",
)

ROW_SCALE = Program(
    "row_scale",
    """
import numpy as np


def row_scale_forward(x: "N D", s: "N"):
    return x * s[:, np.newaxis], (x, s)


def row_scale_backward(dout, cache):
    x, s = cache
    dx = dout * s[:, np.newaxis]
    ds = np.sum(dout * x, axis=1)
    return dx, ds
""",
)

BATCHNORM_COMPACT = Program(
    "batchnorm_alt",
    """
import numpy as np


def batchnorm_forward(x: "N D", gamma: "D", beta: "D", eps=1e-5):
    mu = np.mean(x, axis=0)
    var = np.var(x, axis=0)
    std = np.sqrt(var + eps)
    xhat = (x - mu) / std
    return gamma * xhat + beta, (xhat, std, gamma)


def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    N = dout.shape[0]
    dgamma = np.sum(dout * xhat, axis=0)
    dbeta = np.sum(dout, axis=0)
    g = dout * gamma
    dx = (N * g - np.sum(g, axis=0) - xhat * np.sum(g * xhat, axis=0)) / (N * std)
    return dx, dgamma, dbeta
""",
)

OUTER_DIFFERENCE = Program(
    "outer_difference",
    """
import numpy as np


def outer_difference_forward(rows: "N", cols: "M"):
    return rows[:, None] - cols[None, :], None


def outer_difference_backward(g, _):
    drows = g.sum(axis=1)
    dcols = -g.sum(axis=0)
    return drows, dcols
""",
)

COURSERA = Program(
    "features_first",
    """
import numpy as np


def linear_forward(A: "D N", W: "M D", b: "M 1"):
    Z = np.dot(W, A) + b
    cache = (A, W, b)
    return Z, cache


def linear_backward(dZ, cache):
    A_prev, W, b = cache
    dW = np.dot(dZ, A_prev.T)
    db = np.sum(dZ, axis=1, keepdims=True)
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db
""",
)

L2_NORMALIZE = Program(
    "l2_normalize_rows",
    """
import numpy as np


def l2norm_forward(x: "N D", eps=1e-6):
    norm = np.sqrt(np.sum(x * x, axis=1, keepdims=True) + eps)
    u = x / norm
    return u.copy(), {"u": u, "norm": norm}


def l2norm_backward(dout, cache):
    u, norm = cache["u"], cache["norm"]
    along = np.sum(dout * u, axis=1, keepdims=True)
    return (dout - u * along) / norm
""",
)

TRANSPOSED = (
    Wrong("transposed", RNN, "dprev = da @ Wh.T", "dprev = da @ Wh"),
    Wrong("transposed", MATRIX_INVERSE, "bt = b.T", "bt = b"),
    Wrong("transposed", BILINEAR, 'np.einsum("n,ni,nj->ij", dscore, x, y)', 'np.einsum("n,ni,nj->ij", dscore, y, x)'),
    Wrong("transposed", SQUARE_DENSE, "grad.T @ self.inputs", "self.inputs.T @ grad"),
)
PERMUTED = (
    Wrong("axes-permuted", MERGE_HEADS, "(dy * scale).transpose(0, 2, 1, 3).reshape", "(dy * scale).reshape"),
    Wrong("axes-permuted", CHANNELS_FIRST, "np.transpose(grad, (0, 2, 3, 1))", "np.transpose(grad, (0, 3, 1, 2))"),
    Wrong("axes-permuted", PIXEL_SHUFFLE, "transpose(0, 1, 3, 5, 2, 4)", "transpose(0, 1, 5, 3, 2, 4)"),
)
REVERSED = (
    Wrong("axis-reversed", HORNER, "dy * x ** (n - 1 - k)", "dy * x ** k"),
    Wrong("axis-reversed", TIME_REVERSAL, "return drev[:, ::-1].copy()", "return drev"),
    Wrong(
        "axis-reversed",
        ROTATE,
        "[:, None, None], axis=(2, 3))\n    return dimg",
        "[:, None, None], axis=2)\n    return dimg",
    ),
)
SHIFTED = (
    # rolled the same way as in the forward: the wrong direction, as a person says it
    Wrong(("axis-shifted", "wrong-direction"), ROLL, "np.roll(dy * w, -1, axis=1)", "np.roll(dy * w, 1, axis=1)"),
    # what shifts the elements is the index that they are written to
    Wrong(("axis-shifted", "wrong-index"), TOKEN_SHIFT, "dx[:, :-1] = dy[:, 1:]", "dx[:, 1:] = dy[:, 1:]"),
    Wrong(("axis-shifted", "wrong-index"), LEAD, "dsignal[:, 2:] = dout * gain", "dsignal[:, :-2] = dout * gain"),
)
SUM_MISSING = (
    Wrong("sum-missing", AFFINE, "db = np.sum(dout, axis=0)", "db = dout.copy()"),
    Wrong("sum-missing", PRELU, "np.sum(dout * negative, axis=0)", "dout * negative"),
    Wrong("sum-missing", CONV, "np.sum(dout, axis=(0, 2, 3))", "np.sum(dout, axis=(2, 3))"),
)
SUM_EXTRA = (
    Wrong("sum-extra", POSITION_EMBEDDING, "np.sum(dy, axis=0)", "np.sum(dy, axis=(0, 1))"),
    Wrong("sum-extra", ROW_SCALE, "np.sum(dout * x, axis=1)", "np.sum(dout * x)"),
    Wrong("sum-extra", BATCHNORM_COMPACT, "(N * g - np.sum(g, axis=0)", "(N * g - np.sum(g)"),
)
WRONG_AXIS = (
    Wrong("sum-wrong-axis", OUTER_DIFFERENCE, "drows = g.sum(axis=1)", "drows = g.sum(axis=0)"),
    Wrong("sum-wrong-axis", COURSERA, "np.sum(dZ, axis=1, keepdims=True)", "np.sum(dZ, axis=0, keepdims=True)"),
    Wrong(
        "sum-wrong-axis",
        L2_NORMALIZE,
        "np.sum(dout * u, axis=1, keepdims=True)",
        "np.sum(dout * u, axis=0, keepdims=True)",
    ),
    Wrong(
        "sum-wrong-axis", LAYER_NORM_CLASS, "a = g.mean(axis=-1, keepdims=True)", "a = g.mean(axis=0, keepdims=True)"
    ),
)
KEEPDIMS = (
    Wrong("keepdims", AFFINE, "np.sum(dout, axis=0)", "np.sum(dout, axis=0, keepdims=True)"),
    Wrong("keepdims", LAYER_NORM_CLASS, "(dy * self.xhat).sum(axis=0)", "(dy * self.xhat).sum(axis=0, keepdims=True)"),
    Wrong("keepdims", COURSERA, "np.sum(dZ, axis=1, keepdims=True)", "np.sum(dZ, axis=1)"),
)

WRONGS = (
    *TRANSPOSED,
    *PERMUTED,
    *REVERSED,
    *SHIFTED,
    *SUM_MISSING,
    *SUM_EXTRA,
    *WRONG_AXIS,
    *KEEPDIMS,
)
