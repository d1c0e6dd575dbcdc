"""Functions that carry their gradients, as the calling convention of this package has it."""

import numpy as np


def square(x: "N D"):
    return x * x


square.gradient = lambda dy, x: 2 * x * dy


def matmul(x: "N D", w: "D M"):
    return x @ w


def matmul_gradient(dy, x, w):
    return (w @ dy.T).T, np.ascontiguousarray(x.T @ dy)


matmul.gradient = matmul_gradient
