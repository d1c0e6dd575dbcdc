"""Layers of a small network, each a forward and a backward."""

import numpy as np


def affine_forward(x: "N D", w: "D M", b: "M"):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def relu_forward(x: "N D"):
    return np.maximum(x, 0), x


def relu_backward(dout, x):
    return dout * (x > 0)


class BatchNorm:
    """Learned parameters go to the constructor, their gradients stand in attributes."""

    def __init__(self, gamma: "D", beta: "D", eps=1e-5):
        self.gamma, self.beta, self.eps = gamma, beta, eps

    def forward(self, x: "N D"):
        self.scale = np.sqrt(x.var(axis=0) + self.eps)
        self.normed = (x - x.mean(axis=0)) / self.scale
        return self.gamma * self.normed + self.beta

    def backward(self, dout):
        self.dgamma, self.dbeta = (dout * self.normed).sum(axis=0), dout.sum(axis=0)
        g = dout * self.gamma
        return (g - g.mean(axis=0) - self.normed * (g * self.normed).mean(axis=0)) / self.scale


def softmax_loss(x, y):
    """(loss, dx) of scores x: (N, C) and labels y: (N,)."""
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    dx = p.copy()
    dx[rows, y] -= 1
    return -np.mean(np.log(p[rows, y])), dx / len(y)
