"""Layers, losses and networks as students and small frameworks write them; what is called Wrong… is."""

import numpy as np


class MultiplyGate:
    """The lecture's gate."""

    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dz):
        return [self.y * dz, self.x * dz]


class WrongGate(MultiplyGate):
    def backward(self, dz):
        return [self.x * dz, self.y * dz]


class Affine:
    """Parameters that the constructor takes, gradients in attributes."""

    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T


class WrongAffine(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.db = dout.mean(axis=0)
        return dx


class Dense(Affine):
    """Makes its own parameters."""

    def __init__(self, n_in, n_out=2):
        super().__init__(np.arange(1.0, n_in * n_out + 1).reshape(n_in, n_out), np.zeros(n_out))


class WrongDense(Dense, WrongAffine):
    """The same with a wrong gradient."""


class Listed:
    """params and grads in lists, gradients written in place.  Source: Saitoh 2016, chapter 5."""

    def __init__(self, n, m):
        self.params = [np.full((n, m), 0.5), np.zeros(m)]
        self.grads = [np.zeros_like(p) for p in self.params]

    def forward(self, x):
        self.x = x
        return x @ self.params[0] + self.params[1]

    def backward(self, dout):
        self.grads[0][...] = self.x.T @ dout
        self.grads[1][...] = dout.sum(axis=0)
        return dout @ self.params[0].T


class FullyConnected:
    """parameters and gradients in dictionaries, as numpy-ml has them."""

    def __init__(self, n, m):
        self.parameters = {"W": np.full((n, m), 0.5), "b": np.zeros((1, m))}
        self.gradients = {}
        self.X = []

    def forward(self, X, retain_derived=True):
        if retain_derived:
            self.X.append(X)
        return np.tanh(X @ self.parameters["W"] + self.parameters["b"])

    def backward(self, dLdy, retain_grads=True):
        X = self.X[-1]
        dZ = dLdy * (1 - np.tanh(X @ self.parameters["W"] + self.parameters["b"]) ** 2)
        if retain_grads:
            self.gradients["W"] = self.gradients.get("W", 0) + X.T @ dZ
            self.gradients["b"] = self.gradients.get("b", 0) + dZ.sum(axis=0, keepdims=True)
        return dZ @ self.parameters["W"].T


class Named:
    """A gradient that is called like no other, and one that is missing."""

    def __init__(self):
        self.W, self.slope, self.scale = np.ones((2, 3)), np.zeros((2, 3)), np.ones(3)

    def forward(self, x):
        self.x = x
        return x @ self.W * self.scale

    def backward(self, dout):
        self.slope = self.x.T @ (dout * self.scale)
        return (dout * self.scale) @ self.W.T


class Line:
    """Two numbers that are equal, and so may be one object."""

    def __init__(self):
        self.slope = self.offset = 1.0
        self.dslope = self.doffset = 0.0

    def forward(self, x):
        self.x = x
        return self.slope * x + self.offset

    def backward(self, dout):
        self.dslope, self.doffset = np.sum(dout * self.x), np.sum(dout)
        return dout * self.slope


class Kept:
    """Forward keeps what backward needs, backward leaves the gradient of that, too."""

    def __init__(self):
        self.W, self.z = np.ones((3, 2)), np.zeros((1, 2))

    def forward(self, x):
        self.x = x
        self.z = x @ self.W
        return self.z * self.z

    def backward(self, dout):
        self.dz = 2 * self.z * dout
        self.dW, self.dx = self.x.T @ self.dz, self.dz @ self.W.T
        return self.dx


class Lazy(FullyConnected):
    """The first forward makes the parameters, as in numpy-ml."""

    def __init__(self, m):
        super().__init__(1, m)
        self.m, self.parameters = m, {"W": None, "b": None}

    def forward(self, X, retain_derived=True):
        if self.parameters["W"] is None:
            self.parameters = FullyConnected(X.shape[1], self.m).parameters
        return super().forward(X, retain_derived)


class Block:
    """A layer within holds the parameters, too."""

    def __init__(self):
        self.params, self.grads = {"W": np.ones((3, 2)), "b": np.zeros(2)}, {}
        self.inner = Affine(self.params["W"], self.params["b"])

    def forward(self, x):
        return self.inner.forward(x)

    def backward(self, dout):
        dx = self.inner.backward(dout)
        self.grads = {"W": self.inner.dW, "b": self.inner.db}
        return dx


class Halves:
    """Two outputs."""

    def forward(self, x):
        self.x = x
        return x / 2, x * x

    def backward(self, da, db):
        return da / 2 + 2 * self.x * db


class MeanSquare:
    """A loss whose backward takes no upstream."""

    def forward(self, x, t):
        self.gap = x - t
        return np.mean(self.gap**2)

    def backward(self):
        g = 2 * self.gap / self.gap.size
        return g, -g


def softmax_loss(x, y):
    """(loss, dx), as in CS231n."""
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(p[np.arange(len(y)), y]))
    dx = p.copy()
    dx[np.arange(len(y)), y] -= 1
    return loss, dx / len(y)


def wrong_softmax_loss(x, y):
    loss, dx = softmax_loss(x, y)
    return loss, dx * len(y)


def softmax_classifier(W, X, y, reg):
    """(loss, dW) of the first input alone."""
    loss, scores = softmax_loss(X @ W, y)
    return loss + reg * np.sum(W * W), X.T @ scores + 2 * reg * W


def wrong_classifier(W, X, y, reg):
    loss, dW = softmax_classifier(W, X, y, reg)
    return loss, dW - reg * W


class TwoLayerNet:
    """params, and loss(X, y) -> (loss, grads)."""

    def __init__(self, n, hidden, classes, reg=0.1):
        rng = np.random.default_rng(0)
        self.params = {
            "W1": rng.normal(size=(n, hidden)),
            "b1": np.zeros(hidden),
            ("W", 2): rng.normal(size=(hidden, classes)),
        }
        self.reg = reg

    def loss(self, X, y=None):
        W1, b1, W2 = self.params.values()
        z = X @ W1 + b1
        h = np.maximum(z, 0)
        if y is None:
            return h @ W2
        loss, dscores = softmax_loss(h @ W2, y)
        dz = dscores @ W2.T * (z > 0)
        grads = {"W1": X.T @ dz + self.reg * W1, "b1": dz.sum(axis=0), ("W", 2): h.T @ dscores + self.reg * W2}
        return loss + 0.5 * self.reg * (np.sum(W1 * W1) + np.sum(W2 * W2)), grads


class WrongNet(TwoLayerNet):
    def loss(self, X, y=None):
        loss, grads = super().loss(X, y)
        return loss, {**grads, "W1": grads["W1"] - self.reg * self.params["W1"]}


class NetOfLayers:
    """The layers hold the parameters of the network."""

    def __init__(self, n, classes):
        self.params = {"W": np.ones((n, classes)), "b": np.zeros(classes)}
        self.layers = [Affine(self.params["W"], self.params["b"])]

    def loss(self, X, y):
        (affine,) = self.layers
        loss, dscores = softmax_loss(affine.forward(X), y)
        affine.backward(dscores)
        return loss, {"W": affine.dW, "b": affine.db}


def relu(x):
    """(y, backprop), as in thinc."""
    mask = x > 0
    return x * mask, lambda dy: dy * mask


def dense(x, w):
    def backprop(dy):
        return dy @ w.T, x.T @ dy

    return x @ w, backprop


def wrong_dense(x, w):
    def backprop(dy):
        return dy @ w.T, x.T @ (dy * dy)

    return x @ w, backprop
