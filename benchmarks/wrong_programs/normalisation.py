"""Normalisations: statistics and denominators held constant, couplings, eps, roots, maxima."""

from wrong_programs.program import Program, Wrong

STAGED_BATCHNORM = Program(
    "staged_batchnorm",
    """\
import numpy as np


def batchnorm_forward(x: "N D", gamma: "D", beta: "D", eps=1e-5):
    N, D = x.shape
    # step 1: mean
    mu = 1. / N * np.sum(x, axis=0)
    # step 2: subtract it
    xmu = x - mu
    # step 3, 4: variance
    sq = xmu ** 2
    var = 1. / N * np.sum(sq, axis=0)
    # step 5, 6: root and its inverse
    sqrtvar = np.sqrt(var + eps)
    ivar = 1. / sqrtvar
    # step 7 - 9: normalise, scale, shift
    xhat = xmu * ivar
    gammax = gamma * xhat
    out = gammax + beta
    cache = (xhat, gamma, xmu, ivar, sqrtvar, var, eps)
    return out, cache


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
    N, D = dout.shape
    # step 9
    dbeta = np.sum(dout, axis=0)
    dgammax = dout
    # step 8
    dgamma = np.sum(dgammax * xhat, axis=0)
    dxhat = dgammax * gamma
    # step 7
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    # step 6
    dsqrtvar = -1. / (sqrtvar ** 2) * divar
    # step 5
    dvar = 0.5 * 1. / np.sqrt(var + eps) * dsqrtvar
    # step 4
    dsq = 1. / N * np.ones((N, D)) * dvar
    # step 3
    dxmu2 = 2 * xmu * dsq
    # step 2
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
    # step 1
    dx2 = 1. / N * np.ones((N, D)) * dmu
    dx = dx1 + dx2
    return dx, dgamma, dbeta
""",
)

LAYERNORM_CLASS = Program(
    "layernorm_gpt",
    """\
import numpy as np


class LayerNorm:
    def __init__(self, gain: "D", shift: "D"):
        self.gain, self.shift = gain, shift
        self.eps = 1e-5

    def forward(self, x: "B T D"):
        mean = x.mean(-1, keepdims=True)
        var = ((x - mean) ** 2).mean(-1, keepdims=True)
        self.rstd = 1.0 / np.sqrt(var + self.eps)
        self.norm = (x - mean) * self.rstd
        return self.norm * self.gain + self.shift

    def backward(self, dout):
        self.dgain = (dout * self.norm).sum(axis=(0, 1))
        self.dshift = dout.sum(axis=(0, 1))
        dnorm = dout * self.gain
        m1 = dnorm.mean(-1, keepdims=True)
        m2 = (dnorm * self.norm).mean(-1, keepdims=True)
        return (dnorm - m1 - self.norm * m2) * self.rstd
""",
)

INSTANCE_NORM = Program(
    "instance_norm",
    """\
import numpy as np

EPS = 1e-5


def forward(x: "N C H W"):
    mean = x.mean(axis=(2, 3), keepdims=True)
    var = x.var(axis=(2, 3), keepdims=True)
    std = np.sqrt(var + EPS)
    y = (x - mean) / std
    return y.copy(), (y, std)


def backward(dy, cache):
    y, std = cache
    g_mean = dy.mean(axis=(2, 3), keepdims=True)
    gy_mean = (dy * y).mean(axis=(2, 3), keepdims=True)
    dx = dy - g_mean - y * gy_mean
    return dx / std
""",
)

GROUPNORM = Program(
    "group_norm_cs231n",
    """\
import numpy as np

from gradcheck import adapt, whole


def gn_forward(x, gamma, beta, G, gn_param):
    eps = gn_param.get("eps", 1e-5)
    N, C, H, W = x.shape
    xg = x.reshape(N, G, C // G * H * W)
    mu = xg.mean(axis=2, keepdims=True)
    var = xg.var(axis=2, keepdims=True)
    xn = ((xg - mu) / np.sqrt(var + eps)).reshape(N, C, H, W)
    out = xn * gamma.reshape(1, C, 1, 1) + beta.reshape(1, C, 1, 1)
    return out, (G, xn, var, gamma, eps)


def gn_backward(dout, cache):
    G, xn, var, gamma, eps = cache
    N, C, H, W = dout.shape
    dgamma = (dout * xn).sum(axis=(0, 2, 3))
    dbeta = dout.sum(axis=(0, 2, 3))
    dxn = (dout * gamma.reshape(1, C, 1, 1)).reshape(N, G, -1)
    xn = xn.reshape(N, G, -1)
    M = xn.shape[2]
    inv_std = 1 / np.sqrt(var + eps)
    s1 = dxn.sum(axis=2, keepdims=True)
    s2 = np.sum(dxn * xn, axis=2, keepdims=True)
    dx = inv_std * (dxn - s1 / M - xn * s2 / M)
    return dx.reshape(N, C, H, W), dgamma, dbeta


op = adapt(
    gn_forward, gn_backward, name="group_norm", x="N G*M H W", gamma="G*M", beta="G*M", G=whole(1, 3),
    gn_param={"eps": 1e-5},
)
""",
)

SAITOH_BATCHNORM = Program(
    "saitoh_batchnorm",
    """\
import numpy as np


class BatchNormalization:
    def __init__(self, gamma: "D", beta: "D"):
        self.gamma = gamma
        self.beta = beta

    def forward(self, x: "N D"):
        mu = x.mean(axis=0)
        xc = x - mu
        var = np.mean(xc ** 2, axis=0)
        std = np.sqrt(var + 10e-7)
        xn = xc / std
        self.batch_size = x.shape[0]
        self.xc = xc
        self.xn = xn
        self.std = std
        return self.gamma * xn + self.beta

    def backward(self, dout):
        dbeta = dout.sum(axis=0)
        dgamma = np.sum(self.xn * dout, axis=0)
        dxn = self.gamma * dout
        dxc = dxn / self.std
        dstd = -np.sum((dxn * self.xc) / (self.std * self.std), axis=0)
        dvar = 0.5 * dstd / self.std
        dxc += (2.0 / self.batch_size) * self.xc * dvar
        dmu = np.sum(dxc, axis=0)
        dx = dxc - dmu / self.batch_size
        self.dgamma = dgamma
        self.dbeta = dbeta
        return dx
""",
)

WEIGHT_STANDARDISATION = Program(
    "weight_standardisation",
    """\
import numpy as np


def standardise(w):
    m = w.mean(axis=0)
    s = np.sqrt(((w - m) ** 2).mean(axis=0) + 1e-5)
    return (w - m) / s, s


def ws_forward(x: "N D", w: "D M"):
    wh, s = standardise(w)
    return x @ wh, (x, wh, s)


def ws_backward(dy, cache):
    x, wh, s = cache
    dwh = x.T @ dy
    through_mean = dwh.mean(axis=0)
    through_std = wh * (dwh * wh).mean(axis=0)
    dw = (dwh - through_mean - through_std) / s
    return dy @ wh.T, dw
""",
)

SOFTMAX_ROWS = Program(
    "softmax_class",
    """\
import numpy as np


class Softmax:
    def forward(self, x: "N C"):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.probs = e / e.sum(axis=1, keepdims=True)
        return self.probs.copy()

    def backward(self, dout):
        p = self.probs
        inner = (dout * p).sum(axis=1, keepdims=True)
        return p * (dout - inner)
""",
)

SOFTMAX_JACOBIAN = Program(
    "softmax_jacobian_loop",
    """\
import numpy as np


def softmax_forward(z: "N C"):
    z = z - np.max(z, axis=1, keepdims=True)
    out = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    return out, out.copy()


def softmax_backward(dout, probs):
    dz = np.empty_like(dout)
    for row, (p, d) in enumerate(zip(probs, dout)):
        p = p.reshape(-1, 1)
        jacobian = np.diagflat(p) - np.dot(p, p.T)
        dz[row] = jacobian @ d
    return dz
""",
)

ATTENTION = Program(
    "single_head_attention",
    """\
import numpy as np


def attention_forward(Q: "B T D", K: "B S D", V: "B S M"):
    d = Q.shape[-1]
    scores = Q @ K.transpose(0, 2, 1) / np.sqrt(d)
    scores = scores - scores.max(axis=-1, keepdims=True)
    A = np.exp(scores)
    A = A / A.sum(axis=-1, keepdims=True)
    return A @ V, {"Q": Q, "K": K, "V": V, "A": A}


def attention_backward(dout, cache):
    Q, K, V, A = cache["Q"], cache["K"], cache["V"], cache["A"]
    dV = A.transpose(0, 2, 1) @ dout
    dA = dout @ V.transpose(0, 2, 1)
    dS = A * (dA - np.sum(dA * A, axis=-1, keepdims=True))
    dS = dS / np.sqrt(Q.shape[-1])
    dQ = dS @ K
    dK = dS.transpose(0, 2, 1) @ Q
    return dQ, dK, dV
""",
)

LOG_SOFTMAX = Program(
    "log_softmax_layer",
    """\
import numpy as np


def forward(x: "N T C"):
    m = x.max(axis=-1, keepdims=True)
    lse = m + np.log(np.exp(x - m).sum(axis=-1, keepdims=True))
    logp = x - lse
    return logp.copy(), logp


def backward(g, logp):
    total = g.sum(axis=-1, keepdims=True)
    return g - np.exp(logp) * total
""",
)

L2_NORMALISE = Program(
    "l2_normalise",
    """\
import numpy as np


class L2Normalize:
    def __init__(self):
        self.eps = 1e-6

    def forward(self, x: "N D"):
        norm = np.sqrt((x * x).sum(1, keepdims=True) + self.eps)
        self.unit = x / norm
        self.norm = norm
        return self.unit.copy()

    def backward(self, dy):
        radial = (dy * self.unit).sum(1, keepdims=True)
        dx = (dy - self.unit * radial) / self.norm
        return dx
""",
)

WEIGHTED_AVERAGE = Program(
    "weighted_average",
    """\
import numpy as np

from gradcheck import Array, adapt, positive


def weighted_average(values, w):
    total = w.sum(axis=1, keepdims=True)
    out = np.einsum("nt,ntd->nd", w, values) / total
    return out, (values, w, total, out.copy())


def weighted_average_grad(dout, cache):
    values, w, total, out = cache
    dvalues = np.einsum("nd,nt->ntd", dout, w / total)
    dw = np.einsum("nd,ntd->nt", dout, values - out[:, None, :]) / total
    return dvalues, dw


op = adapt(
    weighted_average, weighted_average_grad, name="weighted_average", values="N T D", w=Array("N T", positive())
)
""",
)

LINEAR_ATTENTION = Program(
    "linear_attention",
    '''\
import numpy as np

from gradcheck import Array, adapt, positive


class LinearAttention:
    """Attention with feature maps phi(q), phi(k) > 0, normalised by the sum of the keys."""

    def forward(self, q, k, v):
        kv = k.T @ v
        z = k.sum(axis=0)
        den = q @ z
        out = (q @ kv) / den[:, None]
        self.saved = (q, k, v, kv, z, den, out.copy())
        return out

    def backward(self, dout):
        q, k, v, kv, z, den, out = self.saved
        dnum = dout / den[:, None]
        dden = -(dout * out).sum(1) / den
        dq = dnum @ kv.T + np.outer(dden, z)
        dkv = q.T @ dnum
        dz = q.T @ dden
        dk = v @ dkv.T + dz
        dv = k @ dkv
        return dq, dk, dv


op = adapt(
    LinearAttention, name="linear_attention", q=Array("T D", positive()), k=Array("S D", positive()),
    v="S M",
)
''',
)

SQUASH = Program(
    "capsule_squash",
    """\
import numpy as np


def squash_forward(s: "N K D"):
    # v = |s|^2 / (1 + |s|^2) * s / |s|, written without the quotient by the norm
    n2 = np.sum(s ** 2, axis=-1, keepdims=True) + 1e-7
    f = np.sqrt(n2) / (1 + n2)
    return f * s, (s, n2, f)


def squash_backward(dv, cache):
    s, n2, f = cache
    df = np.sum(dv * s, axis=-1, keepdims=True)
    dn2 = df * (1 - n2) / (2 * np.sqrt(n2) * (1 + n2) ** 2)
    ds = f * dv + 2 * s * dn2
    return ds
""",
)

RMS_T5 = Program(
    "t5_rms_norm",
    """\
import numpy as np


def rms_forward(x: "N D", weight: "D", eps=1e-3):
    ms = np.mean(np.square(x), axis=-1, keepdims=True)
    y = x / np.sqrt(ms + eps)
    return y * weight, (x, weight, ms, eps)


def rms_backward(dout, cache):
    x, weight, ms, eps = cache
    n = x.shape[-1]
    rms = np.sqrt(ms + eps)
    dweight = np.sum(dout * x / rms, axis=0)
    dy = dout * weight
    dx = dy / rms - x * np.sum(dy * x, axis=-1, keepdims=True) / (n * rms ** 3)
    return dx, dweight
""",
)

COSINE = Program(
    "cosine_similarity",
    """\
import numpy as np

from gradcheck import adapt


def cosine(a, b, eps=1e-2):
    na = np.sqrt(np.sum(a * a, axis=1) + eps)
    nb = np.sqrt(np.sum(b * b, axis=1) + eps)
    sim = np.sum(a * b, axis=1) / (na * nb)
    return sim, (a, b, na, nb, sim.copy())


def cosine_backward(dsim, cache):
    a, b, na, nb, sim = cache
    d = dsim[:, None]
    na, nb, sim = na[:, None], nb[:, None], sim[:, None]
    da = d * (b / (na * nb) - sim * a / na ** 2)
    db = d * (a / (na * nb) - sim * b / nb ** 2)
    return da, db


op = adapt(cosine, cosine_backward, name="cosine", a="N D", b="N D")
""",
)

CHARBONNIER = Program(
    "charbonnier_loss",
    """\
import numpy as np

from gradcheck import adapt


def charbonnier(pred, target):
    eps = 1e-3
    diff = pred - target
    root = np.sqrt(diff ** 2 + eps)
    loss = np.mean(root)
    dpred = diff / np.sqrt(diff ** 2 + eps) / diff.size
    return loss, dpred


op = adapt(charbonnier, adapter="loss", name="charbonnier", pred="N H W", target="N H W", gradients=["pred"])
""",
)

SOFT_ENTROPY = Program(
    "soft_target_entropy",
    """\
import numpy as np

from gradcheck import Array, adapt, probability

EPS = 1e-4


def xent_forward(p, t):
    # cross entropy with soft targets
    return -t * np.log(p + EPS), (p, t)


def xent_backward(dl, cache):
    p, t = cache
    dp = -dl * t / (p + EPS)
    return dp, None


op = adapt(
    xent_forward, xent_backward, name="xent", p=Array("N C", probability()),
    t=Array("N C", probability(), gradient=False),
)
""",
)

STD_OP = Program(
    "std_reduction",
    """\
import numpy as np

from gradcheck import adapt, whole


class Std:
    def forward(self, x):
        self.x = x
        self.n = x.shape[-1]
        self.centred = x - x.mean(-1, keepdims=True)
        self.std = np.sqrt((self.centred ** 2).sum(-1) / (self.n - 1) + 1e-6)
        return self.std.copy()

    def backward(self, grad):
        scale = grad / (self.std * (self.n - 1))
        return scale[..., None] * self.centred


op = adapt(Std, name="std", x="N D", sizes={"D": whole(2, None)})
""",
)

VARIANCE_PENALTY = Program(
    "variance_hinge",
    '''\
import numpy as np

from gradcheck import adapt, whole


def variance_loss(z):
    """The variance term of VICReg on softened standard deviations: mean of exp(-std)."""
    n, d = z.shape
    zc = z - z.mean(axis=0)
    var = (zc ** 2).sum(axis=0) / n
    std = np.sqrt(var + 1e-2)
    loss = np.exp(-std).mean()
    dstd = -np.exp(-std) / d
    dz = dstd / std * zc / n
    return loss, dz


op = adapt(variance_loss, adapter="loss", name="variance", z="N D", sizes={"N": whole(2, None)})
''',
)

UNBIASED_BATCHNORM = Program(
    "batchnorm_unbiased",
    """\
import numpy as np

from gradcheck import adapt, whole


def forward(x):
    n = len(x)
    c = x - x.mean(0)
    s2 = np.var(x, axis=0, ddof=1) + 1e-5
    y = c / np.sqrt(s2)
    return y, (c, s2, n)


def backward(dy, cache):
    c, s2, n = cache
    r = 1 / np.sqrt(s2)
    dc = dy * r
    ds2 = -0.5 * (dy * c).sum(0) * r ** 3
    dc = dc + 2 * c * ds2 / (n - 1)
    return dc - dc.mean(0)


op = adapt(forward, backward, name="batchnorm_unbiased", x="N D", sizes={"N": whole(2, None)})
""",
)

WHITEN_GIVEN_VARIANCE = Program(
    "batchnorm_inference",
    """\
import numpy as np

from gradcheck import Array, adapt, positive


class BatchNormEval:
    def __init__(self, gamma, beta, running_mean, running_var, eps=1e-5):
        self.gamma, self.beta = gamma, beta
        self.running_mean, self.running_var, self.eps = running_mean, running_var, eps

    def forward(self, x):
        self.std = np.sqrt(self.running_var + self.eps)
        self.xhat = (x - self.running_mean) / self.std
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        self.dgamma = (dout * self.xhat).sum(0)
        self.dbeta = dout.sum(0)
        return dout * self.gamma / self.std


op = adapt(
    BatchNormEval, name="batchnorm_eval", x="N D", gamma="D", beta="D",
    running_mean=Array("D", gradient=False), running_var=Array("D", positive(), gradient=False),
)
""",
)

LOGSUMEXP = Program(
    "logsumexp_pool",
    """\
import numpy as np


def logsumexp_forward(x: "N D"):
    m = x.max(axis=1, keepdims=True)
    s = np.exp(x - m).sum(axis=1, keepdims=True)
    lse = np.log(s) + m
    return lse[:, 0], (x, m, s)


def logsumexp_backward(dy, cache):
    x, m, s = cache
    shifted = np.exp(x - m)
    return dy[:, None] * shifted / s
""",
)

STAGED_CROSS_ENTROPY = Program(
    "staged_cross_entropy",
    '''\
import numpy as np

from gradcheck import Array, adapt, indices


def softmax_loss(x, y):
    """Softmax loss in stages, each of which is gone back through on its own."""
    N = len(x)
    rows = np.arange(N)
    top = x.max(axis=1)
    shifted = x - top[:, None]
    e = np.exp(shifted)
    Z = e.sum(axis=1)
    log_Z = np.log(Z)
    loss = np.sum(log_Z + top - x[rows, y]) / N

    dlog_Z = np.full(N, 1.0 / N)
    dZ = dlog_Z / Z
    de = dZ[:, None] * np.ones_like(e)
    dshifted = de * e
    dx = dshifted.copy()
    dx[rows, y] -= 1.0 / N
    return loss, dx


op = adapt(softmax_loss, adapter="loss", name="softmax_loss", x="N C", y=Array("N", indices("C")), gradients=["x"])
''',
)

LOG_SUM_TREE = Program(
    "crf_partition_step",
    """\
import numpy as np


class ForwardStep:
    # one step of the forward algorithm of a CRF: alpha'_j = log sum_i exp(alpha_i + T_ij) + e_j
    def __init__(self, T: "K K"):
        self.T = T

    def forward(self, alpha: "N K", emit: "N K"):
        self.scores = alpha[:, :, None] + self.T[None]
        self.top = self.scores.max(axis=1, keepdims=True)
        self.w = np.exp(self.scores - self.top)
        return np.log(self.w.sum(axis=1)) + self.top[:, 0] + emit

    def backward(self, d):
        share = self.w / self.w.sum(axis=1, keepdims=True)
        dscores = share * d[:, None, :]
        self.dT = dscores.sum(axis=0)
        return dscores.sum(axis=2), d * 1.0
""",
)

CONSTANT_ROW = ("row-sum-missing", "normaliser-constant")
CONSTANT_SUM = ("normaliser-constant", "row-sum-missing")
"""Where the coupling of a row comes from its denominator alone, both say the same."""

FORMULA_BATCHNORM = Program(
    "formula_batchnorm",
    """\
import numpy as np


def bn_forward(x: "N D", gamma: "D", beta: "D"):
    eps = 1e-5
    mean = np.mean(x, axis=0)
    var = np.var(x, axis=0)
    x_norm = (x - mean) / np.sqrt(var + eps)
    return gamma * x_norm + beta, (x, x_norm, mean, var, gamma, eps)


def bn_backward(dout, cache):
    x, x_norm, mean, var, gamma, eps = cache
    m = x.shape[0]
    dx_norm = dout * gamma
    dvar = np.sum(dx_norm * (x - mean), axis=0) * -0.5 * (var + eps) ** (-3 / 2)
    dmean = np.sum(dx_norm * -1 / np.sqrt(var + eps), axis=0) + dvar * np.mean(-2 * (x - mean), axis=0)
    dx = dx_norm / np.sqrt(var + eps) + dvar * 2 * (x - mean) / m + dmean / m
    return dx, np.sum(dout * x_norm, axis=0), np.sum(dout, axis=0)
""",
)

WRONGS = (
    Wrong("mean-constant", STAGED_BATCHNORM, "dx = dx1 + dx2", "dx = dx1"),
    Wrong("mean-constant", LAYERNORM_CLASS, "(dnorm - m1 - self.norm * m2)", "(dnorm - self.norm * m2)"),
    Wrong("mean-constant", WEIGHT_STANDARDISATION, "(dwh - through_mean - through_std) / s", "(dwh - through_std) / s"),
    Wrong("mean-constant", INSTANCE_NORM, "dx = dy - g_mean - y * gy_mean", "dx = dy - y * gy_mean"),
    Wrong(
        "variance-constant",
        STAGED_BATCHNORM,
        "dx1 = dxmu1 + dxmu2",
        "dx1 = dxmu1",
        also=(("np.sum(dxmu1 + dxmu2, axis=0)", "np.sum(dxmu1, axis=0)"),),
    ),
    Wrong("variance-constant", SAITOH_BATCHNORM, "        dxc += (2.0 / self.batch_size) * self.xc * dvar\n", ""),
    Wrong("variance-constant", INSTANCE_NORM, "dx = dy - g_mean - y * gy_mean", "dx = dy - g_mean"),
    Wrong("variance-constant", GROUPNORM, "(dxn - s1 / M - xn * s2 / M)", "(dxn - s1 / M)"),
    Wrong(
        "statistics-constant",
        LAYERNORM_CLASS,
        "return (dnorm - m1 - self.norm * m2) * self.rstd",
        "return dnorm * self.rstd",
    ),
    Wrong("statistics-constant", GROUPNORM, "dx = inv_std * (dxn - s1 / M - xn * s2 / M)", "dx = inv_std * dxn"),
    Wrong(
        "statistics-constant", SAITOH_BATCHNORM, "dx = dxc - dmu / self.batch_size", "dx = self.gamma * dout / self.std"
    ),
    Wrong("diagonal-jacobian", SOFTMAX_ROWS, "return p * (dout - inner)", "return dout * p * (1 - p)"),
    Wrong(
        "diagonal-jacobian",
        SOFTMAX_JACOBIAN,
        "jacobian = np.diagflat(p) - np.dot(p, p.T)",
        "jacobian = np.diagflat(p * (1 - p))",
    ),
    Wrong(
        "diagonal-jacobian",
        ATTENTION,
        "dS = A * (dA - np.sum(dA * A, axis=-1, keepdims=True))",
        "dS = dA * A * (1 - A)",
    ),
    Wrong(
        "diagonal-jacobian",
        L2_NORMALISE,
        "dx = (dy - self.unit * radial) / self.norm",
        "dx = dy * (1 - self.unit ** 2) / self.norm",
    ),
    Wrong(CONSTANT_ROW, SOFTMAX_ROWS, "return p * (dout - inner)", "return p * dout"),
    Wrong(CONSTANT_ROW, ATTENTION, "dS = A * (dA - np.sum(dA * A, axis=-1, keepdims=True))", "dS = A * dA"),
    Wrong(CONSTANT_ROW, LOG_SOFTMAX, "return g - np.exp(logp) * total", "return g.copy()"),
    Wrong(CONSTANT_ROW, SQUASH, "ds = f * dv + 2 * s * dn2", "ds = f * dv"),
    Wrong(CONSTANT_SUM, L2_NORMALISE, "dx = (dy - self.unit * radial) / self.norm", "dx = dy / self.norm"),
    Wrong(
        CONSTANT_SUM,
        WEIGHTED_AVERAGE,
        'np.einsum("nd,ntd->nt", dout, values - out[:, None, :]) / total',
        'np.einsum("nd,ntd->nt", dout, values) / total',
    ),
    Wrong(CONSTANT_SUM, LINEAR_ATTENTION, "dq = dnum @ kv.T + np.outer(dden, z)", "dq = dnum @ kv.T"),
    Wrong(
        (*CONSTANT_SUM, "variance-constant"),
        RMS_T5,
        "dx = dy / rms - x * np.sum(dy * x, axis=-1, keepdims=True) / (n * rms ** 3)",
        "dx = dy / rms",
    ),
    Wrong("eps-missing", RMS_T5, "rms = np.sqrt(ms + eps)", "rms = np.sqrt(ms)"),
    Wrong("eps-missing", COSINE, "sim * a / na ** 2", "sim * a / np.sum(a * a, axis=1, keepdims=True)"),
    Wrong(
        "eps-missing",
        CHARBONNIER,
        "diff / np.sqrt(diff ** 2 + eps) / diff.size",
        "diff / np.sqrt(diff ** 2) / diff.size",
    ),
    Wrong("eps-missing", SOFT_ENTROPY, "dp = -dl * t / (p + EPS)", "dp = -dl * t / p"),
    Wrong("eps-missing", GROUPNORM, "inv_std = 1 / np.sqrt(var + eps)", "inv_std = 1 / np.sqrt(var)"),
    Wrong("eps-misplaced", RMS_T5, "rms = np.sqrt(ms + eps)", "rms = np.sqrt(ms) + eps"),
    Wrong(
        "eps-misplaced",
        STAGED_BATCHNORM,
        "dvar = 0.5 * 1. / np.sqrt(var + eps) * dsqrtvar",
        "dvar = 0.5 * 1. / (np.sqrt(var) + eps) * dsqrtvar",
    ),
    Wrong("eps-misplaced", GROUPNORM, "inv_std = 1 / np.sqrt(var + eps)", "inv_std = 1 / (np.sqrt(var) + eps)"),
    Wrong(
        "eps-misplaced",
        CHARBONNIER,
        "diff / np.sqrt(diff ** 2 + eps) / diff.size",
        "diff / (np.sqrt(diff ** 2) + eps) / diff.size",
    ),
    Wrong("root-missing", GROUPNORM, "inv_std = 1 / np.sqrt(var + eps)", "inv_std = 1 / (var + eps)"),
    Wrong(
        "root-missing",
        WHITEN_GIVEN_VARIANCE,
        "return dout * self.gamma / self.std",
        "return dout * self.gamma / (self.running_var + self.eps)",
    ),
    Wrong(
        ("root-missing", "power"),
        LAYERNORM_CLASS,
        "(dnorm - m1 - self.norm * m2) * self.rstd",
        "(dnorm - m1 - self.norm * m2) * self.rstd ** 2",
    ),
    Wrong(
        ("root-missing", "power"),
        WEIGHT_STANDARDISATION,
        "(dwh - through_mean - through_std) / s",
        "(dwh - through_mean - through_std) / s ** 2",
    ),
    Wrong("unbiased", STD_OP, "grad / (self.std * (self.n - 1))", "grad / (self.std * self.n)"),
    Wrong("unbiased", VARIANCE_PENALTY, "dz = dstd / std * zc / n", "dz = dstd / std * zc / (n - 1)"),
    Wrong("unbiased", UNBIASED_BATCHNORM, "dc = dc + 2 * c * ds2 / (n - 1)", "dc = dc + 2 * c * ds2 / n"),
    Wrong(
        "max-counted", LOGSUMEXP, "return dy[:, None] * shifted / s", "return dy[:, None] * (shifted / s + (x == m))"
    ),
    Wrong(
        "max-counted",
        STAGED_CROSS_ENTROPY,
        "dx = dshifted.copy()\n",
        "dx = dshifted.copy()\n    dx[rows, x.argmax(axis=1)] -= dshifted.sum(axis=1)\n",
    ),
    Wrong(
        "max-counted",
        LOG_SUM_TREE,
        "share = self.w / self.w.sum(axis=1, keepdims=True)",
        "share = np.exp(self.scores) / self.w.sum(axis=1, keepdims=True)",
    ),
    Wrong("power", FORMULA_BATCHNORM, "(var + eps) ** (-3 / 2)", "(var + eps) ** -3 / 2"),
    Wrong("mean-constant", FORMULA_BATCHNORM, "* 2 * (x - mean) / m + dmean / m", "* 2 * (x - mean) / m"),
    Wrong(
        "variance-constant",
        FORMULA_BATCHNORM,
        "dx_norm / np.sqrt(var + eps) + dvar * 2 * (x - mean) / m + dmean / m",
        "dx_norm / np.sqrt(var + eps) + dmean / m",
    ),
    Wrong("factor-missing", WHITEN_GIVEN_VARIANCE, "return dout * self.gamma / self.std", "return dout / self.std"),
)
"""Wrong programs of these causes."""
