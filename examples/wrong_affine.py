"""An affine layer whose bias gradient is averaged over the batch.  gradcheck check examples/wrong_affine.py"""

import numpy as np


def forward(x: "N D", w: "D M", b: "M"):
    return x @ w + b, (x, w)


def backward(dy, cache):
    x, w = cache
    return dy @ w.T, x.T @ dy, np.mean(dy, axis=0)


def reference(x, w, b):
    return x @ w + b
