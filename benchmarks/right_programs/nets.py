"""Nets of two and three layers in the ways in which students write them; small whole numbers put units exactly at 0."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gradcheck import Array, choice, indices
from right_programs.program import Program


def initial(*sizes):
    rng = np.random.default_rng(0)
    params = {}
    for i, (d, m) in enumerate(zip(sizes, sizes[1:], strict=False), 1):
        params[f"W{i}"], params[f"b{i}"] = rng.normal(size=(d, m)), np.zeros(m)
    return params


def reference_loss(X, y, weights, reg, half):
    """Affine, relu by jnp.maximum, ..., affine, softmax cross entropy, and the squared weights."""
    h = X
    for i, (w, b) in enumerate(weights):
        h = h @ w + b
        if i + 1 < len(weights):
            h = jnp.maximum(h, 0)
    data = -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(h, axis=1), y[:, None], axis=1))
    return data + half * reg * sum(jnp.sum(w * w) for w, _ in weights)


def two_layer_reference(X, y, W1, b1, W2, b2, reg):
    return reference_loss(X, y, [(W1, b1), (W2, b2)], reg, 0.5)


def two_layer_reference_of_whole_reg(X, y, W1, b1, W2, b2, reg):
    return reference_loss(X, y, [(W1, b1), (W2, b2)], reg, 1.0)


def three_layer_reference(X, y, W1, b1, W2, b2, W3, b3, reg):
    return reference_loss(X, y, [(W1, b1), (W2, b2), (W3, b3)], reg, 0.5)


class TwoLayerNet:
    """CS231n, assignment 2, by np.where."""

    def __init__(self):
        self.params = initial(4, 5, 3)

    def loss(self, X, y, reg):
        w, v, n = self.params["W1"], self.params["W2"], len(X)
        a = X @ w + self.params["b1"]
        h = np.where(a > 0, a, 0.0)
        s = h @ v + self.params["b2"]
        s = s - s.max(1, keepdims=True)
        lp = s - np.log(np.exp(s).sum(1, keepdims=True))
        d = np.exp(lp)
        d[np.arange(n), y] -= 1
        d /= n
        da = d @ v.T * self.passing(a)
        grads = {"W1": X.T @ da + reg * w, "b1": da.sum(0), "W2": h.T @ d + reg * v, "b2": d.sum(0)}
        return -lp[np.arange(n), y].mean() + 0.5 * reg * (np.sum(w * w) + np.sum(v * v)), grads

    def passing(self, a):
        return a > 0


class TwoLayerNetWithoutMask(TwoLayerNet):
    def passing(self, a):
        return np.ones_like(a)


class TwoLayerNetOfAssignmentOne:
    """CS231n, assignment 1: the whole of reg, a naive sum of exponentials, relu by np.maximum, masked by its output."""

    def __init__(self):
        self.params = initial(4, 5, 3)

    def loss(self, X, y, reg):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        N, _ = X.shape
        hidden = np.maximum(0, X.dot(W1) + b1)
        scores = hidden.dot(W2) + b2
        scores -= np.max(scores, axis=1, keepdims=True)
        exp_scores = np.exp(scores)
        probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
        loss = np.sum(-np.log(probs[range(N), y])) / N + reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
        dscores = probs
        dscores[range(N), y] -= 1
        dscores /= N
        grads = {"W2": hidden.T.dot(dscores), "b2": np.sum(dscores, axis=0)}
        dhidden = dscores.dot(W2.T)
        dhidden[hidden <= 0] = 0
        grads["W1"], grads["b1"] = X.T.dot(dhidden), np.sum(dhidden, axis=0)
        grads["W2"] += self.factor() * reg * W2
        grads["W1"] += self.factor() * reg * W1
        return loss, grads

    def factor(self):
        return 2


class TwoLayerNetWithHalfReg(TwoLayerNetOfAssignmentOne):
    def factor(self):
        return 1


def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, _ = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


def relu_forward(x):
    return np.maximum(0, x), x


def relu_backward(dout, x):
    return dout * (x > 0)


def affine_relu_forward(x, w, b):
    a, fc = affine_forward(x, w, b)
    out, relu = relu_forward(a)
    return out, (fc, relu)


def affine_relu_backward(dout, cache):
    fc, relu = cache
    return affine_backward(relu_backward(dout, relu), fc)


def softmax_loss(x, y):
    z = x - x.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    n = len(x)
    loss = -np.log(p[np.arange(n), y]).mean()
    p[np.arange(n), y] -= 1
    return loss, p / n


class FullyConnectedNet:
    """CS231n, assignment 2: layer functions in a loop over any number of layers."""

    def __init__(self, *sizes):
        self.params, self.num_layers = initial(*sizes), len(sizes) - 1

    def loss(self, X, y, reg):
        out, caches, grads = X, [], {}
        for i in range(1, self.num_layers):
            out, cache = affine_relu_forward(out, self.params[f"W{i}"], self.params[f"b{i}"])
            caches.append(cache)
        scores, last = affine_forward(out, self.params[f"W{self.num_layers}"], self.params[f"b{self.num_layers}"])
        loss, dout = softmax_loss(scores, y)
        dout, grads[f"W{self.num_layers}"], grads[f"b{self.num_layers}"] = affine_backward(dout, last)
        for i in range(self.num_layers - 1, 0, -1):
            dout, grads[f"W{i}"], grads[f"b{i}"] = affine_relu_backward(dout, caches.pop())
        for i in range(1, self.num_layers + 1):
            loss += 0.5 * reg * np.sum(self.params[f"W{i}"] ** 2)
            grads[f"W{i}"] += reg * self.params[f"W{i}"]
        return loss, grads


class FullyConnectedNetWithRegularisedBias(FullyConnectedNet):
    def loss(self, X, y, reg):
        loss, grads = super().loss(X, y, reg)
        grads["b1"] += reg * self.params["b1"]
        return loss, grads


class SvmNet:
    """The same net before a multi-class hinge."""

    def __init__(self):
        self.params = initial(4, 5, 3)

    def loss(self, X, y, reg):
        h, first = affine_relu_forward(X, self.params["W1"], self.params["b1"])
        s, second = affine_forward(h, self.params["W2"], self.params["b2"])
        n = np.arange(len(X))
        margins = np.maximum(0, s - s[n, y][:, None] + 1)
        margins[n, y] = 0
        ds = (margins > 0).astype(float)
        ds[n, y] -= ds.sum(axis=1)
        ds /= len(X)
        dh, dW2, db2 = affine_backward(ds, second)
        _, dW1, db1 = affine_relu_backward(dh, first)
        w, v = self.params["W1"], self.params["W2"]
        loss = margins.sum() / len(X) + reg * (np.sum(w**2) + np.sum(v**2))
        return loss, {"W1": dW1 + 2 * reg * w, "b1": db1, "W2": dW2 + 2 * reg * v, "b2": db2}


def function_net_forward(X, W1, b1, W2, b2):
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    return A1 @ W2 + b2, (X, Z1, A1, W1, W2)


def function_net_backward(dout, cache):
    X, Z1, A1, W1, W2 = cache
    dA1 = dout @ W2.T
    dZ1 = dA1 * (Z1 > 0)
    return dZ1 @ W1.T, X.T @ dZ1, dZ1.sum(0), A1.T @ dout, dout.sum(0)


def function_net_backward_mask_of_upstream(dout, cache):
    X, _, A1, W1, W2 = cache
    dA1 = dout @ W2.T
    dZ1 = dA1 * (dA1 > 0)
    return dZ1 @ W1.T, X.T @ dZ1, dZ1.sum(0), A1.T @ dout, dout.sum(0)


def function_net_reference(X, W1, b1, W2, b2):
    return jnp.maximum(X @ W1 + b1, 0) @ W2 + b2


def listed_net_forward(X, W1, b1, W2, b2):
    """Without NumPy: lists of lists and sums over generators."""
    x, w, v = X.tolist(), W1.tolist(), W2.tolist()
    hidden = [
        [max(sum(a * w[i][j] for i, a in enumerate(row)) + float(b1[j]), 0.0) for j in range(len(b1))] for row in x
    ]
    out = [[sum(h * v[j][k] for j, h in enumerate(row)) + float(b2[k]) for k in range(len(b2))] for row in hidden]
    return np.array(out), (x, w, v, hidden)


def listed_net_backward(dout, cache):
    x, w, v, hidden = cache
    d = dout.tolist()
    rows, units, outs, ins = range(len(x)), range(len(v)), range(len(v[0])), range(len(w))
    dz = [[sum(d[n][k] * v[j][k] for k in outs) * (hidden[n][j] > 0) for j in units] for n in rows]
    return (
        [[sum(dz[n][j] * w[i][j] for j in units) for i in ins] for n in rows],
        [[sum(x[n][i] * dz[n][j] for n in rows) for j in units] for i in ins],
        [sum(dz[n][j] for n in rows) for j in units],
        [[sum(hidden[n][j] * d[n][k] for n in rows) for k in outs] for j in units],
        [sum(d[n][k] for n in rows) for k in outs],
    )


def in_arrays(backward):
    return lambda dout, cache: tuple(np.array(g) for g in backward(dout, cache))


def listed_net_backward_without_mask(dout, cache):
    x, w, v, hidden = cache
    return listed_net_backward(dout, (x, w, v, [[1.0 for _ in row] for row in hidden]))


class Dense:
    """Draws its weights at the first forward, as Keras and tinynn do."""

    def __init__(self, n_out):
        self.n_out, self.w = n_out, None

    def forward(self, x):
        if self.w is None:
            self.w, self.b = np.random.randn(x.shape[1], self.n_out), np.zeros(self.n_out)
        self.x = x
        return x @ self.w + self.b

    def backward(self, dy):
        self.dw, self.db = self.x.T @ dy, dy.sum(0)
        return dy @ self.w.T


class DenseNotTransposed(Dense):
    def backward(self, dy):
        self.dw, self.db = self.x.T @ dy, dy.sum(0)
        return dy @ self.w


class LazyNormedDense:
    """Lazy parameters in a dictionary, gradients in another, as tinynn's layers have them."""

    def __init__(self):
        self.params: dict[str, Any] = {}
        self.grads: dict[str, Any] = {}

    def forward(self, inputs):
        if not self.params:
            self.params = {"w": np.random.standard_normal((inputs.shape[1], 2)), "b": np.zeros(2)}
        self.inputs = inputs
        return np.tanh(inputs @ self.params["w"] + self.params["b"])

    def backward(self, grad):
        d = grad * (1 - np.tanh(self.inputs @ self.params["w"] + self.params["b"]) ** 2)
        self.grads["w"], self.grads["b"] = self.inputs.T @ d, d.sum(0)
        return d @ self.params["w"].T


def coursera_forward(A, W, b):
    return np.maximum(0, np.dot(W, A) + b), (A, W, np.dot(W, A) + b)


def coursera_backward(dA, cache):
    A_prev, W, Z = cache
    m = A_prev.shape[1]
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return np.dot(W.T, dZ), 1.0 / m * np.dot(dZ, A_prev.T), 1.0 / m * np.sum(dZ, axis=1, keepdims=True)


def residual_block_forward(x, w, v):
    a = x @ w
    h = np.maximum(a, 0)
    return x + h @ v, (x, a, h, w, v)


def residual_block_backward(dy, cache):
    """In place: the upstream's own copy takes the second path."""
    x, a, h, w, v = cache
    dx = dy.copy()
    dh = dy @ v.T
    dh[a <= 0] = 0
    dx += dh @ w.T
    return dx, x.T @ dh, h.T @ dy


def residual_block_backward_without_skip(dy, cache):
    dx, dw, dv = residual_block_backward(dy, cache)
    return dx - dy, dw, dv


def add_forward(x, y):
    return x + y, None


def add_backward(dout, cache):
    return dout, dout


def test_dropout_forward(x):
    return x, None


def test_dropout_backward(dout, cache):
    dx = dout
    return dx


def flatten_forward(x):
    return x.reshape(x.shape[0], -1), x.shape


def flatten_backward(dout, shape):
    return dout.reshape(shape)


def softmax_in_place_forward(x):
    x = x.copy()
    x -= x.max(axis=1, keepdims=True)
    np.exp(x, out=x)
    x /= x.sum(axis=1, keepdims=True)
    return x, x


def softmax_in_place_backward(dy, p):
    dx = dy * p
    dx -= p * dx.sum(axis=1, keepdims=True)
    return dx


def softmax_in_place_backward_diagonal(dy, p):
    return dy * p * (1 - p)


def softmax_by_jacobians_forward(x):
    rows = []
    for row in x:
        e = np.exp(row - np.max(row))
        rows.append(e / e.sum())
    return np.array(rows), np.array(rows)


def softmax_by_jacobians_backward(dy, p):
    return np.array([(np.diag(s) - np.outer(s, s)) @ d for s, d in zip(p, dy, strict=True)])


LABELLED = {"X": "N 4", "y": Array("N", indices("3")), "reg": choice(0.1, 0.0)}
LAYERS = {"X": "N D", "W1": "D H", "b1": "H", "W2": "H C", "b2": "C"}

PROGRAMS = (
    Program(
        "two-layer net, by where",
        (TwoLayerNet(),),
        {**LABELLED, "reference": two_layer_reference},
        "CS231n, assignment 2",
        wrong={"mask missing": (TwoLayerNetWithoutMask(),)},
    ),
    Program(
        "two-layer net of assignment 1",
        (TwoLayerNetOfAssignmentOne(),),
        {**LABELLED, "reference": two_layer_reference_of_whole_reg},
        "CS231n, assignment 1",
        wrong={"half the regularisation": (TwoLayerNetWithHalfReg(),)},
    ),
    Program("two-layer net without a reference", (TwoLayerNet(),), LABELLED, "CS231n, assignment 2"),
    Program(
        "three-layer net",
        (FullyConnectedNet(4, 3, 3, 3),),
        {**LABELLED, "reference": three_layer_reference},
        "CS231n, fc_net.py",
        wrong={"bias regularised in the gradient": (FullyConnectedNetWithRegularisedBias(4, 3, 3, 3),)},
    ),
    Program("two-layer net with a hinge", (SvmNet(),), LABELLED, "CS231n, assignment 2, the svm variant"),
    Program(
        "two-layer net as two functions",
        (function_net_forward, function_net_backward),
        {**LAYERS, "reference": function_net_reference},
        "blog posts",
        wrong={"mask of the upstream": (function_net_forward, function_net_backward_mask_of_upstream)},
    ),
    Program(
        "two-layer net in lists",
        (listed_net_forward, in_arrays(listed_net_backward)),
        {**LAYERS, "reference": function_net_reference},
        "code without NumPy",
        wrong={"mask missing": (listed_net_forward, in_arrays(listed_net_backward_without_mask))},
    ),
    Program(
        "dense layer with lazy weights",
        (Dense(3),),
        {"x": "N 4"},
        "tinynn, numpy-ml",
        wrong={"weights not transposed": (DenseNotTransposed(4),)},
    ),
    Program("lazy weights in dictionaries", (LazyNormedDense(),), {"inputs": {"inputs": "N 3"}}, "tinynn, core/layers"),
    Program(
        "layer of features first",
        (coursera_forward, coursera_backward),
        {"A": "D N", "W": "M D", "b": "M 1", "averaged": {"W": "N", "b": "N"}},
        "deeplearning.ai, week 4",
    ),
    Program(
        "residual block",
        (residual_block_forward, residual_block_backward),
        {"x": "N D", "w": "D H", "v": "H D"},
        "He et al. 2016",
        explained={"kinks": "units inside and outside of the sum have kinks that look alike"},
        wrong={"skip missing": (residual_block_forward, residual_block_backward_without_skip)},
    ),
    Program("sum that hands the upstream on", (add_forward, add_backward), {"x": "N D", "y": "N D"}, "the lecture"),
    Program(
        "dropout at test time", (test_dropout_forward, test_dropout_backward), {"x": "N D"}, "CS231n, dropout_backward"
    ),
    Program("flatten", (flatten_forward, flatten_backward), {"x": "N C H"}, "Keras-like code"),
    Program(
        "softmax in place",
        (softmax_in_place_forward, softmax_in_place_backward),
        {"x": "N C"},
        "Deep Learning from Scratch",
        wrong={"diagonal alone": (softmax_in_place_forward, softmax_in_place_backward_diagonal)},
    ),
    Program(
        "softmax by Jacobians",
        (softmax_by_jacobians_forward, softmax_by_jacobians_backward),
        {"x": "N C"},
        "blog posts",
    ),
)
