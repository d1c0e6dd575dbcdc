"""A rectifier.  Wrong: at exactly zero its slope is 2, which lies between no two slopes beside it."""

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.pointwise import pointwise


def rectified(x):
    return np.where(x > 0, x, 0 * x)


def step(x, at_zero):
    """1 above zero, 0 below, `at_zero` in between, in the dtype of x."""
    return np.where(x == 0, at_zero, x > 0).astype(x.dtype)


def reference(x):
    xp = namespace(x)
    return xp.where(x > 0, x, xp.zeros_like(x))


right = pointwise("relu", value=rectified, slope=lambda x, y: step(x, 0), reference=reference)
wrong = pointwise("relu", value=rectified, slope=lambda x, y: step(x, 2), reference=reference)
