"""Stanford CS231n, assignment 2: layers.py and layer_utils.py, as the handouts ask for them from 2016 on.

Shapes are those of the handouts: x: (N, d_1, ..., d_k) for affine, (N, D) for rows, (N, C, H, W) for images.
"""

import math
from functools import partial
from itertools import pairwise

import numpy as np

from gradcheck import Array, choice, indices, namespace, positive, whole
from gradcheck.ops.convolution import conv2d
from gradcheck.ops.losses import softmax_cross_entropy, svm_hinge
from gradcheck.ops.normalization import batch_norm, group_norm

TRAIN = {"mode": "train", "eps": choice(1e-5, 1e-3), "momentum": 0.9}


def affine_forward(x: "N D E", w: "D*E M", b: "M"):
    return x.reshape(len(x), -1) @ w + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, _ = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


def affine_reference(x, w, b):
    xp = namespace(x)
    return xp.sum(xp.reshape(x, (x.shape[0], w.shape[0], 1)) * w, axis=1) + b


def relu_forward(x: "*S"):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


def relu_reference(x):
    return namespace(x).where(x > 0, x, 0 * x)


def affine_relu_forward(x: "N D E", w: "D*E M", b: "M"):
    a, affine_cache = affine_forward(x, w, b)
    out, relu_cache = relu_forward(a)
    return out, (affine_cache, relu_cache)


def affine_relu_backward(dout, cache):
    affine_cache, relu_cache = cache
    return affine_backward(relu_backward(dout, relu_cache), affine_cache)


def affine_relu_reference(x, w, b):
    return relu_reference(affine_reference(x, w, b))


def normalise(x, axis, eps):
    """x less its mean over an axis, by its standard deviation, and that deviation."""
    std = np.sqrt(x.var(axis=axis, keepdims=True) + eps)
    return (x - x.mean(axis=axis, keepdims=True)) / std, std


def differentiate_normalised(dnormal, normal, std, axis):
    """The gradient of x, through its mean and its deviation."""
    mean = dnormal.mean(axis=axis, keepdims=True)
    return (dnormal - mean - normal * (dnormal * normal).mean(axis=axis, keepdims=True)) / std


def batchnorm_forward(x: "N D", gamma: "D", beta: "D", bn_param: TRAIN):
    if bn_param["mode"] == "train":
        normal, std = normalise(x, 0, bn_param.get("eps", 1e-5))
        keep = bn_param.get("momentum", 0.9)
        now = {"running_mean": x.mean(axis=0), "running_var": x.var(axis=0)}
        for name, value in now.items():
            bn_param[name] = keep * bn_param.get(name, np.zeros_like(value)) + (1 - keep) * value
        return gamma * normal + beta, (normal, std, gamma)
    normal = (x - bn_param["running_mean"]) / np.sqrt(bn_param["running_var"] + bn_param.get("eps", 1e-5))
    return gamma * normal + beta, None


def batchnorm_backward(dout, cache):
    normal, std, gamma = cache
    return differentiate_normalised(dout * gamma, normal, std, 0), (dout * normal).sum(axis=0), dout.sum(axis=0)


batchnorm_backward_alt = batchnorm_backward


def batchnorm_reference(x, gamma, beta, eps):
    return batch_norm.reference(x, gamma, beta, eps)


def call_batchnorm_in_testing(
    batchnorm_forward,
    x: "N D",
    gamma: "D",
    beta: "D",
    trained: Array("M D", gradient=False),
    mean: Array("D", gradient=False),
    var: Array("D", positive(), gradient=False),
    eps: choice(1e-5, 1e-3),
    momentum: choice(0.9, 0.6),
):
    bn_param = {"mode": "train", "eps": eps, "momentum": momentum}
    bn_param.update(running_mean=mean.copy(), running_var=var.copy())
    batchnorm_forward(trained, gamma, beta, bn_param)
    bn_param["mode"] = "test"
    out, _ = batchnorm_forward(x, gamma, beta, bn_param)
    std = np.sqrt(bn_param["running_var"] + eps)
    return out, ((x - bn_param["running_mean"]) / std, std, gamma)


def call_batchnorm_in_testing_back(batchnorm_backward, dout, cache):
    normal, std, gamma = cache  # nobody asks for a backward in testing
    return dout * gamma / std, (dout * normal).sum(axis=0), dout.sum(axis=0)


def batchnorm_in_testing_reference(x, gamma, beta, trained, mean, var, eps, momentum):
    xp = namespace(x)
    own = xp.mean(trained, axis=0)
    mean = momentum * mean + (1 - momentum) * own
    var = momentum * var + (1 - momentum) * xp.mean((trained - own) ** 2, axis=0)
    return gamma * (x - mean) / xp.sqrt(var + eps) + beta


def layernorm_forward(x: "N D", gamma: "D", beta: "D", ln_param: {"eps": choice(1e-5, 1e-3)}):
    normal, std = normalise(x, 1, ln_param.get("eps", 1e-5))
    return gamma * normal + beta, (normal, std, gamma)


def layernorm_backward(dout, cache):
    normal, std, gamma = cache
    return differentiate_normalised(dout * gamma, normal, std, 1), (dout * normal).sum(axis=0), dout.sum(axis=0)


def layernorm_reference(x, gamma, beta, eps):
    return group_norm.reference(x, gamma, beta, 1, eps)


def spatial_batchnorm_forward(x: "N C H W", gamma: "C", beta: "C", bn_param: TRAIN):
    rows, cache = batchnorm_forward(np.moveaxis(x, 1, -1).reshape(-1, x.shape[1]), gamma, beta, bn_param)
    return np.moveaxis(rows.reshape(len(x), *x.shape[2:], -1), -1, 1), cache


def spatial_batchnorm_backward(dout, cache):
    drows, dgamma, dbeta = batchnorm_backward(np.moveaxis(dout, 1, -1).reshape(-1, dout.shape[1]), cache)
    return np.moveaxis(drows.reshape(len(dout), *dout.shape[2:], -1), -1, 1), dgamma, dbeta


def spatial_batchnorm_reference(x, gamma, beta, eps):
    return batch_norm.reference(x, gamma, beta, eps)


def spatial_groupnorm_forward(
    x: "N G*C H W", gamma: "1 G*C 1 1", beta: "1 G*C 1 1", G: whole(1, 3), gn_param: {"eps": choice(1e-5, 1e-3)}
):
    normal, std = normalise(x.reshape(len(x), G, -1), 2, gn_param.get("eps", 1e-5))
    return gamma * normal.reshape(x.shape) + beta, (normal, std, gamma)


def spatial_groupnorm_backward(dout, cache):
    normal, std, gamma = cache
    dnormal = (dout * gamma).reshape(normal.shape)
    sums = [g.sum(axis=(0, 2, 3), keepdims=True) for g in (dout * normal.reshape(dout.shape), dout)]
    return differentiate_normalised(dnormal, normal, std, 2).reshape(dout.shape), *sums


def spatial_groupnorm_reference(x, gamma, beta, G, eps):
    flat = [namespace(x).reshape(a, (x.shape[1],)) for a in (gamma, beta)]
    return group_norm.reference(x, *flat, G, eps)


def spatial_groupnorm_flat_forward(
    x: "N G*C H W", gamma: "G*C", beta: "G*C", G: whole(1, 3), gn_param: {"eps": choice(1e-5, 1e-3)}
):
    return spatial_groupnorm_forward(x, gamma.reshape(1, -1, 1, 1), beta.reshape(1, -1, 1, 1), G, gn_param)


def spatial_groupnorm_flat_backward(dout, cache):
    dx, dgamma, dbeta = spatial_groupnorm_backward(dout, cache)
    return dx, dgamma.reshape(-1), dbeta.reshape(-1)


def spatial_groupnorm_flat_reference(x, gamma, beta, G, eps):
    return group_norm.reference(x, gamma, beta, G, eps)


def dropout_forward(x: "*S", dropout_param: {"mode": "train", "p": choice(0.25, 0.8, 0.5), "seed": whole(0, 9)}):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x.copy(), (dropout_param, None)
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    mask = (np.random.rand(*x.shape) < p) / p
    return x * mask, (dropout_param, mask)


def dropout_backward(dout, cache):
    _, mask = cache
    return dout.copy() if mask is None else dout * mask


def dropout_drop_forward(x: "*S", dropout_param: {"mode": "train", "p": choice(0.25, 0.8, 0.5), "seed": whole(0, 9)}):
    return dropout_forward(x, {**dropout_param, "p": 1 - dropout_param["p"]})


def dropout_drop_backward(dout, cache):
    return dropout_backward(dout, cache)


def dropout_test_forward(x: "*S", dropout_param: {"mode": "test", "p": choice(0.25, 0.8)}):
    return dropout_forward(x, dropout_param)


def dropout_test_backward(dout, cache):
    return dropout_backward(dout, cache)


def dropout_test_reference(x, p):
    return x


def list_windows(x, height, width, stride):
    """The corners of windows, and the windows: i, j, and a view of x that ends (height, width)."""
    for i in range((x.shape[2] - height) // stride + 1):
        for j in range((x.shape[3] - width) // stride + 1):
            yield i, j, x[:, :, i * stride : i * stride + height, j * stride : j * stride + width]


def cover(places, kernel):
    """The length that this number of places of a kernel covers, without what is padded; of more places where that is
    less than one.  a*(1+a//10**6) is a where that is positive, else 0."""
    more = f"(1+(2*pad-{kernel})//stride)"
    return f"stride*({places}-1+{more}*(1+{more}//1000000))+{kernel}-2*pad"


def pad_images(x, pad):
    """A copy of images with a border of zeros."""
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


def conv_forward_naive(
    x: f"N C {cover('P', 'HH')} {cover('Q', 'WW')}",
    w: "F C HH WW",
    b: "F",
    conv_param: {"stride": whole(1, 3), "pad": whole(0, 2)},
):
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded, (height, width) = pad_images(x, pad), w.shape[2:]
    places = [(size - kernel) // stride + 1 for size, kernel in zip(padded.shape[2:], w.shape[2:], strict=True)]
    out = np.zeros((len(x), len(w), *places), x.dtype)
    for i, j, window in list_windows(padded, height, width, stride):
        out[:, :, i, j] = np.einsum("nchw,fchw->nf", window, w) + b
    return out, (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded, dw = pad_images(x, pad), np.zeros_like(w)
    dpadded = np.zeros_like(padded)
    windows = list_windows(padded, *w.shape[2:], stride)
    for (i, j, window), (_, _, dwindow) in zip(windows, list_windows(dpadded, *w.shape[2:], stride), strict=True):
        dw += np.einsum("nf,nchw->fchw", dout[:, :, i, j], window)
        dwindow += np.einsum("nf,fchw->nchw", dout[:, :, i, j], w)
    dx = dpadded[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]]
    return dx, dw, dout.sum(axis=(0, 2, 3))


def conv_naive_reference(x, w, b, stride, pad):
    return conv2d.reference(x, w, b, stride, pad, 1, 1)


def max_pool_forward_naive(
    x: "N C stride*(P-1)+pool_height stride*(Q-1)+pool_width",
    pool_param: {"pool_height": whole(1, 3), "pool_width": whole(1, 3), "stride": whole(1, 3)},
):
    size, stride = (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"]
    places = [(length - kernel) // stride + 1 for length, kernel in zip(x.shape[2:], size, strict=True)]
    out = np.zeros((*x.shape[:2], *places), x.dtype)
    for i, j, window in list_windows(x, *size, stride):
        out[:, :, i, j] = window.max(axis=(2, 3))
    return out, (x, pool_param)


def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    size, stride = (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"]
    dx = np.zeros_like(x)
    for (i, j, window), (_, _, dwindow) in zip(
        list_windows(x, *size, stride), list_windows(dx, *size, stride), strict=True
    ):
        first = window.reshape(*x.shape[:2], -1).argmax(axis=2)
        won = np.arange(math.prod(size)) == first[..., None]
        dwindow += won.reshape(window.shape) * dout[:, :, i, j, None, None]
    return dx


def max_pool_naive_reference(x, pool_height, pool_width, stride):
    xp = namespace(x)
    rows, columns = [
        xp.arange((length - kernel) // stride + 1)[:, None] * stride + xp.arange(kernel)
        for length, kernel in zip(x.shape[2:], (pool_height, pool_width), strict=True)
    ]
    met = xp.take(x, xp.reshape(rows, (-1,)), axis=2)
    met = xp.max(xp.reshape(met, (*x.shape[:2], *rows.shape, x.shape[3])), axis=3)
    met = xp.reshape(xp.take(met, xp.reshape(columns, (-1,)), axis=3), (*met.shape[:3], *columns.shape))
    return xp.max(met, axis=4)


def svm_loss(x: "N C", y: Array("N", indices("C"))):
    rows = np.arange(len(x))
    above = np.maximum(x - x[rows, y][:, None] + 1, 0)
    above[rows, y] = 0
    dx = (above > 0).astype(x.dtype)
    dx[rows, y] -= dx.sum(axis=1)
    return above.sum() / len(x), dx / len(x)


def svm_loss_reference(x, y):
    return svm_hinge.reference(x, y)


def softmax_loss(x: "N C", y: Array("N", indices("C"))):
    rows = np.arange(len(x))
    logs = x - x.max(axis=1, keepdims=True)
    logs = logs - np.log(np.exp(logs).sum(axis=1, keepdims=True))
    dx = np.exp(logs)
    dx[rows, y] -= 1
    return -logs[rows, y].sum() / len(x), dx / len(x)


def softmax_loss_reference(x, y):
    return softmax_cross_entropy.reference(x, y)


class FullyConnectedNet:
    """Layers of hidden_dims units with relu, then scores; half the squares of the weights are the penalty."""

    def __init__(self, hidden_dims, input_dim, num_classes, reg=0.0, weight_scale=1e-2, dtype=np.float64):
        sizes, self.reg, self.params = [input_dim, *hidden_dims, num_classes], reg, {}
        for i, (before, after) in enumerate(pairwise(sizes), 1):
            self.params[f"W{i}"] = weight_scale * np.random.randn(before, after).astype(dtype)
            self.params[f"b{i}"] = np.zeros(after, dtype)

    def loss(self, X, y=None):
        last, out, caches = len(self.params) // 2, X, {}
        for i in range(1, last + 1):
            layer = affine_forward if i == last else affine_relu_forward
            out, caches[i] = layer(out, self.params[f"W{i}"], self.params[f"b{i}"])
        if y is None:
            return out
        (loss, dout), grads = softmax_loss(out, y), {}
        for i in reversed(range(1, last + 1)):
            w, layer = self.params[f"W{i}"], affine_backward if i == last else affine_relu_backward
            dout, grads[f"W{i}"], grads[f"b{i}"] = layer(dout, caches[i])
            loss, grads[f"W{i}"] = loss + 0.5 * self.reg * np.sum(w * w), grads[f"W{i}"] + self.reg * w
        return loss, grads


def call_fully_connected_net(
    FullyConnectedNet,
    W1: "D H",
    b1: "H",
    W2: "H L",
    b2: "L",
    W3: "L C",
    b3: "C",
    X: Array("N D", gradient=False),
    y: Array("N", indices("C")),
    reg: choice(0.0, 0.5, 2.0),
):
    hidden = [len(b1), len(b2)]
    net = FullyConnectedNet(hidden, input_dim=X.shape[1], num_classes=len(b3), reg=reg, dtype=np.float64)
    net.params.update(W1=W1, b1=b1, W2=W2, b2=b2, W3=W3, b3=b3)
    return net.loss(X, y)


def fully_connected_net_reference(W1, b1, W2, b2, W3, b3, X, y, reg):
    scores = relu_reference(relu_reference(X @ W1 + b1) @ W2 + b2) @ W3 + b3
    penalty = sum(namespace(X).sum(w**2) for w in (W1, W2, W3))
    return softmax_cross_entropy.reference(scores, y) + reg / 2 * penalty


NORMALIZATIONS = {
    "batchnorm": (batchnorm_forward, batchnorm_backward),
    "layernorm": (layernorm_forward, layernorm_backward),
}


class NormalizedNet(FullyConnectedNet):
    """The same with a normalization before each relu, and dropout behind it."""

    def __init__(
        self,
        hidden_dims,
        input_dim,
        num_classes,
        dropout_keep_ratio=1,
        normalization=None,
        reg=0.0,
        weight_scale=1e-2,
        dtype=np.float32,
        seed=None,
    ):
        super().__init__(hidden_dims, input_dim, num_classes, reg, weight_scale, dtype)
        self.depth, self.normalization = len(hidden_dims), normalization
        self.dropout_param = {"mode": "train", "p": dropout_keep_ratio, **({} if seed is None else {"seed": seed})}
        for i, length in enumerate(hidden_dims if normalization else [], 1):
            self.params |= {f"gamma{i}": np.ones(length, dtype), f"beta{i}": np.zeros(length, dtype)}

    def loss(self, X, y=None):
        p, last, out, caches = self.params, self.depth + 1, X, {}
        for i in range(1, last):
            out, caches[i] = self.run_hidden(out, i)
        scores, cache = affine_forward(out, p[f"W{last}"], p[f"b{last}"])
        if y is None:
            return scores
        (loss, dout), grads = softmax_loss(scores, y), {}
        dout, grads[f"W{last}"], grads[f"b{last}"] = affine_backward(dout, cache)
        for i in reversed(range(1, last)):
            dout = self.run_hidden_back(dout, caches[i], i, grads)
        for i in range(1, last + 1):
            w = p[f"W{i}"]
            loss, grads[f"W{i}"] = loss + 0.5 * self.reg * np.sum(w * w), grads[f"W{i}"] + self.reg * w
        return loss, grads

    def run_hidden(self, x, i):
        """A hidden layer: affine, normalization, relu, dropout."""
        out, affine_cache = affine_forward(x, self.params[f"W{i}"], self.params[f"b{i}"])
        normal_cache = None
        if self.normalization:
            forward, _ = NORMALIZATIONS[self.normalization]
            out, normal_cache = forward(out, self.params[f"gamma{i}"], self.params[f"beta{i}"], {"mode": "train"})
        out, relu_cache = relu_forward(out)
        out, dropout_cache = dropout_forward(out, self.dropout_param)
        return out, (affine_cache, normal_cache, relu_cache, dropout_cache)

    def run_hidden_back(self, dout, cache, i, grads):
        """The gradient of the input of a hidden layer; those of its parameters are put into grads."""
        affine_cache, normal_cache, relu_cache, dropout_cache = cache
        dout = relu_backward(dropout_backward(dout, dropout_cache), relu_cache)
        if self.normalization:
            _, backward = NORMALIZATIONS[self.normalization]
            dout, grads[f"gamma{i}"], grads[f"beta{i}"] = backward(dout, normal_cache)
        dout, grads[f"W{i}"], grads[f"b{i}"] = affine_backward(dout, affine_cache)
        return dout


class NormalizedNetOf2016(NormalizedNet):
    """The same as it was asked for until 2019: dropout is a number, whose meaning changed in 2018, and until 2017 there
    was use_batchnorm."""

    def __init__(self, hidden_dims, dropout=None, use_batchnorm=False, **options):
        normalization = "batchnorm" if use_batchnorm else None
        keep = 1 if dropout is None else dropout
        super().__init__(hidden_dims, dropout_keep_ratio=keep, normalization=normalization, **options)


def call_batchnorm_net(
    FullyConnectedNet,
    W1: "D H",
    b1: "H",
    gamma1: "H",
    beta1: "H",
    W2: "H L",
    b2: "L",
    gamma2: "L",
    beta2: "L",
    W3: "L C",
    b3: "C",
    X: Array("N D", gradient=False),
    y: Array("N", indices("C")),
    reg: choice(0.0, 0.5),
):
    sizes = {"input_dim": X.shape[1], "num_classes": len(b3)}
    net = FullyConnectedNet([len(b1), len(b2)], normalization="batchnorm", reg=reg, dtype=np.float64, **sizes)
    net.params.update(W1=W1, b1=b1, W2=W2, b2=b2, W3=W3, b3=b3)
    net.params.update(gamma1=gamma1, beta1=beta1, gamma2=gamma2, beta2=beta2)
    return net.loss(X, y)


def call_batchnorm_net_of_2016(
    FullyConnectedNet,
    W1: "D H",
    b1: "H",
    gamma1: "H",
    beta1: "H",
    W2: "H L",
    b2: "L",
    gamma2: "L",
    beta2: "L",
    W3: "L C",
    b3: "C",
    X: Array("N D", gradient=False),
    y: Array("N", indices("C")),
    reg: choice(0.0, 0.5),
):
    sizes = {"input_dim": X.shape[1], "num_classes": len(b3)}
    net = FullyConnectedNet([len(b1), len(b2)], use_batchnorm=True, reg=reg, dtype=np.float64, **sizes)
    net.params.update(W1=W1, b1=b1, W2=W2, b2=b2, W3=W3, b3=b3)
    net.params.update(gamma1=gamma1, beta1=beta1, gamma2=gamma2, beta2=beta2)
    return net.loss(X, y)


def call_layernorm_net(
    FullyConnectedNet,
    W1: "D H",
    b1: "H",
    gamma1: "H",
    beta1: "H",
    W2: "H L",
    b2: "L",
    gamma2: "L",
    beta2: "L",
    W3: "L C",
    b3: "C",
    X: Array("N D", gradient=False),
    y: Array("N", indices("C")),
    reg: choice(0.0, 0.5),
):
    sizes = {"input_dim": X.shape[1], "num_classes": len(b3)}
    net = FullyConnectedNet([len(b1), len(b2)], normalization="layernorm", reg=reg, dtype=np.float64, **sizes)
    net.params.update(W1=W1, b1=b1, W2=W2, b2=b2, W3=W3, b3=b3)
    net.params.update(gamma1=gamma1, beta1=beta1, gamma2=gamma2, beta2=beta2)
    return net.loss(X, y)


def normalized_net_reference(normalize, W1, b1, gamma1, beta1, W2, b2, gamma2, beta2, W3, b3, X, y, reg):
    a = relu_reference(normalize(X @ W1 + b1, gamma1, beta1, 1e-5))
    a = relu_reference(normalize(a @ W2 + b2, gamma2, beta2, 1e-5))
    penalty = sum(namespace(X).sum(w**2) for w in (W1, W2, W3))
    return softmax_cross_entropy.reference(a @ W3 + b3, y) + reg / 2 * penalty


batchnorm_net_reference = partial(normalized_net_reference, batchnorm_reference)
layernorm_net_reference = partial(normalized_net_reference, layernorm_reference)


def call_dropout_net(
    FullyConnectedNet,
    W1: "D H",
    b1: "H",
    W2: "H C",
    b2: "C",
    X: Array("N D", gradient=False),
    y: Array("N", indices("C")),
    reg: choice(0.0, 0.5),
    seed: whole(0, 9),
):
    sizes = {"input_dim": X.shape[1], "num_classes": len(b2)}
    net = FullyConnectedNet([len(b1)], dropout_keep_ratio=0.5, seed=seed, reg=reg, dtype=np.float64, **sizes)
    net.params.update(W1=W1, b1=b1, W2=W2, b2=b2)
    return net.loss(X, y)


def call_dropout_net_of_2016(
    FullyConnectedNet,
    W1: "D H",
    b1: "H",
    W2: "H C",
    b2: "C",
    X: Array("N D", gradient=False),
    y: Array("N", indices("C")),
    reg: choice(0.0, 0.5),
    seed: whole(0, 9),
):
    sizes = {"input_dim": X.shape[1], "num_classes": len(b2)}
    net = FullyConnectedNet([len(b1)], dropout=0.5, seed=seed, reg=reg, dtype=np.float64, **sizes)
    net.params.update(W1=W1, b1=b1, W2=W2, b2=b2)
    return net.loss(X, y)


class TwoLayerNet(FullyConnectedNet):
    """One layer of hidden_dim units with relu, then scores."""

    def __init__(self, input_dim, hidden_dim, num_classes, weight_scale=1e-3, reg=0.0):
        super().__init__([hidden_dim], input_dim, num_classes, reg, weight_scale)


def call_two_layer_net(
    TwoLayerNet,
    W1: "D H",
    b1: "H",
    W2: "H C",
    b2: "C",
    X: Array("N D", gradient=False),
    y: Array("N", indices("C")),
    reg: choice(0.0, 0.5, 2.0),
):
    net = TwoLayerNet(input_dim=len(W1), hidden_dim=len(b1), num_classes=len(b2), weight_scale=1e-2, reg=reg)
    net.params.update(W1=W1, b1=b1, W2=W2, b2=b2)
    return net.loss(X, y)


def two_layer_net_reference(W1, b1, W2, b2, X, y, reg):
    scores = relu_reference(X @ W1 + b1) @ W2 + b2
    penalty = namespace(X).sum(W1**2) + namespace(X).sum(W2**2)
    return softmax_cross_entropy.reference(scores, y) + reg / 2 * penalty


class ThreeLayerConvNet:
    """conv - relu - 2x2 max pool - affine - relu - affine - softmax; the convolution keeps height and width."""

    def __init__(
        self, input_dim, num_filters, filter_size, hidden_dim, num_classes, weight_scale=1e-3, reg=0.0, dtype=np.float64
    ):
        (channels, height, width), self.reg = input_dim, reg
        shapes = {
            "W1": (num_filters, channels, filter_size, filter_size),
            "W2": (num_filters * (height // 2) * (width // 2), hidden_dim),
            "W3": (hidden_dim, num_classes),
        }
        self.params = {name: weight_scale * np.random.randn(*shape).astype(dtype) for name, shape in shapes.items()}
        biases = {"b1": num_filters, "b2": hidden_dim, "b3": num_classes}
        self.params |= {name: np.zeros(length, dtype) for name, length in biases.items()}

    def loss(self, X, y=None):
        p, weights = self.params, ("W1", "W2", "W3")
        conv_param = {"stride": 1, "pad": (p["W1"].shape[2] - 1) // 2}
        pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
        a, conv_cache = conv_forward_naive(X, p["W1"], p["b1"], conv_param)
        a, relu_cache = relu_forward(a)
        a, pool_cache = max_pool_forward_naive(a, pool_param)
        a, hidden_cache = affine_relu_forward(a, p["W2"], p["b2"])
        scores, cache = affine_forward(a, p["W3"], p["b3"])
        if y is None:
            return scores
        (loss, dout), grads = softmax_loss(scores, y), {}
        dout, grads["W3"], grads["b3"] = affine_backward(dout, cache)
        dout, grads["W2"], grads["b2"] = affine_relu_backward(dout, hidden_cache)
        dout = relu_backward(max_pool_backward_naive(dout, pool_cache), relu_cache)
        _, grads["W1"], grads["b1"] = conv_backward_naive(dout, conv_cache)
        grads |= {name: grads[name] + self.reg * p[name] for name in weights}
        return loss + 0.5 * self.reg * sum(np.sum(p[name] ** 2) for name in weights), grads


def call_three_layer_conv_net(
    ThreeLayerConvNet,
    W1: "F K 3 3",
    b1: "F",
    W2: "F*P*Q H",
    b2: "H",
    W3: "H C",
    b3: "C",
    X: Array("N K 2*P 2*Q", gradient=False),
    y: Array("N", indices("C")),
    reg: choice(0.0, 0.5, 2.0),
):
    net = ThreeLayerConvNet(
        input_dim=X.shape[1:],
        num_filters=len(b1),
        filter_size=W1.shape[2],
        hidden_dim=len(b2),
        num_classes=len(b3),
        reg=reg,
        dtype=np.float64,
    )
    net.params.update(W1=W1, b1=b1, W2=W2, b2=b2, W3=W3, b3=b3)
    return net.loss(X, y)


def three_layer_conv_net_reference(W1, b1, W2, b2, W3, b3, X, y, reg):
    xp = namespace(X)
    a = relu_reference(conv2d.reference(X, W1, b1, 1, (W1.shape[2] - 1) // 2, 1, 1))
    a = max_pool_naive_reference(a, 2, 2, 2)
    a = relu_reference(xp.reshape(a, (a.shape[0], W2.shape[0])) @ W2 + b2)
    penalty = sum(xp.sum(w**2) for w in (W1, W2, W3))
    return softmax_cross_entropy.reference(a @ W3 + b3, y) + reg / 2 * penalty
