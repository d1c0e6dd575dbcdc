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
        self.z = 1 / (1 + np.exp(-x))
        return self.z

    def backward(self, dz):
        return dz * self.z * (1 - self.z)
