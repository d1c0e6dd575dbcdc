"""Forwards that compute another value than the reference beside them, with a backward that fits what they compute."""

from wrong_programs.program import Program, Wrong

STABLE_SOFTMAX = Program(
    "stable_softmax",
    """
import numpy as np
from gradcheck import Array, namespace, real


def softmax_forward(x: Array("N C", real(-2000, 2000))):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p.copy(), p


def softmax_backward(dp, p):
    return p * (dp - np.sum(dp * p, axis=1, keepdims=True))


def softmax_reference(x):
    xp = namespace(x)
    e = xp.exp(x)
    return e / xp.sum(e, axis=1, keepdims=True)
""",
)

LOG_SUM_EXP = Program(
    "row_logsumexp",
    """
import numpy as np
from gradcheck import Array, adapt, namespace, real


class LogSumExp:
    def forward(self, x):
        shift = x.max(axis=1, keepdims=True)
        e = np.exp(x - shift)
        total = e.sum(axis=1, keepdims=True)
        self.p = e / total
        return (np.log(total) + shift)[:, 0]

    def backward(self, dy):
        return dy[:, None] * self.p


def definition(x):
    xp = namespace(x)
    return xp.log(xp.sum(xp.exp(x), axis=1))


op = adapt(LogSumExp, x=Array("N C", real(-2000, 2000)), reference=definition)
""",
)

SOFTMAX_CROSS_ENTROPY = Program(
    "softmax_cross_entropy_loss",
    """
import numpy as np
from gradcheck import Array, adapt, indices, namespace, real


def loss(scores, y):
    n = len(y)
    scores = scores - scores.max(axis=1, keepdims=True)
    e = np.exp(scores)
    p = e / e.sum(axis=1, keepdims=True)
    value = np.mean(np.log(e.sum(axis=1)) - scores[np.arange(n), y])
    grad = p.copy()
    grad[np.arange(n), y] -= 1
    return value, grad / n


def definition(scores, y):
    xp = namespace(scores)
    own = xp.sum(xp.where(y[:, None] == np.arange(scores.shape[1]), scores, 0.0), axis=1)
    return xp.mean(xp.log(xp.sum(xp.exp(scores), axis=1)) - own)


scores = Array("N C", real(-2000, 2000))
op = adapt(loss, adapter="loss", scores=scores, y=Array("N", indices("C")), reference=definition)
""",
)

AXIS_SOFTMAX = Program(
    "softmax_of_axis",
    """
import numpy as np
from gradcheck import adapt, namespace


class Softmax:
    axis = 1

    def forward(self, x):
        e = np.exp(x - np.max(x, axis=self.axis, keepdims=True))
        self.out = e / np.sum(e, axis=self.axis, keepdims=True)
        return self.out.copy()

    def backward(self, dout):
        g = dout * self.out
        return g - self.out * np.sum(g, axis=self.axis, keepdims=True)


def over_classes(x):
    xp = namespace(x)
    return xp.exp(x) / xp.sum(xp.exp(x), axis=1, keepdims=True)


op = adapt(Softmax, x="N C T", reference=over_classes)
""",
)

RUNNING_SUM = Program(
    "running_sum",
    """
import numpy as np
from gradcheck import namespace

TIME = 1


def running_sum_forward(x: "N T"):
    return np.cumsum(x, axis=TIME), None


def running_sum_backward(dy, _):
    return np.flip(np.cumsum(np.flip(dy, TIME), axis=TIME), TIME)


def running_sum_reference(x):
    xp = namespace(x)
    return xp.cumsum(x, axis=1)
""",
)

CENTER = Program(
    "center_rows",
    """
import numpy as np
from gradcheck import namespace


def center_forward(x: "N D", axis=1):
    return x - x.mean(axis=axis, keepdims=True), axis


def center_backward(g, axis):
    return g - g.mean(axis=axis, keepdims=True)


def center_reference(x):
    xp = namespace(x)
    return x - xp.mean(x, axis=1, keepdims=True)
""",
)

SUM_OF_SQUARES = Program(
    "squared_error_rows",
    """
import numpy as np
from gradcheck import namespace


def sse_forward(pred: "N D", target: "N D"):
    diff = pred - target
    return np.sum(diff ** 2, axis=1), diff


def sse_backward(dloss, diff):
    g = 2 * diff * dloss[:, None]
    return g, -g


def sse_reference(pred, target):
    xp = namespace(pred)
    return xp.sum((pred - target) ** 2, axis=1)
""",
)

BAG_OF_FEATURES = Program(
    "sum_pooling",
    """
import numpy as np
from gradcheck import adapt, namespace


class SumPool:
    \"\"\"Weighted sum over time; every step has weight one.\"\"\"

    def forward(self, x):
        self.w = np.ones(x.shape[1])
        return np.einsum("ntd,t->nd", x, self.w)

    def backward(self, dy):
        return np.einsum("nd,t->ntd", dy, self.w)


op = adapt(SumPool, x="N T D", reference=lambda x: namespace(x).sum(x, axis=1))
""",
)

BATCH_LOSS = Program(
    "batch_mean_loss",
    """
import numpy as np
from gradcheck import adapt, namespace


def l2_loss(pred, target):
    batch = pred.shape[0]
    err = pred - target
    value, scale = 0.0, 1.0 / batch
    for n in range(batch):
        value += scale * np.dot(err[n], err[n])
    return value, 2 * scale * err


def mean_of_rows(pred, target):
    xp = namespace(pred)
    return xp.sum((pred - target) ** 2) / pred.shape[0]


op = adapt(l2_loss, adapter="loss", gradients=["pred"], pred="N D", target="N D", reference=mean_of_rows)
""",
)

DROPOUT = Program(
    "dropout_uniform",
    """
import numpy as np
from gradcheck import Array, choice, namespace, real

noise = Array("N D", real(0, 1), gradient=False)


def dropout_forward(x: "N D", u: noise, p: choice(0.2, 0.3, 0.8) = 0.3):
    # p is the probability to drop
    keep = 1 - p
    mask = (u < keep) / keep
    return x * mask, mask


def dropout_backward(dout, mask):
    return dout * mask, None


def dropout_reference(x, u, p):
    xp = namespace(x)
    return xp.where(u < 1 - p, x / (1 - p), 0 * x)
""",
)

DROP_PATH = Program(
    "drop_path",
    """
import numpy as np
from gradcheck import Array, adapt, choice, namespace, real


class DropPath:
    \"\"\"Stochastic depth: drops the branch of whole samples.\"\"\"

    def __init__(self, drop_prob):
        self.drop_prob = drop_prob

    def forward(self, branch, u):
        keep_prob = 1.0 - self.drop_prob
        self.gate = (np.floor(u + keep_prob) / keep_prob)[:, None, None]
        return branch * self.gate

    def backward(self, dy):
        return dy * self.gate


def formula(branch, u, drop_prob):
    xp = namespace(branch)
    alive = u >= drop_prob
    return xp.where(alive[:, None, None], branch / (1 - drop_prob), 0 * branch)


op = adapt(
    DropPath,
    branch="N C T",
    u=Array("N", real(0.01, 0.99), gradient=False),
    drop_prob=choice(0.1, 0.25),
    reference=formula,
)
""",
)

WORD_DROPOUT = Program(
    "word_dropout",
    """
import numpy as np
from gradcheck import Array, choice, namespace, real

draws = Array("N T", real(0, 1), gradient=False)


def word_dropout_forward(x: "N T D", u: draws, rate: choice(0.15, 0.4) = 0.15):
    kept = u >= rate
    y = np.zeros_like(x)
    y[kept] = x[kept]
    return y, kept


def word_dropout_backward(dy, kept):
    dx = np.zeros_like(dy)
    dx[kept] = dy[kept]
    return dx, None


def word_dropout_reference(x, u, rate):
    xp = namespace(x)
    return xp.where((u >= rate)[:, :, None], x, 0 * x)
""",
)

VARIANCE = Program(
    "row_variance",
    """
import numpy as np
from gradcheck import namespace


def variance_forward(x: "N D+1"):
    n = x.shape[1]
    c = x - x.mean(axis=1, keepdims=True)
    return np.sum(c * c, axis=1) / n, (c, n)


def variance_backward(dv, cache):
    c, n = cache
    return 2 * c * dv[:, None] / n


def variance_reference(x):
    return namespace(x).var(x, axis=1)
""",
)

COVARIANCE = Program(
    "covariance",
    """
import numpy as np
from gradcheck import adapt, namespace


class Covariance:
    def forward(self, X):
        self.norm = 1.0 / X.shape[0]
        self.Xc = X - X.mean(axis=0)
        return self.norm * self.Xc.T @ self.Xc

    def backward(self, dC):
        dXc = self.norm * self.Xc @ (dC + dC.T)
        return dXc - dXc.mean(axis=0)


def population(X):
    xp = namespace(X)
    c = X - xp.mean(X, axis=0)
    return c.T @ c / X.shape[0]


op = adapt(Covariance, X="N+1 D", reference=population)
""",
)

STANDARDISE = Program(
    "standardize_columns",
    """
import numpy as np
from gradcheck import namespace


def zscore_forward(x: "N+2 D", eps=1e-3):
    count = len(x)
    c = x - np.mean(x, axis=0)
    inv = 1 / np.sqrt(np.sum(c ** 2, axis=0) / count + eps)
    return c * inv, (c, inv, count)


def zscore_backward(dz, cache):
    c, inv, count = cache
    dc = dz * inv - c * inv ** 3 * np.sum(dz * c, axis=0) / count
    return dc - np.mean(dc, axis=0)


def zscore_reference(x):
    xp = namespace(x)
    return (x - xp.mean(x, axis=0)) / xp.sqrt(xp.var(x, axis=0) + 1e-3)
""",
)

RMS_NORM = Program(
    "rms_norm_eps",
    """
import numpy as np
from gradcheck import Array, namespace, nonzero


def rms_forward(x: Array("N D", nonzero()), eps=1e-2):
    root = np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + eps)
    r = 1 / root
    return x * r, (x, r, root)


def rms_backward(dy, cache):
    x, r, root = cache
    return dy * r - x * r * r / root * np.mean(dy * x, axis=-1, keepdims=True)


def rms_reference(x):
    xp = namespace(x)
    return x / xp.sqrt(xp.mean(x * x, axis=-1, keepdims=True) + 1e-2)
""",
)

ADAM_STEP = Program(
    "adam_direction",
    """
import numpy as np
from gradcheck import Array, namespace, positive


def direction_forward(m: "N", v: Array("N", positive()), eps=1e-3):
    root = np.sqrt(v)
    denom = root + eps
    return m / denom, (m, root, denom)


def direction_backward(dy, cache):
    m, root, denom = cache
    return dy / denom, -dy * m / denom ** 2 / (2 * root)


def direction_reference(m, v):
    return m / (namespace(m).sqrt(v) + 1e-3)
""",
)

DICE = Program(
    "dice_score",
    """
import numpy as np
from gradcheck import Array, adapt, namespace, positive


class Dice:
    def __init__(self, smooth=0.5):
        self.smooth = smooth

    def forward(self, p, t):
        self.p, self.t = p, t
        self.inter = (p * t).sum(axis=1)
        self.total = p.sum(axis=1) + t.sum(axis=1) + self.smooth
        self.top = 2 * self.inter + self.smooth
        return self.top / self.total

    def backward(self, dout):
        a = (dout * 2 / self.total)[:, None]
        b = (dout * self.top / self.total ** 2)[:, None]
        return a * self.t - b, a * self.p - b


def score(p, t):
    xp = namespace(p)
    return (2 * xp.sum(p * t, axis=1) + 0.5) / (xp.sum(p, axis=1) + xp.sum(t, axis=1) + 0.5)


op = adapt(Dice, p=Array("N D", positive()), t=Array("N D", positive()), reference=score)
""",
)

TORCH_LINEAR = Program(
    "linear_out_in",
    """
import numpy as np


def linear_forward(x: "N D", weight: "D D", bias: "D"):
    # weight is (out, in), as in torch
    W = weight.T
    return x @ W + bias, (x, W)


def linear_backward(dy, cache):
    x, W = cache
    dW = x.T @ dy
    return dy @ W.T, dW.T, dy.sum(axis=0)


def linear_reference(x, weight, bias):
    return x @ weight.T + bias
""",
)

GRAPH_CONVOLUTION = Program(
    "graph_convolution",
    """
import numpy as np
from gradcheck import adapt


class GraphConv:
    def __init__(self, W):
        self.W = W

    def forward(self, A, X):
        # row i of A holds the neighbours whose features node i receives
        self.A, self.X = A, X
        self.M = np.einsum("ij,jd->id", A, X)
        return self.M @ self.W

    def backward(self, dY):
        self.dW = self.M.T @ dY
        dM = dY @ self.W.T
        dA = np.einsum("id,jd->ij", dM, self.X)
        dX = np.einsum("ij,id->jd", self.A, dM)
        return dA, dX


op = adapt(GraphConv, A="N N", X="N D", W="D M", reference=lambda A, X, W: A @ X @ W)
""",
)

RECURRENT_STEP = Program(
    "matrix_recurrence",
    """
import numpy as np


def step_forward(h: "N H", R: "H H", x: "N H"):
    new = np.zeros_like(h)
    for n in range(h.shape[0]):
        new[n] = R @ h[n] + x[n]
    return new, (h, R)


def step_backward(dnew, cache):
    h, R = cache
    dh, dR = np.zeros_like(h), np.zeros_like(R)
    for n in range(h.shape[0]):
        dh[n] = R.T @ dnew[n]
        dR += np.outer(dnew[n], h[n])
    return dh, dR, dnew.copy()


def step_reference(h, R, x):
    return h @ R.T + x
""",
)

HALF_SQUARE = Program(
    "half_squared_norm",
    """
import numpy as np
from gradcheck import namespace


def energy_forward(x: "N D", center: "D"):
    k = 0.5
    d = x - center
    return k * np.sum(d * d, axis=1), (d, k)


def energy_backward(dE, cache):
    d, k = cache
    dx = 2 * k * d * dE[:, None]
    return dx, -dx.sum(axis=0)


def energy_reference(x, center):
    return 0.5 * namespace(x).sum((x - center) ** 2, axis=1)
""",
)

VARIANCE_PRESERVING_SUM = Program(
    "scaled_skip",
    """
import numpy as np
from gradcheck import adapt

SCALE = np.sqrt(0.5)


class ScaledSkip:
    def forward(self, x, skip):
        return SCALE * (x + skip)

    def backward(self, grad):
        return SCALE * grad, SCALE * grad


op = adapt(ScaledSkip, x="N C T", skip="N C T", reference=lambda x, skip: (x + skip) / 2**0.5)
""",
)

BITS = Program(
    "entropy_bits",
    """
import numpy as np
from gradcheck import Array, namespace, positive


def entropy_forward(p: Array("N C", positive())):
    base = np.log(2)
    h = -(p * np.log(p)).sum(axis=1) / base
    return h, {"p": p, "base": base}


def entropy_backward(dh, cache):
    p, base = cache["p"], cache["base"]
    return -dh[:, None] * (np.log(p) + 1) / base


def entropy_reference(p):
    xp = namespace(p)
    return -xp.sum(p * xp.log2(p), axis=1)
""",
)

GAUSSIAN_NLL = Program(
    "gaussian_nll",
    """
import numpy as np
from gradcheck import Array, adapt, namespace, real


class GaussianNLL:
    def forward(self, x, mu, log_sigma):
        self.z = (x - mu) * np.exp(-log_sigma)
        self.inv = np.exp(-log_sigma)
        return 0.5 * self.z ** 2 + log_sigma + 0.5 * np.log(2 * np.pi)

    def backward(self, d):
        dx = d * self.z * self.inv
        return dx, -dx, d * (1 - self.z ** 2)


def density(x, mu, log_sigma):
    xp = namespace(x)
    return 0.5 * ((x - mu) / xp.exp(log_sigma)) ** 2 + log_sigma + 0.5 * np.log(2 * np.pi)


op = adapt(GaussianNLL, x="N D", mu="N D", log_sigma=Array("N D", real(-3, 3)), reference=density)
""",
)

VAE_KL = Program(
    "vae_kl",
    """
import numpy as np
from gradcheck import Array, namespace, real

bounded = Array("N D", real(-4, 4))


def kl_forward(mu: "N D", logvar: bounded):
    var = np.exp(logvar)
    kl = 0.5 * np.sum(mu ** 2 + var - logvar - 1, axis=1)
    return kl, (mu, var)


def kl_backward(dkl, cache):
    mu, var = cache
    return dkl[:, None] * mu, 0.5 * dkl[:, None] * (var - 1)


def kl_reference(mu, logvar):
    xp = namespace(mu)
    return 0.5 * xp.sum(mu ** 2 + xp.exp(logvar) - logvar - 1, axis=1)
""",
)

SKIP_BLOCK = Program(
    "skip_block",
    """
import numpy as np
from gradcheck import namespace


def skip_forward(x: "N D", W: "D D"):
    z = np.tanh(x @ W)
    return z + x, (x, W, z)


def skip_backward(dout, cache):
    x, W, z = cache
    dz = dout * (1 - z ** 2)
    return dz @ W.T + dout, x.T @ dz


def skip_reference(x, W):
    return x + namespace(x).tanh(x @ W)
""",
)

PAIR_DIFFERENCE = Program(
    "ranking_gap",
    """
import numpy as np


def gap_forward(better: "N D", worse: "N D", w: "D"):
    diff = better - worse
    return diff @ w, (diff, w)


def gap_backward(dgap, cache):
    diff, w = cache
    dbetter = dgap[:, None] * w
    dw = diff.T @ dgap
    return dbetter, -dbetter, dw


def gap_reference(better, worse, w):
    return better @ w - worse @ w
""",
)

HIGH_PASS = Program(
    "high_pass",
    """
import numpy as np


def high_pass_forward(x: "N T+1"):
    y = x[:, 1:] - x[:, :-1]
    return y, x.shape


def high_pass_backward(dy, shape):
    dx = np.zeros(shape)
    dx[:, 1:] += dy
    dx[:, :-1] -= dy
    return dx


def high_pass_reference(x):
    return x[:, 1:] - x[:, :-1]
""",
)

LOG_LIKELIHOOD = Program(
    "nll_of_probs",
    """
import numpy as np
from gradcheck import Array, adapt, indices, namespace, positive


def nll(p, y):
    rows = np.arange(len(y))
    sign = -1.0
    value = sign * np.mean(np.log(p[rows, y]))
    grad = np.zeros_like(p)
    grad[rows, y] = sign / (p[rows, y] * len(y))
    return value, grad


def definition(p, y):
    xp = namespace(p)
    own = xp.sum(xp.where(y[:, None] == np.arange(p.shape[1]), p, 0.0), axis=1)
    return -xp.mean(xp.log(own))


op = adapt(nll, adapter="loss", p=Array("N C", positive()), y=Array("N", indices("C")), reference=definition)
""",
)

NO_MAX_SHIFT = (
    Wrong("value-no-max-shift", STABLE_SOFTMAX, "np.exp(x - x.max(axis=1, keepdims=True))", "np.exp(x)"),
    Wrong("value-no-max-shift", LOG_SUM_EXP, "shift = x.max(axis=1, keepdims=True)", "shift = np.zeros((len(x), 1))"),
    Wrong("value-no-max-shift", SOFTMAX_CROSS_ENTROPY, "    scores = scores - scores.max(axis=1, keepdims=True)\n", ""),
)
WRONG_AXIS = (
    Wrong("value-wrong-axis", AXIS_SOFTMAX, "    axis = 1\n", "    axis = -1\n"),
    Wrong("value-wrong-axis", RUNNING_SUM, "TIME = 1", "TIME = 0"),
    Wrong("value-wrong-axis", CENTER, 'x: "N D", axis=1', 'x: "N D", axis=0'),
)
MEAN_FOR_SUM = (
    Wrong(
        "value-mean-for-sum",
        SUM_OF_SQUARES,
        "return np.sum(diff ** 2, axis=1)",
        "return np.mean(diff ** 2, axis=1)",
        (("2 * diff * dloss[:, None]", "2 * diff * dloss[:, None] / diff.shape[1]"),),
    ),
    Wrong("value-mean-for-sum", BAG_OF_FEATURES, "np.ones(x.shape[1])", "np.ones(x.shape[1]) / x.shape[1]"),
    Wrong("value-mean-for-sum", BATCH_LOSS, "value, scale = 0.0, 1.0 / batch", "value, scale = 0.0, 1.0"),
)
KEEP_FOR_DROP = (
    Wrong("value-keep-for-drop", DROPOUT, "keep = 1 - p", "keep = p"),
    Wrong("value-keep-for-drop", DROP_PATH, "keep_prob = 1.0 - self.drop_prob", "keep_prob = self.drop_prob"),
    Wrong("value-keep-for-drop", WORD_DROPOUT, "kept = u >= rate", "kept = u >= 1 - rate"),
)
UNBIASED = (
    Wrong("value-unbiased", VARIANCE, "n = x.shape[1]", "n = x.shape[1] - 1"),
    Wrong("value-unbiased", COVARIANCE, "1.0 / X.shape[0]\n        self", "1.0 / (X.shape[0] - 1)\n        self"),
    Wrong("value-unbiased", STANDARDISE, "count = len(x)", "count = len(x) - 1"),
)
EPS = (
    Wrong(
        "value-eps-misplaced",
        RMS_NORM,
        "root = np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + eps)\n    r = 1 / root",
        "root = np.sqrt(np.mean(x * x, axis=-1, keepdims=True))\n    r = 1 / (root + eps)",
    ),
    Wrong(
        "value-eps-misplaced",
        ADAM_STEP,
        "root = np.sqrt(v)\n    denom = root + eps",
        "root = np.sqrt(v + eps)\n    denom = root",
    ),
    Wrong("value-eps-misplaced", DICE, "self.top = 2 * self.inter + self.smooth", "self.top = 2 * self.inter"),
)
TRANSPOSED_WEIGHTS = (
    Wrong("value-weights-transposed", TORCH_LINEAR, "W = weight.T", "W = weight", (("dW.T,", "dW,"),)),
    Wrong(
        "value-weights-transposed",
        GRAPH_CONVOLUTION,
        '"ij,jd->id"',
        '"ji,jd->id"',
        (('"id,jd->ij"', '"id,jd->ji"'), ('"ij,id->jd"', '"ji,id->jd"')),
    ),
    Wrong(
        "value-weights-transposed",
        RECURRENT_STEP,
        "R @ h[n]",
        "R.T @ h[n]",
        (("R.T @ dnew[n]", "R @ dnew[n]"), ("np.outer(dnew[n], h[n])", "np.outer(h[n], dnew[n])")),
    ),
)
CONSTANT_FACTOR = (
    Wrong("value-constant-factor", HALF_SQUARE, "k = 0.5", "k = 1.0"),
    Wrong("value-constant-factor", VARIANCE_PRESERVING_SUM, "SCALE = np.sqrt(0.5)", "SCALE = 0.5"),
    Wrong("value-constant-factor", BITS, "base = np.log(2)", "base = 1.0"),
)
TERM_MISSING = (
    Wrong("value-term-missing", GAUSSIAN_NLL, "log_sigma + 0.5 * np.log(2 * np.pi)\n\n    def", "log_sigma\n\n    def"),
    Wrong(
        "value-term-missing",
        VAE_KL,
        "mu ** 2 + var - logvar - 1, axis=1)\n    return kl,",
        "mu ** 2 + var - logvar, axis=1)\n    return kl,",
    ),
    Wrong("value-term-missing", SKIP_BLOCK, "return z + x,", "return z.copy(),", (("dz @ W.T + dout", "dz @ W.T"),)),
)
SIGNS = (
    Wrong(
        "value-sign",
        PAIR_DIFFERENCE,
        "diff = better - worse",
        "diff = worse - better",
        (("dbetter = dgap[:, None] * w", "dbetter = -dgap[:, None] * w"),),
    ),
    Wrong(
        "value-sign",
        HIGH_PASS,
        "y = x[:, 1:] - x[:, :-1]",
        "y = x[:, :-1] - x[:, 1:]",
        (("dx[:, 1:] += dy", "dx[:, 1:] -= dy"), ("dx[:, :-1] -= dy", "dx[:, :-1] += dy")),
    ),
    Wrong("value-sign", LOG_LIKELIHOOD, "sign = -1.0", "sign = 1.0"),
)

WRONGS = (
    *NO_MAX_SHIFT,
    *WRONG_AXIS,
    *MEAN_FOR_SUM,
    *KEEP_FOR_DROP,
    *UNBIASED,
    *EPS,
    *TRANSPOSED_WEIGHTS,
    *CONSTANT_FACTOR,
    *TERM_MISSING,
    *SIGNS,
)
