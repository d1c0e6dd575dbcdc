"""Weights of attention: the softmax of scores over the keys of each query, and its backward."""

import numpy as np

from gradcheck.arrays import Values


def make_scale(q: Values) -> Values:
    """1 / √D, D the features of a query, in the dtype of q."""
    return 1 / np.sqrt(q.dtype.type(q.shape[-1]))


def leave_out(scores: Values, allowed: Values) -> Values:
    """Scores whose keys are not allowed as -∞.  allowed: booleans that broadcast, with a key for each query."""
    return np.where(allowed, scores, -np.inf)


def weigh(scores: Values) -> Values:
    """e^scores over their sum, the largest score of each query taken away before.  scores: (…, T, S)."""
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def weigh_back(dweights: Values, weights: Values) -> Values:
    """The gradient of the scores: w (dw - Σ dw w), the sum over the keys of each query."""
    return weights * (dweights - (dweights * weights).sum(axis=-1, keepdims=True))


def transpose(x: Values) -> Values:
    """The last two axes exchanged."""
    return np.swapaxes(x, -1, -2)


def look_back(length: int, keys: int) -> Values:
    """Which keys a query may see that sees none later than itself: (T, S)."""
    return np.arange(length)[:, None] >= np.arange(keys)
