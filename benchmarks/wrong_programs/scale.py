"""Gradients that are off by a factor which is the same for all elements: signs, constants, lengths, settings, zero."""

from wrong_programs.program import Program, Wrong

AFFINE = Program(
    "affine_layers",
    """
import numpy as np


def affine_forward(x: "N D K", w: "D*K M", b: "M"):
    out = x.reshape(x.shape[0], -1).dot(w) + b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    x, w, b = cache
    N = x.shape[0]
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(N, -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db
""",
)

CONV = Program(
    "conv_naive",
    """
import numpy as np
from gradcheck import whole


def conv_forward(x: "N C K+H L+W", w: "F C K L", b: "F", stride: whole(1, 2) = 1, pad: whole(0, 1) = 1):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    window = x_pad[n, :, i * stride:i * stride + HH, j * stride:j * stride + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, stride, pad)


def conv_backward(dout, cache):
    x, w, b, stride, pad = cache
    N, F, H_out, W_out = dout.shape
    HH, WW = w.shape[2:]
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    dw[f] += dout[n, f, i, j] * x_pad[n, :, hs:hs + HH, ws:ws + WW]
                    dx_pad[n, :, hs:hs + HH, ws:ws + WW] += dout[n, f, i, j] * w[f]
    dx = dx_pad[:, :, pad:pad + x.shape[2], pad:pad + x.shape[3]]
    return dx, dw, db
""",
)

EMBEDDING_BAG = Program(
    "embedding_bag",
    """
import numpy as np
from gradcheck import Array, indices


def bag_forward(table: "V D", tokens: Array("N T", indices("V"))):
    \"\"\"Sum of the word vectors of each sentence.\"\"\"
    return table[tokens].sum(axis=1), {"tokens": tokens, "shape": table.shape}


def bag_backward(grad, cache):
    tokens = cache["tokens"]
    n, length = tokens.shape
    dtable = np.zeros(cache["shape"])
    for t in range(length):
        np.add.at(dtable, tokens[:, t], grad)
    return dtable, None
""",
)

MSE = Program(
    "mse_loss",
    """
import numpy as np


class MSELoss:
    def forward(self, pred, target):
        self.diff = pred - target
        return np.mean(self.diff ** 2)

    def backward(self, dout=1.0):
        dpred = dout * 2.0 * self.diff / self.diff.size
        return dpred, -dpred
""",
)

SURPRISAL = Program(
    "surprisal",
    """
import numpy as np
from gradcheck import Array, positive


def surprisal_forward(p: Array("N", positive())):
    # information content in bits
    bits = -np.log2(p)
    return bits, p


def surprisal_backward(dbits, p):
    return -dbits / (p * np.log(2))
""",
)

SQUARED_DISTANCE = Program(
    "squared_distance",
    """
import numpy as np


def sqdist_forward(a: "N D", b: "M D"):
    N, M = len(a), len(b)
    out = np.zeros((N, M))
    for i in range(N):
        for j in range(M):
            d = a[i] - b[j]
            out[i, j] = np.dot(d, d)
    return out, (a, b)


def sqdist_backward(dout, cache):
    a, b = cache
    da, db = np.zeros_like(a), np.zeros_like(b)
    for i in range(len(a)):
        for j in range(len(b)):
            g = 2 * dout[i, j] * (a[i] - b[j])
            da[i] += g
            db[j] -= g
    return da, db
""",
)

RESIDUAL_TO_MEAN = Program(
    "subtract_row",
    """
import numpy as np


def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    return g


def sub_forward(a: "N D", b: "D"):
    return a - b, (a.shape, b.shape)


def sub_backward(g, shapes):
    ga = unbroadcast(g, shapes[0]).copy()
    gb = unbroadcast(-g, shapes[1])
    return ga, gb
""",
)

COSINE = Program(
    "cosine_features",
    """
import numpy as np


class CosineFeatures:
    \"\"\"Random Fourier features.\"\"\"

    def __init__(self, W, phase):
        self.W, self.phase = W, phase

    def forward(self, x):
        self.x = x
        self.z = x @ self.W + self.phase
        return np.cos(self.z)

    def backward(self, grad):
        dz = -grad * np.sin(self.z)
        self.dW = self.x.T @ dz
        self.dphase = dz.sum(axis=0)
        return dz @ self.W.T
""",
)

CROSS_ENTROPY_OF_PROBABILITIES = Program(
    "cross_entropy_probs",
    """
import numpy as np
from gradcheck import Array, adapt, positive


def cross_entropy(p, t):
    eps = 1e-7
    loss = -np.sum(t * np.log(p + eps)) / p.shape[0]
    dp = -t / (p + eps) / p.shape[0]
    return loss, dp


op = adapt(
    cross_entropy,
    adapter="loss",
    gradients=["p"],
    p=Array("N C", positive()),
    t=Array("N C", positive(), gradient=False),
)
""",
)

MEAN_OVER_TIME = Program(
    "mean_over_time",
    """
import numpy as np


class MeanOverTime:
    def forward(self, x: "N T D"):
        self.T = x.shape[1]
        return x.mean(axis=1)

    def backward(self, dout):
        return np.repeat(dout[:, None, :], self.T, axis=1) / self.T
""",
)

SOFTMAX_LOSS = Program(
    "softmax_loss",
    """
import numpy as np
from gradcheck import Array, adapt, indices


def softmax_loss(x, y):
    N = x.shape[0]
    shifted = x - np.max(x, axis=1, keepdims=True)
    log_probs = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    loss = -np.sum(log_probs[np.arange(N), y]) / N
    dx = np.exp(log_probs)
    dx[np.arange(N), y] -= 1
    dx = dx / N
    return loss, dx


op = adapt(softmax_loss, adapter="loss", x="N C", y=Array("N", indices("C")))
""",
)

GLOBAL_AVERAGE = Program(
    "global_average_pool",
    """
import numpy as np


def gap_forward(x: "N C H W"):
    N, C, H, W = x.shape
    out = np.zeros((N, C))
    for n in range(N):
        for c in range(C):
            out[n, c] = np.sum(x[n, c]) / (H * W)
    return out, x.shape


def gap_backward(dout, shape):
    N, C, H, W = shape
    return np.ones(shape) * dout.reshape(N, C, 1, 1) / (H * W)
""",
)

SPATIAL_BATCHNORM = Program(
    "spatial_batchnorm",
    """
import numpy as np


def spatial_batchnorm_forward(x: "N C H W", gamma: "C", beta: "C", eps=1e-5):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    out = gamma[None, :, None, None] * x_hat + beta[None, :, None, None]
    return out, (x_hat, std, gamma)


def spatial_batchnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    N, C, H, W = dout.shape
    m = N * H * W
    axes = (0, 2, 3)
    dbeta = dout.sum(axis=axes)
    dgamma = (dout * x_hat).sum(axis=axes)
    dx_hat = dout * gamma[None, :, None, None]
    dx = dx_hat - dx_hat.sum(axis=axes, keepdims=True) / m
    dx -= x_hat * (dx_hat * x_hat).sum(axis=axes, keepdims=True) / m
    return dx / std, dgamma, dbeta
""",
)

MASKED_MEAN = Program(
    "masked_mean",
    """
import numpy as np
from gradcheck import Array, bits


def masked_mean_forward(x: "N T D", mask: Array("N T", bits())):
    count = np.maximum(mask.sum(axis=1), 1)
    y = (x * mask[:, :, None]).sum(axis=1) / count[:, None]
    return y, (mask, count)


def masked_mean_backward(dy, cache):
    mask, count = cache
    return mask[:, :, None] * (dy / count[:, None])[:, None, :], None
""",
)

LORA = Program(
    "lora_linear",
    """
import numpy as np
from gradcheck import adapt, choice


def forward(x, W, A, B, alpha):
    h = x @ A
    return x @ W + alpha * (h @ B), (x, h, W, A, B, alpha)


def backward(dy, cache):
    x, h, W, A, B, alpha = cache
    dB = alpha * (h.T @ dy)
    dh = alpha * (dy @ B.T)
    dA = x.T @ dh
    dx = dy @ W.T + dh @ A.T
    dW = x.T @ dy
    return dx, dW, dA, dB


lora = adapt(forward, backward, x="N D", W="D M", A="D R", B="R M", alpha=choice(0.25, 2.0, 3.5))
""",
)

TEMPERATURE = Program(
    "log_softmax_temperature",
    """
import numpy as np
from gradcheck import choice


def log_softmax_forward(logits: "N C", temperature: choice(0.5, 2.0, 3.0) = 2.0):
    z = logits / temperature
    z = z - z.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    return log_p, (np.exp(log_p), temperature)


def log_softmax_backward(dlog_p, cache):
    p, temperature = cache
    dz = dlog_p - p * np.sum(dlog_p, axis=-1, keepdims=True)
    return dz / temperature
""",
)

SCALED_RESIDUAL = Program(
    "scaled_residual",
    """
import numpy as np
from gradcheck import adapt, choice


class ScaledResidual:
    def __init__(self, W, res_scale):
        self.W = W
        self.res_scale = res_scale
        self.dW = None

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W)
        return x + self.res_scale * self.h

    def backward(self, dout):
        dz = dout * (1 - self.h ** 2)
        self.dW = self.res_scale * (self.x.T @ dz)
        return dout + self.res_scale * (dz @ self.W.T)


layer = adapt(ScaledResidual, x="N D", W="D D", res_scale=choice(0.1, 0.3, 2.0))
""",
)

LAYER_NORM_CLASS = Program(
    "layer_norm_class",
    """
import numpy as np


class LayerNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta
        self.dgamma, self.dbeta = np.zeros_like(gamma), np.zeros_like(beta)

    def forward(self, x):
        mu = x.mean(axis=-1, keepdims=True)
        var = ((x - mu) ** 2).mean(axis=-1, keepdims=True)
        self.inv = 1.0 / np.sqrt(var + 1e-6)
        self.xhat = (x - mu) * self.inv
        return self.xhat * self.gamma + self.beta

    def backward(self, dy):
        self.dgamma = (dy * self.xhat).sum(axis=0)
        self.dbeta = dy.sum(axis=0)
        g = dy * self.gamma
        a = g.mean(axis=-1, keepdims=True)
        b = (g * self.xhat).mean(axis=-1, keepdims=True)
        return (g - a - self.xhat * b) * self.inv


from gradcheck import adapt

layer_norm = adapt(LayerNorm, x="N D", gamma="D", beta="D")
""",
)

ATTENTION_LOOPS = Program(
    "attention_loops",
    """
import numpy as np


def attention_forward(q: "T D", k: "S D", v: "S E"):
    T, D = q.shape
    p = np.zeros((T, len(k)))
    out = np.zeros((T, v.shape[1]))
    for t in range(T):
        s = np.array([np.dot(q[t], k[j]) for j in range(len(k))]) / np.sqrt(D)
        e = np.exp(s - np.max(s))
        p[t] = e / np.sum(e)
        out[t] = p[t] @ v
    return out, (q, k, v, p)


def attention_backward(dout, cache):
    q, k, v, p = cache
    T, D = q.shape
    dq, dk, dv = np.zeros_like(q), np.zeros_like(k), np.zeros_like(v)
    for t in range(T):
        dp = v @ dout[t]
        ds = p[t] * (dp - np.dot(dp, p[t])) / np.sqrt(D)
        dq[t] = ds @ k
        for j in range(len(k)):
            dk[j] += ds[j] * q[t]
            dv[j] += p[t, j] * dout[t]
    return dq, dk, dv
""",
)

RNN = Program(
    "rnn_sequence",
    """
import numpy as np


def rnn_forward(x: "N T D", h0: "N H", Wx: "D H", Wh: "H H", b: "H"):
    N, T, D = x.shape
    h = [h0]
    for t in range(T):
        h.append(np.tanh(x[:, t] @ Wx + h[-1] @ Wh + b))
    return np.stack(h[1:], axis=1), (x, h, Wx, Wh)


def rnn_backward(dh, cache):
    x, h, Wx, Wh = cache
    N, T, D = x.shape
    dx, dWx, dWh = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh)
    db = np.zeros(Wh.shape[0])
    dprev = np.zeros_like(h[0])
    for t in reversed(range(T)):
        da = (dh[:, t] + dprev) * (1 - h[t + 1] ** 2)
        dx[:, t] = da @ Wx.T
        dWx += x[:, t].T @ da
        dWh += h[t].T @ da
        db += da.sum(axis=0)
        dprev = da @ Wh.T
    dh0 = dprev
    return dx, dh0, dWx, dWh, db
""",
)

SIGNS = (
    Wrong("sign", RESIDUAL_TO_MEAN, "unbroadcast(-g, shapes[1])", "unbroadcast(g, shapes[1])"),
    Wrong("sign", COSINE, "dz = -grad * np.sin(self.z)", "dz = grad * np.sin(self.z)"),
    Wrong("sign", CROSS_ENTROPY_OF_PROBABILITIES, "dp = -t / (p + eps)", "dp = t / (p + eps)"),
    Wrong("sign", SQUARED_DISTANCE, "db[j] -= g", "db[j] += g"),
)
CONSTANTS = (
    Wrong("constant-factor", MSE, "dout * 2.0 * self.diff", "dout * self.diff"),
    Wrong("constant-factor", SURPRISAL, "-dbits / (p * np.log(2))", "-dbits / p"),
    Wrong("constant-factor", SQUARED_DISTANCE, "g = 2 * dout[i, j] * (a[i] - b[j])", "g = dout[i, j] * (a[i] - b[j])"),
)
LENGTHS = (
    Wrong("divided-by-length", AFFINE, "np.sum(dout, axis=0)", "np.mean(dout, axis=0)"),
    Wrong("divided-by-length", CONV, "return dx, dw, db", "return dx, dw / N, db"),
    Wrong("divided-by-length", EMBEDDING_BAG, "tokens[:, t], grad)", "tokens[:, t], grad / length)"),
    Wrong("multiplied-by-length", MEAN_OVER_TIME, "axis=1) / self.T", "axis=1)"),
    Wrong("multiplied-by-length", SOFTMAX_LOSS, "    dx = dx / N\n", ""),
    Wrong(
        "multiplied-by-length",
        GLOBAL_AVERAGE,
        "return np.ones(shape) * dout.reshape(N, C, 1, 1) / (H * W)",
        "return np.ones(shape) * dout.reshape(N, C, 1, 1)",
    ),
)
COUNTS = (
    # dividing by N in place of N·D is a factor D too many
    Wrong(("wrong-count", "multiplied-by-length"), MSE, "/ self.diff.size", "/ len(self.diff)"),
    Wrong("wrong-count", SPATIAL_BATCHNORM, "m = N * H * W", "m = N"),
    Wrong("wrong-count", MASKED_MEAN, "(dy / count[:, None])", "(dy / mask.shape[1])"),
    Wrong(
        ("wrong-count", "multiplied-by-length"),
        GLOBAL_AVERAGE,
        "dout.reshape(N, C, 1, 1) / (H * W)",
        "dout.reshape(N, C, 1, 1) / H",
    ),
)
SETTINGS = (
    # the factor that is missing is a setting
    Wrong(("setting-factor", "factor-missing"), LORA, "dB = alpha * (h.T @ dy)", "dB = h.T @ dy"),
    Wrong(("setting-factor", "factor-missing"), TEMPERATURE, "return dz / temperature", "return dz"),
    Wrong(
        ("setting-factor", "factor-missing"),
        SCALED_RESIDUAL,
        "self.dW = self.res_scale * (self.x.T @ dz)",
        "self.dW = self.x.T @ dz",
    ),
)
ZEROS = (
    Wrong("zero", LAYER_NORM_CLASS, "        self.dbeta = dy.sum(axis=0)\n", ""),
    Wrong("zero", ATTENTION_LOOPS, "            dk[j] += ds[j] * q[t]\n", ""),
    Wrong("zero", RNN, "dh0 = dprev", "dh0 = np.zeros_like(h[0])"),
)

WRONGS = (*SIGNS, *CONSTANTS, *LENGTHS, *COUNTS, *SETTINGS, *ZEROS)
