"""Layers that keep their gradients in the places that people choose.  Each has a `factor`, by which a gradient of it is
wrong where it is not one."""

import numpy as np

WEIGHT, BIAS = np.linspace(-1.0, 1.0, 6).reshape(3, 2), np.zeros(2)


class Accumulating:
    """Gradients begin as zeros, and are added to."""

    factor = 1

    def __init__(self, n=3, m=2):
        self.W, self.b = np.linspace(-1.0, 1.0, n * m).reshape(n, m), np.zeros(m)
        self.dW, self.db = np.zeros_like(self.W), np.zeros_like(self.b)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dy):
        self.dW += self.x.T @ dy
        self.db += self.factor * dy.sum(axis=0)
        return dy @ self.W.T


class Updating(Accumulating):
    """Backward moves the weights, too."""

    def backward(self, dy):
        dx = super().backward(dy)
        self.W = self.W - 0.1 * self.dW
        return dx


class Parameter:
    """A value and its gradient."""

    def __init__(self, value):
        self.value, self.grad = value, np.zeros_like(value)


class OfParameters:
    """The parameters are objects."""

    factor = 1

    def __init__(self):
        self.W, self.b = Parameter(WEIGHT.copy()), Parameter(BIAS.copy())

    def forward(self, x):
        self.x = x
        return x @ self.W.value + self.b.value

    def backward(self, dy):
        self.W.grad += self.x.T @ dy
        self.b.grad += self.factor * dy.sum(axis=0)
        return dy @ self.W.value.T


class Relu:
    """A layer without parameters."""

    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dy):
        return dy * self.mask


class Sequence:
    """Layers in a list."""

    factor = 1

    def __init__(self):
        self.layers = [Accumulating(3, 4), Relu(), Accumulating(4, 2)]
        self.layers[2].factor = self.factor

    def order(self):
        return self.layers

    def forward(self, x):
        for layer in self.order():
            x = layer.forward(x)
        return x

    def backward(self, dy):
        for layer in reversed(self.order()):
            dy = layer.backward(dy)
        return dy


class NamedParts(Sequence):
    """Layers in a dictionary."""

    def __init__(self):
        super().__init__()
        first, relu, last = self.layers
        self.layers, self.parts = [], {"first": first, "relu": relu, "last": last}

    def order(self):
        return [*self.parts.values()]


class Lists:
    """Weights, biases and their gradients in lists that backward makes.  Source: multi-layer perceptrons of courses."""

    factor = 1

    def __init__(self):
        self.W = [np.linspace(-1.0, 1.0, 12).reshape(3, 4), np.linspace(-1.0, 1.0, 8).reshape(4, 2)]
        self.b = [np.zeros(4), np.zeros(2)]

    def forward(self, x):
        self.x, self.h = x, np.tanh(x @ self.W[0] + self.b[0])
        return self.h @ self.W[1] + self.b[1]

    def backward(self, dy):
        dz = dy @ self.W[1].T * (1 - self.h**2)
        self.dW = [self.x.T @ dz, self.h.T @ dy]
        self.db = [self.factor * dz.sum(axis=0), dy.sum(axis=0)]
        return dz @ self.W[0].T


class OneList:
    """A list of weights, and grads in the same order."""

    factor = 1

    def __init__(self):
        self.weights, self.grads = [WEIGHT.copy(), BIAS.copy()], [None, None]

    def forward(self, x):
        self.x = x
        return x @ self.weights[0] + self.weights[1]

    def backward(self, dy):
        self.grads = [self.x.T @ dy, self.factor * dy.sum(axis=0)]
        return dy @ self.weights[0].T


class Nested:
    """Dictionaries by attribute and key."""

    factor = 1

    def __init__(self):
        self.W, self.grads = {"w": WEIGHT.copy(), "b": BIAS.copy()}, {}

    def forward(self, x):
        self.x = x
        return x @ self.W["w"] + self.W["b"]

    def backward(self, dy):
        self.grads = {"W": {"w": self.x.T @ dy, "b": self.factor * dy.sum(axis=0)}}
        return dy @ self.W["w"].T


class ByKey:
    """A dictionary that is called grad."""

    factor = 1

    def __init__(self, W, b):
        self.W, self.b, self.grad = W, b, {}

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dy):
        self.grad["W"], self.grad["b"] = self.x.T @ dy, self.factor * dy.sum(axis=0)
        return dy @ self.W.T


class Renamed:
    """The attributes are called otherwise than the arguments."""

    factor = 1

    def __init__(self, weight, bias):
        self._w, self._b = weight, bias

    def forward(self, x):
        self.x = x
        return x @ self._w + self._b

    def backward(self, dy):
        self._dw, self._db = self.x.T @ dy, self.factor * dy.sum(axis=0)
        return dy @ self._w.T


class Copying(Renamed):
    """The constructor copies its arguments."""

    def __init__(self, weight, bias):
        super().__init__(np.array(weight), np.array(bias))


class Wrapped:
    """Another layer holds the arguments."""

    factor = 1

    def __init__(self, weight, bias):
        self.inner = Copying(weight, bias)
        self.inner.factor = self.factor

    def forward(self, x):
        return self.inner.forward(x)

    def backward(self, dy):
        return self.inner.backward(dy)


class Bias:
    """One parameter, and grad."""

    factor = 1

    def __init__(self, b):
        self.b, self.grad = b, None

    def forward(self, x):
        return x + self.b

    def backward(self, dy):
        self.grad = self.factor * dy.sum(axis=0)
        return 1 * dy


class Embedding:
    """One table, and grad, to which np.add.at adds in place."""

    def __init__(self, table):
        self.table, self.grad = table, np.zeros_like(table)

    def forward(self, ids):
        self.ids = ids
        return self.table[ids]

    def backward(self, dy):
        np.add.at(self.grad, self.ids, dy)


class Hidden:
    """A gradient where nobody looks."""

    def __init__(self, table):
        self.table = table

    def forward(self, x):
        self.x = x
        return x * self.table

    def backward(self, dy):
        self.outcome = (dy * self.x).sum(axis=0)
        return dy * self.table


class Returning(Renamed):
    """Backward returns the gradients of the parameters behind that of x."""

    def backward(self, dy):
        return dy @ self._w.T, self.x.T @ dy, self.factor * dy.sum(axis=0)


class ReturningNames(ByKey):
    """The same by name."""

    def backward(self, dy):
        return {"x": dy @ self.W.T, "dW": self.x.T @ dy, "db": self.factor * dy.sum(axis=0)}


class ReturningBoth(ByKey):
    """The gradient of x, and a dictionary of the others."""

    def backward(self, dy):
        return dy @ self.W.T, {"W": self.x.T @ dy, "b": self.factor * dy.sum(axis=0)}


class Static:
    """Two functions under the name of a class."""

    factor = 1

    @staticmethod
    def forward(x, w):
        return x @ w, (x, w)

    @staticmethod
    def backward(dy, cache):
        return dy @ cache[1].T, cache[0].T @ dy


class WrongStatic(Static):
    """The same with class methods, one of them wrong."""

    @classmethod
    def forward(cls, x, w):
        return x @ w, (x, w)

    @classmethod
    def backward(cls, dy, cache):
        return dy @ cache[1].T, 2 * cache[0].T @ dy


class Lazy:
    """The first forward draws the weights."""

    factor = 1

    def __init__(self, m=2):
        self.m, self.w = m, None

    def forward(self, x):
        if self.w is None:
            self.w, self.b = np.random.randn(x.shape[-1], self.m), np.zeros(self.m)  # noqa: NPY002 - as people write
        self.x = x
        return x @ self.w + self.b

    def backward(self, dy):
        self.grad_w, self.grad_b = self.x.T @ dy, self.factor * dy.sum(axis=0)
        return dy @ self.w.T


class UpdatingNet:
    """A loss that takes a step of its own."""

    def __init__(self):
        self.params = {"W": WEIGHT.copy()}

    def loss(self, X):
        W = self.params["W"]
        gradient = 2 * X.T @ (X @ W)
        self.params["W"] = W - 0.1 * gradient
        return np.sum((X @ W) ** 2), {"W": gradient}


def make_wrong(cls):
    """The same class with a gradient that is three times too large."""
    return type(f"Wrong{cls.__name__}", (cls,), {"factor": 3, "__module__": cls.__module__})
