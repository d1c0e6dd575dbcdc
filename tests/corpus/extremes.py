"""A flat sigmoid, 1 / (1 + e^(-x/64)).  Wrong: its slope is e/(1+e)² of an exponential that overflows below -23,000."""

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.pointwise import pointwise


def sigmoid(x):
    """Without overflow: the exponential is taken of -|x| alone."""
    small = np.exp(-np.abs(x) / 64)
    return np.where(x >= 0, 1, small) / (1 + small)


def slope(x, y):
    small = np.exp(-np.abs(x) / 64)
    return small / (1 + small) ** 2 / 64


def overflowing(x, y):
    e = np.exp(-x / 64)
    return e / (1 + e) ** 2 / 64


def reference(x):
    return 1 / (1 + namespace(x).exp(-x / 64))


right = pointwise("flat sigmoid", value=sigmoid, slope=slope, reference=reference, dtypes=("float64",))
wrong = pointwise("flat sigmoid", value=sigmoid, slope=overflowing, reference=reference, dtypes=("float64",))
