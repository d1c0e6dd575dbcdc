"""A module of a user's that converts what it is given."""

import numpy as np
from numpy import array as to_array

SCALE = 1.0
CALLS = []


def converted(x):
    """An array, counted."""
    CALLS.append(len(x))
    return np.asarray(x) * SCALE


def copied(x):
    """A copy by another name."""
    return to_array(x)
