"""Conditions: right for some shapes alone, and settings that backward does not look at."""

from wrong_programs.program import Program, Wrong

PATCHES_TO_TOKENS = Program(
    "image_to_tokens",
    """\
import numpy as np


class ToTokens:
    # (N, C, H, W) feature maps to (N, H * W, C) tokens, scaled
    def __init__(self, scale: "C"):
        self.scale = scale

    def forward(self, x: "N C H W"):
        N, C, H, W = x.shape
        self.shape = x.shape
        self.tokens = x.reshape(N, C, H * W).transpose(0, 2, 1)
        return self.tokens * self.scale

    def backward(self, dout):
        N, C, H, W = self.shape
        self.dscale = (dout * self.tokens).sum(axis=(0, 1))
        dtokens = dout * self.scale
        return dtokens.transpose(0, 2, 1).reshape(N, C, H, W)
""",
)

SQUARED_NORMS = Program(
    "row_squared_norms",
    """\
import numpy as np


def forward(x: "N D"):
    n = np.sum(x ** 2, axis=1, keepdims=True)
    return x * n, (x, n)


def backward(dout, cache):
    x, n = cache
    dn = np.sum(dout * x, axis=1, keepdims=True)
    return dout * n + 2 * x * dn
""",
)

SPATIAL_MEAN = Program(
    "spatial_average",
    """\
import numpy as np


def gap_forward(x: "N C H W"):
    return x.mean(axis=(2, 3)), x.shape


def gap_backward(dout, shape):
    N, C, H, W = shape
    dx = np.zeros(shape)
    dx += dout[:, :, None, None] / (H * W)
    return dx
""",
)

PAD_ONE_CONV = Program(
    "conv3x3_torchlike",
    """\
import numpy as np

from gradcheck import adapt, whole


class Conv3x3:
    def __init__(self, weight, padding):
        self.weight = weight
        self.padding = padding

    def forward(self, x):
        p = self.padding
        self.x_shape = x.shape
        self.xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        oh, ow = self.xp.shape[2] - 2, self.xp.shape[3] - 2
        out = np.zeros((x.shape[0], self.weight.shape[0], oh, ow))
        for i in range(3):
            for j in range(3):
                out += np.einsum("nchw,fc->nfhw", self.xp[:, :, i : i + oh, j : j + ow], self.weight[:, :, i, j])
        return out

    def backward(self, dout):
        p = self.padding
        _, _, oh, ow = dout.shape
        H, W = self.x_shape[2:]
        dxp = np.zeros_like(self.xp)
        self.grad_weight = np.zeros_like(self.weight)
        for i in range(3):
            for j in range(3):
                dxp[:, :, i : i + oh, j : j + ow] += np.einsum("nfhw,fc->nchw", dout, self.weight[:, :, i, j])
                self.grad_weight[:, :, i, j] = np.einsum(
                    "nfhw,nchw->fc", dout, self.xp[:, :, i : i + oh, j : j + ow]
                )
        return dxp[:, :, p : p + H, p : p + W]


op = adapt(Conv3x3, name="conv3x3", x="N C H+2 W+2", weight="F C 3 3", padding=whole(0, 2))
""",
)

RECTANGULAR_LINEAR = Program(
    "bilinear_similarity",
    """\
import numpy as np


def forward(a: "N D", m: "D D", b: "N D"):
    # similarity of each row of a with the same row of b
    am = a @ m
    return np.sum(am * b, axis=1), (a, m, b, am)


def backward(ds, cache):
    a, m, b, am = cache
    dam = ds[:, None] * b
    da = dam @ m.T
    dm = a.T @ dam
    db = ds[:, None] * am
    return da, dm, db
""",
)

LEAKY_SLOPE = Program(
    "leaky_relu_slope",
    """\
import numpy as np

from gradcheck import adapt, choice


class LeakyReLU:
    def __init__(self, negative_slope):
        self.negative_slope = negative_slope

    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = self.negative_slope * out[self.mask]
        return out

    def backward(self, dout):
        dx = dout.copy()
        dx[self.mask] = self.negative_slope * dx[self.mask]
        return dx


op = adapt(LeakyReLU, name="leaky_relu", x="N D", negative_slope=choice(0.01, 0.2, 0.3))
""",
)

SCALED_ELU = Program(
    "elu_alpha",
    """\
import numpy as np

from gradcheck import adapt, choice


def elu_forward(x, alpha):
    out = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
    return out, (x, alpha)


def elu_backward(dout, cache):
    x, alpha = cache
    return dout * np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0)))


op = adapt(elu_forward, elu_backward, name="elu", x="N D", alpha=choice(0.5, 1.5, 1.0))
""",
)

LABEL_SMOOTHING = Program(
    "label_smoothing_loss",
    '''\
import numpy as np

from gradcheck import Array, adapt, choice, indices


def smoothed_cross_entropy(logits, y, smoothing):
    """Cross entropy with label smoothing; returns (loss, dlogits)."""
    n, c = logits.shape
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    target = np.full((n, c), smoothing / c)
    target[np.arange(n), y] += 1 - smoothing
    loss = -np.sum(target * logp) / n
    one_hot = np.eye(c)[y]
    soft = (1 - smoothing) * one_hot + smoothing / c
    dlogits = (np.exp(logp) - soft) / n
    return loss, dlogits


op = adapt(
    smoothed_cross_entropy, adapter="loss", name="label_smoothing", logits="N C", y=Array("N", indices("C")),
    smoothing=choice(0.1, 0.3), gradients=["logits"],
)
''',
)

SWISH_BETA = Program(
    "swish_beta",
    """\
import numpy as np

from gradcheck import Array, adapt, choice, real


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class Swish:
    def forward(self, x, beta):
        self.x, self.beta = x, beta
        self.s = sigmoid(beta * x)
        return x * self.s

    def backward(self, grad):
        ds = self.s * (1 - self.s) * self.beta
        return grad * (self.s + self.x * ds)


op = adapt(Swish, name="swish", x=Array("N D", real(20)), beta=choice(1.0, 1.5, 0.5))
""",
)

REDUCTION_LOSS = Program(
    "mse_with_reduction",
    """\
import numpy as np

from gradcheck import adapt, choice


class MSELoss:
    def __init__(self, reduction):
        self.reduction = reduction

    def forward(self, pred, target):
        self.diff = pred - target
        sq = self.diff ** 2
        return sq.mean() if self.reduction == "mean" else sq.sum()

    def backward(self, dout):
        grad = 2 * self.diff * dout
        if self.reduction == "mean":
            grad = grad / self.diff.size
        return grad, -grad


op = adapt(MSELoss, name="mse", pred="N D", target="N D", reduction=choice("mean", "sum"))
""",
)

P_DISTANCE = Program(
    "p_norm_distance",
    """\
import numpy as np

from gradcheck import adapt, choice


def pdist_forward(a, b, p):
    d = a - b
    return np.sum(np.abs(d) ** p, axis=1), (d, p)


def pdist_backward(dout, cache):
    d, p = cache
    g = p * np.abs(d) ** (p - 1) * np.sign(d)
    g = dout[:, None] * g
    return g, -g


op = adapt(pdist_forward, pdist_backward, name="pdist", a="N D", b="N D", p=choice(2, 3, 4))
""",
)

FOCAL = Program(
    "multi_margin",
    """\
import numpy as np

from gradcheck import Array, adapt, choice, indices


def svm_loss(scores, y, delta):
    n = len(scores)
    correct = scores[np.arange(n), y][:, None]
    margins = np.maximum(0, scores - correct + delta)
    margins[np.arange(n), y] = 0
    loss = margins.sum() / n
    positive = (scores - correct + delta > 0).astype(float)
    positive[np.arange(n), y] = 0
    positive[np.arange(n), y] -= positive.sum(axis=1)
    return loss, positive / n


op = adapt(
    svm_loss, adapter="loss", name="svm", scores="N C", y=Array("N", indices("C")), delta=choice(1.0, 2.0, 0.5),
    gradients=["scores"],
)
""",
)

WRONGS = (
    Wrong(
        ("right-only-where", "axes-permuted"),
        PATCHES_TO_TOKENS,
        "return dtokens.transpose(0, 2, 1).reshape(N, C, H, W)",
        "return dtokens.reshape(N, C, H, W)",
    ),
    Wrong(
        ("right-only-where", "sum-wrong-axis", "sum-extra"),
        SQUARED_NORMS,
        "dn = np.sum(dout * x, axis=1, keepdims=True)",
        "dn = np.sum(dout * x)",
    ),
    Wrong(
        ("right-only-where", "wrong-count"),
        SPATIAL_MEAN,
        "dout[:, :, None, None] / (H * W)",
        "dout[:, :, None, None] / (H * H)",
    ),
    Wrong(
        ("right-only-where", "padding-kept"),
        PAD_ONE_CONV,
        "return dxp[:, :, p : p + H, p : p + W]",
        "return dxp[:, :, 1:-1, 1:-1]",
        law="contract",
    ),
    Wrong(("right-only-where", "transposed"), RECTANGULAR_LINEAR, "da = dam @ m.T", "da = dam @ m"),
    Wrong("setting-ignored", LEAKY_SLOPE, "self.negative_slope * dx[self.mask]", "0.01 * dx[self.mask]"),
    Wrong(
        ("setting-ignored", "setting-factor"),
        SCALED_ELU,
        "dout * np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0)))",
        "dout * np.where(x > 0, 1.0, np.exp(np.minimum(x, 0)))",
    ),
    # the target without smoothing is a variable of its own
    Wrong(
        ("setting-ignored", "wrong-variable"),
        LABEL_SMOOTHING,
        "dlogits = (np.exp(logp) - soft) / n",
        "dlogits = (np.exp(logp) - one_hot) / n",
    ),
    Wrong(
        ("setting-ignored", "setting-factor"),
        SWISH_BETA,
        "ds = self.s * (1 - self.s) * self.beta",
        "ds = self.s * (1 - self.s)",
    ),
    Wrong(
        "setting-ignored",
        REDUCTION_LOSS,
        '        if self.reduction == "mean":\n            grad',
        "        if True:\n            grad",
    ),
    Wrong("setting-ignored", P_DISTANCE, "g = p * np.abs(d) ** (p - 1) * np.sign(d)", "g = 2 * d"),
    Wrong(
        "setting-ignored", FOCAL, "positive = (scores - correct + delta > 0)", "positive = (scores - correct + 1 > 0)"
    ),
)
"""Wrong programs of these causes."""
