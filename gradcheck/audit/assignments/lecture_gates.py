"""Stanford CS231n, lecture 4: gates of a computational graph, as pairs of functions and as classes."""

import numpy as np

from gradcheck import Array, namespace, nonzero


def add_forward(x: "*S", y: "*S"):
    return x + y, None


def add_backward(dz, cache):
    return dz.copy(), dz.copy()


def add_reference(x, y):
    return x + y


def multiply_forward(x: "*S", y: "*S"):
    return x * y, (x, y)


def multiply_backward(dz, cache):
    x, y = cache
    return dz * y, dz * x


def multiply_reference(x, y):
    return x * y


def max_forward(x: "*S", y: "*S"):
    return np.maximum(x, y), x >= y


def max_backward(dz, cache):
    return dz * cache, dz * ~cache


def max_reference(x, y):
    return namespace(x).maximum(x, y)


def reciprocal_forward(x: Array("*S", nonzero())):
    return 1 / x, x


def reciprocal_backward(dz, cache):
    return -dz / cache**2


def reciprocal_reference(x):
    return x**-1.0


def exp_forward(x: "*S"):
    z = np.exp(x)
    return z, z.copy()


def exp_backward(dz, cache):
    return dz * cache


def exp_reference(x):
    return namespace(x).exp(x)


def sigmoid_forward(x: "*S"):
    z = (1 + np.tanh(x / 2)) / 2
    return z, z.copy()


def sigmoid_backward(dz, cache):
    return dz * cache * (1 - cache)


def sigmoid_reference(x):
    xp = namespace(x)
    return 1 / (1 + xp.exp(-x))


def tanh_forward(x: "*S"):
    z = np.tanh(x)
    return z, z.copy()


def tanh_backward(dz, cache):
    return dz * (1 - cache**2)


def tanh_reference(x):
    return namespace(x).tanh(x)


def relu_forward(x: "*S"):
    return np.maximum(x, 0), x


def relu_backward(dz, cache):
    return dz * (cache > 0)


def relu_reference(x):
    return namespace(x).where(x > 0, x, 0 * x)


class AddGate:
    """z = x + y."""

    def forward(self, x: "*S", y: "*S"):
        return x + y

    def backward(self, dz):
        return dz.copy(), dz.copy()


class MultiplyGate:
    """z = x y."""

    def forward(self, x: "*S", y: "*S"):
        self.x, self.y = x, y
        return x * y

    def backward(self, dz):
        return dz * self.y, dz * self.x


class MaxGate:
    """z = max(x, y)."""

    def forward(self, x: "*S", y: "*S"):
        self.first = x >= y
        return np.maximum(x, y)

    def backward(self, dz):
        return dz * self.first, dz * ~self.first


class ReciprocalGate:
    """z = 1 / x."""

    def forward(self, x: Array("*S", nonzero())):
        self.x = x
        return 1 / x

    def backward(self, dz):
        return -dz / self.x**2


class ExpGate:
    """z = e^x."""

    def forward(self, x: "*S"):
        self.x = x
        return np.exp(x)

    def backward(self, dz):
        return dz * np.exp(self.x)


class SigmoidGate:
    """z = 1 / (1 + e^-x)."""

    def forward(self, x: "*S"):
        z, self.z = sigmoid_forward(x)
        return z

    def backward(self, dz):
        return sigmoid_backward(dz, self.z)


class TanhGate:
    """z = tanh x."""

    def forward(self, x: "*S"):
        z, self.z = tanh_forward(x)
        return z

    def backward(self, dz):
        return tanh_backward(dz, self.z)


class ReLUGate:
    """z = max(x, 0)."""

    def forward(self, x: "*S"):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dz):
        return dz * (self.x > 0)
