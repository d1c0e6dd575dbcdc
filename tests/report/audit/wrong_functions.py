"""Functions as a student hands them in; in a file of their own, whose caches a check empties."""

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dy, cache):
    x, w = cache
    return dy @ w.T, x.T @ dy, dy.mean(axis=0)


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dy, x):
    mask = dy > 0
    return (dy * mask,)
