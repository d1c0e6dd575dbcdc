"""Normalisation: of rows copied by np.array, of rows of length 1, of a variance or a norm of zero."""

import numpy as np

from gradcheck import whole
from right_programs.program import Program


def copied(a):
    return np.array([a[i] for i in range(len(a))])


def copied_layer_norm_forward(x, gamma, beta):
    x, gamma, beta = copied(x), copied(gamma), copied(beta)
    mu, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    hat = (x - mu) / np.sqrt(var + 1e-5)
    return gamma * hat + beta, (x - mu, var, hat, gamma)


def copied_layer_norm_backward(dy, cache):
    c, var, hat, gamma = cache
    dy = copied(dy)
    d, n = dy * gamma, c.shape[1]
    dvar = np.sum(c * d, axis=1, keepdims=True) * -0.5 * (var + 1e-5) ** (-3 / 2)
    dmu = np.sum(d * (-1) / np.sqrt(var + 1e-5), axis=1, keepdims=True) + dvar * np.mean(-2 * c, axis=1, keepdims=True)
    dx = d * (1 / np.sqrt(var + 1e-5)) + dvar * 2 * c / n + dmu / n
    return dx, np.sum(dy * hat, axis=0), np.sum(dy, axis=0)


def copied_layer_norm_backward_without_mean(dy, cache):
    c, var, hat, gamma = cache
    dy = copied(dy)
    d, n = dy * gamma, c.shape[1]
    dvar = np.sum(c * d, axis=1, keepdims=True) * -0.5 * (var + 1e-5) ** (-3 / 2)
    dx = d * (1 / np.sqrt(var + 1e-5)) + dvar * 2 * c / n
    return dx, np.sum(dy * hat, axis=0), np.sum(dy, axis=0)


def layer_norm_forward(x, gamma, beta):
    mu, std = np.mean(x, -1, keepdims=True), np.sqrt(np.var(x, -1, keepdims=True) + 1e-5)
    hat = (x - mu) / std
    return gamma * hat + beta, (hat, std, gamma)


def layer_norm_backward(dy, cache):
    hat, std, gamma = cache
    d = dy * gamma
    dx = (d - d.mean(-1, keepdims=True) - hat * (d * hat).mean(-1, keepdims=True)) / std
    axes = tuple(range(dy.ndim - 1))
    return dx, (dy * hat).sum(axes), dy.sum(axes)


def staged_batch_norm_forward(x, gamma, beta):
    """The graph of the course, node by node."""
    n = x.shape[0]
    mu = 1.0 / n * np.sum(x, axis=0)
    xmu = x - mu
    sq = xmu**2
    var = 1.0 / n * np.sum(sq, axis=0)
    sqrtvar = np.sqrt(var + 1e-5)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    return gamma * xhat + beta, (xhat, gamma, xmu, ivar, sqrtvar, var)


def staged_batch_norm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var = cache
    n, d = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / (sqrtvar**2) * divar
    dvar = 0.5 * 1.0 / np.sqrt(var + 1e-5) * dsqrtvar
    dsq = 1.0 / n * np.ones((n, d)) * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dx1, axis=0)
    dx2 = 1.0 / n * np.ones((n, d)) * dmu
    return dx1 + dx2, dgamma, dbeta


def staged_batch_norm_backward_without_dmu(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var = cache
    n, _ = dout.shape
    dxhat = dout * gamma
    dvar = 0.5 / np.sqrt(var + 1e-5) * (-1.0 / (sqrtvar**2) * np.sum(dxhat * xmu, axis=0))
    return dxhat * ivar + 2 * xmu * dvar / n, np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)


class BatchNorm:
    """With running statistics, which forward updates in place."""

    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta
        self.running_mean, self.running_var = np.zeros_like(gamma), np.ones_like(gamma)

    def forward(self, x):
        mu, var = x.mean(0), x.var(0)
        self.running_mean *= 0.9
        self.running_mean += 0.1 * mu
        self.running_var *= 0.9
        self.running_var += 0.1 * var
        self.inv = 1 / np.sqrt(var + 1e-5)
        self.hat = (x - mu) * self.inv
        return self.gamma * self.hat + self.beta

    def backward(self, dout):
        n = len(dout)
        self.dgamma = np.einsum("nd,nd->d", dout, self.hat)
        self.dbeta = dout.sum(0)
        d = dout * self.gamma
        return self.inv / n * (n * d - d.sum(0) - self.hat * np.einsum("nd,nd->d", d, self.hat))


def group_norm_forward(x, gamma, beta, G):
    N, C, H, W = x.shape
    grouped = x.reshape(N * G, -1)
    mu, var = grouped.mean(1, keepdims=True), grouped.var(1, keepdims=True)
    hat = ((grouped - mu) / np.sqrt(var + 1e-5)).reshape(N, C, H, W)
    return gamma[None, :, None, None] * hat + beta[None, :, None, None], (hat, var, gamma, G)


def group_norm_backward(dout, cache):
    hat, var, gamma, G = cache
    N, C, H, W = dout.shape
    dgamma, dbeta = np.sum(dout * hat, axis=(0, 2, 3)), np.sum(dout, axis=(0, 2, 3))
    d, h = (dout * gamma[None, :, None, None]).reshape(N * G, -1), hat.reshape(N * G, -1)
    m = d.shape[1]
    dx = 1 / np.sqrt(var + 1e-5) / m * (m * d - d.sum(1, keepdims=True) - h * np.sum(d * h, axis=1, keepdims=True))
    return dx.reshape(N, C, H, W), dgamma, dbeta


def instance_norm_forward(x):
    y, cache = np.zeros_like(x), []
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            s = np.sqrt(x[n, c].var() + 1e-5)
            y[n, c] = (x[n, c] - x[n, c].mean()) / s
            cache.append(s)
    return y, (y, cache)


def instance_norm_backward(dy, cache):
    y, stds = cache
    dx, stds = np.zeros_like(dy), iter(stds)
    for n in range(dy.shape[0]):
        for c in range(dy.shape[1]):
            d, h = dy[n, c], y[n, c]
            dx[n, c] = (d - d.mean() - h * (d * h).mean()) / next(stds)
    return dx


def rms_norm_forward(x, g):
    r = 1 / np.sqrt(np.mean(np.square(x), axis=-1, keepdims=True) + 1e-6)
    return x * r * g, (x, r, g)


def rms_norm_backward(dy, cache):
    x, r, g = cache
    d = dy * g
    dx = r * d - x * r**3 * np.mean(d * x, axis=-1, keepdims=True)
    return dx, np.sum(dy * x * r, axis=0)


def rms_norm_backward_without_gain(dy, cache):
    x, r, g = cache
    dx = r * dy * g - x * r**3 * np.mean(dy * x, axis=-1, keepdims=True)
    return dx, np.sum(dy * x * r, axis=0)


def normalise_forward(x):
    n = np.sqrt(np.sum(x * x, -1, keepdims=True))
    m = np.maximum(n, 1e-12)
    return x / m, (x, n, m)


def normalise_backward(dy, cache):
    x, n, m = cache
    g = np.where(n > 1e-12, np.sum(dy * x, -1, keepdims=True) / (m * m * m), 0)
    return dy / m - x * g


def normalise_backward_without_projection(dy, cache):
    _, _, m = cache
    return dy / m


def shifted_normalise_forward(x):
    n = np.linalg.norm(x, axis=1, keepdims=True) + 1e-8
    return x / n, (x, n)


def shifted_normalise_backward(dy, cache):
    """d(x / (|x| + eps)) = dy / n - x (x . dy) / (|x| n²), and the second term is 0 at x = 0."""
    x, n = cache
    length = n - 1e-8
    dot = np.sum(dy * x, axis=1, keepdims=True)
    return dy / n - x * np.where(length > 0, dot / np.where(length > 0, length, 1), 0) / n**2


class LayerNormOfRows:
    """One row after the other, as one who has not met keepdims."""

    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x):
        self.hats, self.stds, rows = [], [], []
        for row in x:
            s = np.sqrt(row.var() + 1e-5)
            hat = (row - row.mean()) / s
            self.hats.append(hat)
            self.stds.append(s)
            rows.append(self.gamma * hat + self.beta)
        return np.array(rows).reshape(x.shape)

    def backward(self, dout):
        self.dgamma, self.dbeta = np.zeros_like(self.gamma), np.zeros_like(self.beta)
        rows = []
        for d, hat, s in zip(dout, self.hats, self.stds, strict=True):
            self.dgamma += d * hat
            self.dbeta += d
            g = d * self.gamma
            rows.append((g - g.mean() - hat * (g * hat).mean()) / s)
        return np.array(rows).reshape(dout.shape)


class WrongLayerNormOfRows(LayerNormOfRows):
    def backward(self, dout):
        dx = super().backward(dout)
        self.dgamma = self.dgamma / len(dout)
        return dx


def weight_norm_forward(x, v, g):
    n = np.sqrt((v**2).sum(1))
    w = (g / n)[:, None] * v
    return x @ w.T, (x, v, g, n, w)


def weight_norm_backward(dy, cache):
    x, v, g, n, w = cache
    dw = dy.T @ x
    dg = (dw * v).sum(1) / n
    dv = (g / n)[:, None] * dw - (g * dg / n**2)[:, None] * v
    return dy @ w, dv, dg


AFFINE = {"x": "N D", "gamma": "D", "beta": "D"}

PROGRAMS = (
    Program(
        "layer norm of copied rows",
        (copied_layer_norm_forward, copied_layer_norm_backward),
        AFFINE,
        "student code, graded right",
        wrong={"mean term missing": (copied_layer_norm_forward, copied_layer_norm_backward_without_mean)},
    ),
    Program("layer norm", (layer_norm_forward, layer_norm_backward), AFFINE, "llm.c, layernorm.py"),
    Program(
        "batch norm node by node",
        (staged_batch_norm_forward, staged_batch_norm_backward),
        AFFINE,
        "Kratzert's blog, much copied",
        wrong={"mean term missing": (staged_batch_norm_forward, staged_batch_norm_backward_without_dmu)},
    ),
    Program("batch norm with running statistics", (BatchNorm,), AFFINE, "Deep Learning from Scratch"),
    Program(
        "group norm",
        (group_norm_forward, group_norm_backward),
        {"x": "N G*C H W", "gamma": "G*C", "beta": "G*C", "G": whole(1, 2)},
        "CS231n, spatial_groupnorm",
    ),
    Program(
        "instance norm by loops",
        (instance_norm_forward, instance_norm_backward),
        {"x": "N C H W"},
        "Ulyanov et al. 2016",
    ),
    Program(
        "rms norm",
        (rms_norm_forward, rms_norm_backward),
        {"x": "N D", "g": "D"},
        "Zhang & Sennrich 2019",
        wrong={"gain missing in the projection": (rms_norm_forward, rms_norm_backward_without_gain)},
    ),
    Program(
        "l2 normalise by a maximum",
        (normalise_forward, normalise_backward),
        {"x": "N D"},
        "torch.nn.functional.normalize",
        wrong={"projection missing": (normalise_forward, normalise_backward_without_projection)},
    ),
    Program(
        "l2 normalise with eps added",
        (shifted_normalise_forward, shifted_normalise_backward),
        {"x": "N D"},
        "face recognition repositories",
    ),
    Program(
        "layer norm row by row",
        (LayerNormOfRows,),
        AFFINE,
        "student code",
        wrong={"gain averaged": (WrongLayerNormOfRows,)},
    ),
    Program(
        "weight norm",
        (weight_norm_forward, weight_norm_backward),
        {"x": "N D", "v": "M D", "g": "M"},
        "Salimans & Kingma 2016",
    ),
)
