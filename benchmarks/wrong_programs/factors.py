"""Factors: missing, extra, of another power, of another variable or function, dropped scales and masks."""

from wrong_programs.program import Program, Wrong

SWIGLU = Program(
    "swiglu",
    """\
import numpy as np


def forward(x: "N D", w: "D H", v: "D H"):
    gate = x @ w
    value = x @ v
    s = 1 / (1 + np.exp(-gate))
    return gate * s * value, (x, w, v, gate, value, s)


def backward(dy, cache):
    x, w, v, gate, value, s = cache
    dgate = dy * value * s * (1 + gate * (1 - s))
    dvalue = dy * gate * s
    return dgate @ w.T + dvalue @ v.T, x.T @ dgate, x.T @ dvalue
""",
)

CS231N_LAYERNORM = Program(
    "cs231n_layernorm",
    """\
import numpy as np


def layernorm_forward(x, gamma, beta, eps=1e-5):
    mu = np.mean(x, axis=1, keepdims=True)
    var = np.var(x, axis=1, keepdims=True)
    x_hat = (x - mu) / np.sqrt(var + eps)
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "var": var, "gamma": gamma, "eps": eps}
    return out, cache


def layernorm_backward(dout, cache):
    x_hat, var, gamma = cache["x_hat"], cache["var"], cache["gamma"]
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * x_hat, axis=0)
    dx_hat = dout * gamma
    dx = D * dx_hat - np.sum(dx_hat, axis=1, keepdims=True)
    dx -= x_hat * np.sum(dx_hat * x_hat, axis=1, keepdims=True)
    dx /= D * np.sqrt(var + cache["eps"])
    return dx, dgamma, dbeta
""",
)

REPARAMETRISATION = Program(
    "reparametrisation",
    '''\
"""The sampling layer of a variational autoencoder; the noise is given."""

import numpy as np

from gradcheck import Array, adapt, real


class Sampling:
    def forward(self, mean, log_var, noise):
        self.std = np.exp(0.5 * log_var)
        self.noise = noise
        return mean + self.std * noise

    def backward(self, dz):
        dmean = dz
        dlog_var = 0.5 * dz * self.noise * self.std
        return dmean * 1.0, dlog_var, None


op = adapt(
    Sampling, name="sampling", mean="N Z", log_var=Array("N Z", real(10)), noise=Array("N Z", gradient=False)
)
''',
)

SCALE_LAYER = Program(
    "scale_layer",
    """\
import numpy as np


class ChannelAffine:
    # per-channel scale and shift for NCHW feature maps (frozen batchnorm)
    def __init__(self, weight: "C", bias: "C"):
        self.weight = weight
        self.bias = bias

    def forward(self, x: "N C H W"):
        self.x = x
        return x * self.weight[None, :, None, None] + self.bias[None, :, None, None]

    def backward(self, grad):
        scale = self.weight.reshape(1, -1, 1, 1)
        self.grad_weight = np.einsum("nchw,nchw->c", grad, self.x)
        self.grad_bias = np.einsum("nchw->c", grad)
        return grad * scale
""",
)

ADDITIVE_ATTENTION = Program(
    "additive_attention",
    '''\
import numpy as np


def forward(q: "B Q D", k: "B K D", v: "D"):
    """Bahdanau's score: v . tanh(q_i + k_j)"""
    t = np.tanh(q[:, :, None, :] + k[:, None, :, :])
    return np.einsum("bijd,d->bij", t, v), (t, v)


def backward(dscore, cache):
    t, v = cache
    dv = np.einsum("bij,bijd->d", dscore, t)
    dt = np.einsum("bij,d->bijd", dscore, v)
    dpre = dt * (1 - t ** 2)
    return dpre.sum(axis=2), dpre.sum(axis=1), dv
''',
)

WEIGHTED_BAG = Program(
    "weighted_bag",
    """\
import numpy as np
from gradcheck import Array, indices


def bag_forward(table: "V D", idx: Array("N L", indices("V")), weight: "N L"):
    rows = table[idx]
    out = (rows * weight[:, :, None]).sum(1)
    return out, (rows, idx, weight, table.shape)


def bag_backward(dout, cache):
    rows, idx, weight, shape = cache
    drows = dout[:, None, :] * weight[:, :, None]
    dtable = np.zeros(shape)
    np.add.at(dtable, idx, drows)
    dweight = (dout[:, None, :] * rows).sum(2)
    return dtable, None, dweight
""",
)

RMSNORM = Program(
    "rmsnorm_llama",
    """\
import numpy as np


class RMSNorm:
    def __init__(self, weight: "D", eps=1e-6):
        self.weight, self.eps = weight, eps

    def forward(self, x: "B T D"):
        self.x = x
        self.inv = (np.mean(x ** 2, -1, keepdims=True) + self.eps) ** -0.5
        return self.weight * (x * self.inv)

    def backward(self, dout):
        x, inv = self.x, self.inv
        dn = dout * self.weight
        self.dweight = (dout * x * inv).sum((0, 1))
        coupling = np.mean(dn * x, -1, keepdims=True)
        return inv * dn - x * inv ** 3 * coupling
""",
)

POWER_MEAN = Program(
    "power_mean",
    """\
import numpy as np

from gradcheck import Array, adapt, positive, whole


def gem_pool(x, p):
    # generalised mean pooling over the positions
    m = (x ** p).mean(axis=(2, 3))
    out = m ** (1.0 / p)
    return out, (x, p, m)


def gem_pool_grad(dout, cache):
    x, p, m = cache
    area = x.shape[2] * x.shape[3]
    dm = dout * m ** (1.0 / p - 1) / p
    dx = dm[:, :, None, None] * p * x ** (p - 1) / area
    return dx


op = adapt(gem_pool, gem_pool_grad, name="gem", x=Array("N C H W", positive()), p=whole(2, 4))
""",
)

INVERSE_DISTANCE = Program(
    "student_t_kernel",
    '''\
import numpy as np


def forward(z: "N D", mu: "K D"):
    """Soft assignment kernel of deep embedded clustering, not normalised: 1 / (1 + |z - mu|^2)"""
    diff = z[:, None, :] - mu[None, :, :]
    d2 = np.sum(diff ** 2, axis=2)
    q = 1.0 / (1.0 + d2)
    return q.copy(), (diff, q)


def backward(dq, cache):
    diff, q = cache
    dd2 = -dq * q ** 2
    ddiff = 2 * dd2[:, :, None] * diff
    dz = ddiff.sum(axis=1)
    dmu = -ddiff.sum(axis=0)
    return dz, dmu
''',
)

SELF_ATTENTION_SCORES = Program(
    "self_attention_scores",
    """\
import numpy as np


def forward(q: "T D", k: "T D"):
    scale = 1.0 / np.sqrt(q.shape[-1])
    scores = q @ k.T * scale
    return scores, (q, k, scale)


def backward(dscores, cache):
    q, k, scale = cache
    dscores = dscores * scale
    dq = np.dot(dscores, k)
    dk = np.dot(dscores.T, q)
    return dq, dk
""",
)

LSTM_CELL = Program(
    "lstm_cell_numpy",
    """\
import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class LSTMCell:
    def __init__(self, Wx: "D 4*H", Wh: "H 4*H", b: "4*H"):
        self.Wx, self.Wh, self.b = Wx, Wh, b

    def forward(self, x: "N D", h_prev: "N H", c_prev: "N H"):
        H = h_prev.shape[1]
        A = np.dot(x, self.Wx) + np.dot(h_prev, self.Wh) + self.b
        f = sigmoid(A[:, :H])
        g = np.tanh(A[:, H : 2 * H])
        i = sigmoid(A[:, 2 * H : 3 * H])
        o = sigmoid(A[:, 3 * H :])
        c_next = f * c_prev + g * i
        h_next = o * np.tanh(c_next)
        self.cache = (x, h_prev, c_prev, i, f, g, o, c_next.copy())
        return h_next, c_next

    def backward(self, dh_next, dc_next):
        x, h_prev, c_prev, i, f, g, o, c_next = self.cache
        tanh_c = np.tanh(c_next)
        ds = dc_next + (dh_next * o) * (1 - tanh_c ** 2)
        dc_prev = ds * f
        di = ds * g
        df = ds * c_prev
        do = dh_next * tanh_c
        dg = ds * i
        di *= i * (1 - i)
        df *= f * (1 - f)
        do *= o * (1 - o)
        dg *= 1 - g ** 2
        dA = np.hstack((df, dg, di, do))
        self.dWh = np.dot(h_prev.T, dA)
        self.dWx = np.dot(x.T, dA)
        self.db = dA.sum(axis=0)
        dx = np.dot(dA, self.Wx.T)
        dh_prev = np.dot(dA, self.Wh.T)
        return dx, dh_prev, dc_prev
""",
)

TRIPLET = Program(
    "triplet_distances",
    '''\
import numpy as np

from gradcheck import adapt


def triplet_loss(anchor, positive, negative):
    """log(1 + exp(d(a, p) - d(a, n))), averaged; returns the loss and its gradients."""
    to_pos = anchor - positive
    to_neg = anchor - negative
    gap = (to_pos ** 2).sum(1) - (to_neg ** 2).sum(1)
    n = anchor.shape[0]
    loss = np.logaddexp(0, gap).sum() / n
    e = np.exp(-np.abs(gap))
    s = (np.where(gap >= 0, 1.0, e) / (1 + e))[:, None] / n
    grads = {
        "anchor": 2 * s * (to_pos - to_neg),
        "positive": -2 * s * to_pos,
        "negative": 2 * s * to_neg,
    }
    return loss, grads


op = adapt(
    triplet_loss, adapter="loss", name="triplet", anchor="N D", positive="N D", negative="N D",
    gradients=["anchor", "positive", "negative"],
)
''',
)

SIREN = Program(
    "siren_layer",
    """\
import numpy as np

from gradcheck import adapt, choice


class SineLayer:
    def __init__(self, W, b, omega):
        self.W, self.b, self.omega = W, b, omega

    def forward(self, x):
        self.x = x
        self.z = self.omega * (x @ self.W + self.b)
        return np.sin(self.z)

    def backward(self, dout):
        dz = dout * np.cos(self.z)
        dz = dz * self.omega
        self.dW = self.x.T @ dz
        self.db = dz.sum(0)
        return dz @ self.W.T


op = adapt(SineLayer, name="siren", x="N D", W="D M", b="M", omega=choice(1.0, 3.0))
""",
)

GAUSSIAN_CDF_GELU = Program(
    "gelu_by_erf",
    """\
import math

import numpy as np
from scipy.special import erf


def gelu_forward(x):
    cdf = 0.5 * (1.0 + erf(x / math.sqrt(2.0)))
    return x * cdf, (x, cdf)


def gelu_backward(dout, cache):
    x, cdf = cache
    pdf = np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
    return dout * (cdf + x * pdf)
""",
)

EXPONENTIAL_OF_BASE = Program(
    "power_of_base",
    """\
import numpy as np

from gradcheck import Array, adapt, choice, real


def rpow(x, base):
    y = base ** x
    return y, (x, y, base)


def rpow_back(g, saved):
    x, y, base = saved
    return g * np.log(base) * base ** x


op = adapt(rpow, rpow_back, name="rpow", x=Array("N D", real(8)), base=choice(2.0, 3.0, 0.5))
""",
)

STANDARDISE = Program(
    "standardise_given",
    '''\
import numpy as np

from gradcheck import Array, adapt, positive


def normalise(x, mean, std):
    """Normalisation with running statistics, as batch normalisation does it at test time."""
    return (x - mean) / std, (x, mean, std)


def normalise_backward(dout, cache):
    x, mean, std = cache
    dx = dout / std
    dmean = -dx.sum(axis=0)
    dstd = -np.sum(dout * (x - mean), axis=0) / std ** 2
    return dx, dmean, dstd


op = adapt(normalise, normalise_backward, name="frozen_norm", x="N D", mean="D", std=Array("D", positive()))
''',
)

QUOTIENT_GATE = Program(
    "needle_divide",
    """\
import numpy as np

from gradcheck import Array, adapt, nonzero


class EWiseDiv:
    # op of a small framework: compute(a, b), gradient(out_grad, node)
    def forward(self, a, b):
        self.inputs = (a, b)
        return a / b

    def backward(self, out_grad):
        lhs, rhs = self.inputs
        grad_a = out_grad / rhs
        grad_b = -out_grad * lhs / (rhs * rhs)
        return grad_a, grad_b


op = adapt(EWiseDiv, name="divide", a="*S", b=Array("*S", nonzero()))
""",
)

TEMPERATURE_SOFTMAX = Program(
    "softmax_with_temperature",
    """\
import numpy as np

from gradcheck import adapt, choice


def softmax_t(logits, T):
    z = logits / T
    z = z - z.max(axis=-1, keepdims=True)
    e = np.exp(z)
    p = e / e.sum(axis=-1, keepdims=True)
    return p.copy(), (p, T)


def softmax_t_backward(dp, cache):
    p, T = cache
    dz = p * (dp - np.sum(dp * p, axis=-1, keepdims=True))
    return dz / T


op = adapt(softmax_t, softmax_t_backward, name="softmax_t", logits="N C", T=choice(0.5, 2.0, 4.0))
""",
)

HIGHWAY = Program(
    "highway",
    """\
import numpy as np


def forward(x: "N D", W: "D D", Wt: "D D", bt: "D"):
    h = np.tanh(x @ W)
    t = 1 / (1 + np.exp(-(x @ Wt + bt)))
    out = t * h + (1 - t) * x
    return out, dict(x=x, W=W, Wt=Wt, h=h, t=t)


def backward(dout, cache):
    x, W, Wt, h, t = (cache[k] for k in ("x", "W", "Wt", "h", "t"))
    dh = dout * t
    dt = dout * (h - x)
    dcarry = dout * (1 - t)
    da = dh * (1 - h * h)
    dg = dt * t * (1 - t)
    dx = da @ W.T + dg @ Wt.T + dcarry
    return dx, x.T @ da, x.T @ dg, dg.sum(0)
""",
)

EMA_UPDATE = Program(
    "ema_update",
    """\
import numpy as np

from gradcheck import adapt, choice


def ema(state, value, momentum):
    new = momentum * state + (1 - momentum) * value
    return new, momentum


def ema_backward(dnew, momentum):
    return dnew * momentum, dnew * (1 - momentum)


op = adapt(ema, ema_backward, name="ema", state="N D", value="N D", momentum=choice(0.9, 0.75))
""",
)

GRU_BLEND = Program(
    "gru_step",
    """\
import numpy as np


def sigmoid(v):
    return 1.0 / (1.0 + np.exp(-v))


def gru_step_forward(x: "N D", h: "N H", Wz: "D+H H", Wr: "D+H H", Wc: "D+H H"):
    xh = np.concatenate([x, h], axis=1)
    z = sigmoid(xh @ Wz)
    r = sigmoid(xh @ Wr)
    xrh = np.concatenate([x, r * h], axis=1)
    c = np.tanh(xrh @ Wc)
    h_new = (1 - z) * h + z * c
    return h_new, (x, h, Wz, Wr, Wc, xh, z, r, xrh, c)


def gru_step_backward(dh_new, cache):
    x, h, Wz, Wr, Wc, xh, z, r, xrh, c = cache
    D = x.shape[1]
    dz = dh_new * (c - h)
    dc = dh_new * z
    dh = dh_new * (1 - z)

    dac = dc * (1 - c ** 2)
    dWc = xrh.T @ dac
    dxrh = dac @ Wc.T
    dx = dxrh[:, :D]
    dr = dxrh[:, D:] * h
    dh += dxrh[:, D:] * r

    dar = dr * r * (1 - r)
    daz = dz * z * (1 - z)
    dWr = xh.T @ dar
    dWz = xh.T @ daz
    dxh = dar @ Wr.T + daz @ Wz.T
    dx = dx + dxh[:, :D]
    dh = dh + dxh[:, D:]
    return dx, dh, dWz, dWr, dWc
""",
)

INVERTED_DROPOUT = Program(
    "inverted_dropout",
    """\
import numpy as np

from gradcheck import Array, adapt, bits, choice


def dropout_forward(x, mask, dropout_param):
    p = dropout_param["p"]
    out = x * mask / (1 - p)
    return out, (mask, dropout_param)


def dropout_backward(dout, cache):
    mask, dropout_param = cache
    p = dropout_param["p"]
    dx = dout * mask / (1 - p)
    return dx


op = adapt(
    dropout_forward, dropout_backward, name="dropout", x="N D", mask=Array("N D", bits()),
    dropout_param={"p": choice(0.25, 0.4)}, gradients=["x"],
)
""",
)

STOCHASTIC_DEPTH = Program(
    "stochastic_depth",
    """\
import numpy as np
from gradcheck import Array, adapt, bits, choice


class DropPath:
    \"\"\"Residual block whose branch is dropped for some of the samples.\"\"\"

    def __init__(self, W, keep):
        self.W = W
        self.keep = keep

    def forward(self, x, alive):
        self.x, self.alive = x, alive
        self.h = np.tanh(x @ self.W)
        return x + alive[:, None] * self.h / self.keep

    def backward(self, dout):
        dh = dout * self.alive[:, None] / self.keep
        da = dh * (1 - self.h ** 2)
        self.dW = self.x.T @ da
        return dout + da @ self.W.T, None


op = adapt(DropPath, name="drop_path", x="N D", alive=Array("N", bits()), W="D D", keep=choice(0.5, 0.8))
""",
)

DROPOUT_MLP = Program(
    "dropout_mlp",
    """\
import numpy as np
from gradcheck import Array, bits

KEEP = 0.8


def forward(x: "N D", W1: "D H", W2: "H M", mask: Array("N H", bits())):
    h = np.tanh(x @ W1)
    hd = h * mask / KEEP
    return hd @ W2, (x, W1, W2, mask, h, hd)


def backward(dy, cache):
    x, W1, W2, mask, h, hd = cache
    dW2 = hd.T @ dy
    dhd = dy @ W2.T
    dh = dhd * mask / KEEP
    da = dh * (1 - h ** 2)
    return da @ W1.T, x.T @ da, dW2, None
""",
)

MASKED_MEAN = Program(
    "masked_mean_pool",
    '''\
import numpy as np
from gradcheck import Array, bits


def forward(tokens: "B T D", mask: Array("B T", bits())):
    """Mean of the token vectors that are not padding."""
    count = np.maximum(mask.sum(1, keepdims=True), 1.0)
    pooled = (tokens * mask[..., None]).sum(1) / count
    return pooled, (mask, count, tokens.shape)


def backward(dpooled, cache):
    mask, count, shape = cache
    dtokens = np.broadcast_to((dpooled / count)[:, None, :], shape)
    return dtokens * mask[..., None], None
''',
)

SPATIAL_DROPOUT = Program(
    "spatial_dropout",
    """\
import numpy as np
from gradcheck import Array, adapt, bits


class Dropout2d:
    def forward(self, x, keep_mask):
        # whole channels are dropped
        self.scale = keep_mask[:, :, None, None] * 2.0
        return x * self.scale

    def backward(self, dout):
        return dout * self.scale, None


op = adapt(Dropout2d, name="dropout2d", x="N C H W", keep_mask=Array("N C", bits()))
""",
)

POWER_SCALAR = Program(
    "power_scalar",
    """\
import numpy as np

from gradcheck import Array, adapt, positive, whole


class PowerScalar:
    def __init__(self, scalar):
        self.scalar = scalar

    def forward(self, a):
        self.a = a
        self.out = np.power(a, self.scalar)
        return self.out.copy()

    def backward(self, out_grad):
        return out_grad * self.scalar * np.power(self.a, self.scalar - 1)


op = adapt(PowerScalar, name="power_scalar", a=Array("N D", positive()), scalar=whole(2, 3))
""",
)

RELU_PAIR = Program(
    "relu_pair",
    """\
import numpy as np


def relu_forward(x):
    out = np.maximum(0, x)
    return out, x


def relu_backward(dout, cache):
    x = cache
    dx = np.array(dout, copy=True)
    dx[x <= 0] = 0
    return dx
""",
)

GATED_CLOSURE = Program(
    "gated_closure",
    """\
import numpy as np

from gradcheck import adapt


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def gated(x, g):
    s = sigmoid(g)

    def backprop(dy):
        dx = dy * s
        dg = dy * x * s * (1 - s)
        return dx, dg

    return x * s, backprop


op = adapt(gated, adapter="closure", name="gated", x="N D", g="N D")
""",
)

CBOW = Program(
    "cbow_features_first",
    """\
import numpy as np


def forward(x: "V B", w1: "H V", b1: "H 1", w2: "V H", b2: "V 1"):
    h = np.maximum(w1 @ x + b1, 0)
    return w2 @ h + b2, (x, h, w1, w2)


def backward(dy, cache):
    x, h, w1, w2 = cache
    l1 = np.dot(w2.T, dy)
    l1[h <= 0] = 0
    grad_W1 = np.dot(l1, x.T)
    grad_W2 = np.dot(dy, h.T)
    grad_b1 = np.sum(l1, axis=1, keepdims=True)
    grad_b2 = np.sum(dy, axis=1, keepdims=True)
    return np.dot(w1.T, l1), grad_W1, grad_b1, grad_W2, grad_b2
""",
)

PADDED_EMBEDDING = Program(
    "embedding_padding_idx",
    """\
import numpy as np

from gradcheck import Array, adapt, indices


class Embedding:
    # tokens with the number 0 are padding, whose vector counts as zero
    def __init__(self, weight):
        self.weight = weight

    def forward(self, ids):
        self.ids = ids
        self.real = (ids != 0)[..., None]
        return self.weight[ids] * self.real

    def backward(self, dout):
        grad = np.zeros_like(self.weight)
        np.add.at(grad, self.ids, dout * self.real)
        self.grad_weight = grad
        return None


op = adapt(Embedding, name="embedding", ids=Array("N T", indices("V")), weight="V D")
""",
)

SMOOTHED_WITH_PADDING = Program(
    "smoothing_with_padding",
    """\
import numpy as np

from gradcheck import Array, bits, indices


def forward(x: "N C", y: Array("N", indices("C")), keep: Array("N", bits()), smoothing=0.2):
    n, c = x.shape
    s = x - x.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    nll = -logp[np.arange(n), y] * keep
    smooth = -logp.mean(axis=1) * keep
    return (1 - smoothing) * nll + smoothing * smooth, (logp, y, keep, smoothing)


def backward(dy, cache):
    logp, y, keep, smoothing = cache
    n, c = logp.shape
    p = np.exp(logp)
    hot = np.zeros_like(p)
    hot[np.arange(n), y] = 1
    g = (1 - smoothing) * (p - hot) * keep[:, None]
    g += smoothing * (p - 1 / c) * keep[:, None]
    return dy[:, None] * g, None, None
""",
)

LOG_BASE = Program(
    "decibels",
    """\
import numpy as np

from gradcheck import Array, adapt, positive


def to_decibel(power):
    return 10 * np.log10(power + 1e-6), power


def to_decibel_back(dy, power):
    return 10 * dy / ((power + 1e-6) * np.log(10))


op = adapt(to_decibel, to_decibel_back, name="decibel", power=Array("C F", positive()))
""",
)

HYPERBOLIC = Program(
    "catenary_layer",
    """\
import numpy as np

from gradcheck import Array, adapt, real


class Cosh:
    def forward(self, x):
        self.x = x
        return np.cosh(x)

    def backward(self, grad):
        return grad * np.sinh(self.x)


op = adapt(Cosh, name="cosh", x=Array("*S", real(4)))
""",
)

LOWER_POWER, HIGHER_POWER = ("power", "factor-missing"), ("power", "factor-extra")
"""An exponent that is one less, or one more, is a factor less, or one more."""

WRONGS = (
    Wrong("factor-missing", SWIGLU, "dvalue = dy * gate * s", "dvalue = dy * s"),
    Wrong("factor-missing", CS231N_LAYERNORM, "dx_hat = dout * gamma", "dx_hat = dout"),
    Wrong(
        ("factor-missing", "slope-missing"),
        REPARAMETRISATION,
        "0.5 * dz * self.noise * self.std",
        "0.5 * dz * self.noise",
    ),
    Wrong("factor-missing", ADDITIVE_ATTENTION, 'np.einsum("bij,d->bijd", dscore, v)', "dscore[..., None]"),
    Wrong("factor-extra", SCALE_LAYER, 'np.einsum("nchw->c", grad)', 'np.einsum("nchw->c", grad * scale)'),
    Wrong("factor-extra", WEIGHTED_BAG, "(dout[:, None, :] * rows).sum(2)", "(drows * rows).sum(2)"),
    Wrong("factor-extra", ADDITIVE_ATTENTION, '"bij,bijd->d", dscore, t)', '"bij,bijd->d", dscore, t * v)'),
    Wrong(LOWER_POWER, RMSNORM, "x * inv ** 3 * coupling", "x * inv ** 2 * coupling"),
    Wrong(HIGHER_POWER, POWER_MEAN, "* p * x ** (p - 1) / area", "* p * x ** p / area"),
    Wrong(LOWER_POWER, INVERSE_DISTANCE, "dd2 = -dq * q ** 2", "dd2 = -dq * q"),
    Wrong(LOWER_POWER, STANDARDISE, "axis=0) / std ** 2", "axis=0) / std"),
    Wrong("wrong-variable", SELF_ATTENTION_SCORES, "np.dot(dscores, k)", "np.dot(dscores, q)"),
    Wrong("wrong-variable", LSTM_CELL, "df = ds * c_prev", "df = ds * c_next"),
    Wrong("wrong-variable", TRIPLET, '"negative": 2 * s * to_neg', '"negative": 2 * s * to_pos'),
    Wrong("wrong-variable", GRU_BLEND, "dWr = xh.T @ dar", "dWr = xrh.T @ dar"),
    Wrong("wrong-function", SIREN, "dout * np.cos(self.z)", "dout * np.sin(self.z)"),
    Wrong("wrong-function", GAUSSIAN_CDF_GELU, "x * pdf)", "x * cdf * (1 - cdf))"),
    Wrong("wrong-function", EXPONENTIAL_OF_BASE, "g * np.log(base) * base ** x", "g * x * base ** (x - 1)"),
    Wrong("product-for-quotient", STANDARDISE, "dx = dout / std", "dx = dout * std"),
    Wrong("product-for-quotient", QUOTIENT_GATE, "out_grad / rhs\n", "out_grad * rhs\n"),
    Wrong("product-for-quotient", TEMPERATURE_SOFTMAX, "return dz / T", "return dz * T"),
    Wrong("complement", HIGHWAY, "dcarry = dout * (1 - t)", "dcarry = dout * t"),
    Wrong("complement", EMA_UPDATE, "dnew * momentum, dnew * (1 - momentum)", "dnew * momentum, dnew * momentum"),
    Wrong("complement", GRU_BLEND, "dh = dh_new * (1 - z)", "dh = dh_new * z"),
    Wrong("complement", INVERTED_DROPOUT, "dx = dout * mask / (1 - p)", "dx = dout * mask / p"),
    Wrong(("keep-scale-missing", "setting-factor"), INVERTED_DROPOUT, "dx = dout * mask / (1 - p)", "dx = dout * mask"),
    Wrong(
        ("keep-scale-missing", "setting-factor"),
        STOCHASTIC_DEPTH,
        "dh = dout * self.alive[:, None] / self.keep",
        "dh = dout * self.alive[:, None]",
    ),
    Wrong(("keep-scale-missing", "constant-factor"), DROPOUT_MLP, "dh = dhd * mask / KEEP", "dh = dhd * mask"),
    Wrong("mask-missing", DROPOUT_MLP, "dh = dhd * mask / KEEP", "dh = dhd / KEEP"),
    Wrong("mask-missing", MASKED_MEAN, "return dtokens * mask[..., None], None", "return dtokens.copy(), None"),
    Wrong("mask-missing", SPATIAL_DROPOUT, "return dout * self.scale, None", "return dout * 2.0, None"),
    Wrong("mask-missing", STOCHASTIC_DEPTH, "dh = dout * self.alive[:, None] / self.keep", "dh = dout / self.keep"),
    Wrong(
        ("wrong-variable", "slope-at-output"),
        POWER_SCALAR,
        "np.power(self.a, self.scalar - 1)",
        "np.power(self.out, self.scalar - 1)",
    ),
    Wrong(HIGHER_POWER, POWER_SCALAR, "np.power(self.a, self.scalar - 1)", "np.power(self.a, self.scalar)"),
    Wrong("wrong-variable", RELU_PAIR, "dx[x <= 0] = 0", "dx[dout <= 0] = 0"),
    Wrong("factor-missing", GATED_CLOSURE, "dg = dy * x * s * (1 - s)", "dg = dy * s * (1 - s)"),
    Wrong("slope-missing", GATED_CLOSURE, "dg = dy * x * s * (1 - s)", "dg = dy * x"),
    Wrong("complement", GATED_CLOSURE, "dx = dy * s\n", "dx = dy * (1 - s)\n"),
    Wrong(
        "factor-extra",
        CBOW,
        "grad_b1 = np.sum(l1, axis=1, keepdims=True)",
        "grad_b1 = np.sum(np.dot(l1, x.T), axis=1, keepdims=True)",
    ),
    Wrong(("slope-missing", "mask-missing"), CBOW, "    l1[h <= 0] = 0\n", ""),
    Wrong(
        "mask-missing",
        PADDED_EMBEDDING,
        "np.add.at(grad, self.ids, dout * self.real)",
        "np.add.at(grad, self.ids, dout)",
    ),
    Wrong(
        ("mask-missing", "label-ignored"),
        SMOOTHED_WITH_PADDING,
        "g += smoothing * (p - 1 / c) * keep[:, None]",
        "g += smoothing * (p - 1 / c)",
    ),
    Wrong(
        ("factor-missing", "constant-factor", "wrong-function"),
        LOG_BASE,
        "((power + 1e-6) * np.log(10))",
        "(power + 1e-6)",
    ),
    Wrong("wrong-function", HYPERBOLIC, "grad * np.sinh(self.x)", "grad * np.cosh(self.x)"),
    Wrong(("factor-missing", "setting-factor"), EXPONENTIAL_OF_BASE, "g * np.log(base) * base ** x", "g * base ** x"),
)
"""Wrong programs of these causes."""
