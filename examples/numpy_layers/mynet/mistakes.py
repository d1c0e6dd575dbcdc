"""The same layers with mistakes that people make."""

import numpy as np

from mynet.layers import BatchNorm, softmax_loss


def averaged_forward(x: "N D", w: "D M", b: "M"):
    return x @ w + b, (x, w)


def averaged_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.mean(axis=0)


class FrozenStatistics(BatchNorm):
    """Mean and variance taken for constants."""

    def backward(self, dout):
        super().backward(dout)
        return dout * self.gamma / self.scale


def unscaled_loss(x, y):
    """The gradient of the sum, beside the loss of the mean."""
    loss, dx = softmax_loss(x, y)
    return loss, dx * len(np.atleast_1d(y))
