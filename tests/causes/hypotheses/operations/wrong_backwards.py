"""Forwards whose backward goes wrong in several ways, for tests of operations."""

import numpy as np

from tests.causes.hypotheses.explaining import declare


def standardize(x, gamma, eps=1e-5):
    mean = x.mean(axis=0)
    var = np.mean((x - mean) ** 2, axis=0)
    xhat = (x - mean) / np.sqrt(var + eps)
    return gamma * xhat, (xhat, gamma, np.sqrt(var + eps))


def back_through_statistics(mean, var, scale, count=lambda n: n):
    """A backward of standardize that counts mean, variance and gamma or not, and divides by count(N)."""

    def backward(dy, cache):
        xhat, gamma, std = cache
        g = dy * gamma if scale else dy
        n = len(dy)
        dx = g - mean * g.mean(axis=0) - var * xhat * (g * xhat).sum(axis=0) / count(n)
        return dx / std, (dy * xhat).sum(axis=0)

    return declare(standardize, backward, x="N D", gamma="D")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def gated(x, w):
    g, v = sigmoid(x @ w), np.tanh(x @ w)
    return g * v, (x, w, g, v)


def back_through_gate(slope_of_gate, slope_of_value):
    def backward(dy, cache):
        x, w, g, v = cache
        d = dy * v * slope_of_gate(g) + dy * g * slope_of_value(v)
        return d @ w.T, x.T @ d

    return declare(gated, backward, x="N D", w="D M")


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p, p
