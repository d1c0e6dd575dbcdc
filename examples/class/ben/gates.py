import numpy as np


def add_forward(x, y):
    return x + y, None


def add_backward(dz, cache):
    return 1.0 * dz, 1.0 * dz


def multiply_forward(x, y):
    return x * y, (x, y)


def multiply_backward(dz, cache):
    x, y = cache
    return dz * x, dz * y


class SigmoidGate:
    def forward(self, x):
        self.x = x
        return 1 / (1 + np.exp(-x))

    def backward(self, dz):
        return dz * self.x * (1 - self.x)
