"""Cross-entropies of a softmax with weighted targets, -Σ_c t_c log p_c over the last axis, and their gradients."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.ops.activations.log_softmax import log_probabilities


def class_log_probabilities(logits: Values) -> Values:
    """The logarithms of the softmax over axis 1, that axis moved last.  logits: (N, C, *S) → (N, *S, C)."""
    return log_probabilities(np.moveaxis(logits, 1, -1))


def is_label(labels: Values, classes: int) -> Values:
    """Where each class is the label.  labels: (N, *S) → (N, *S, C)."""
    return np.asarray(np.arange(classes) == labels[..., None])


def sums_of_others(targets: Values) -> Values:
    """Σ_{j ≠ c} t_j for each c over the last axis, as the sums of those before and behind: nothing cancels."""
    padded = np.pad(targets, ((0, 0),) * (targets.ndim - 1) + ((1, 1),))
    before, behind = padded.cumsum(axis=-1)[..., :-2], padded[..., ::-1].cumsum(axis=-1)[..., :-2]
    return np.asarray(before + behind[..., ::-1])


def logit_gradients(dlosses: Values, logs: Values, targets: Values) -> Values:
    """p_c Σ_j t_j - t_c, as p_c Σ_{j ≠ c} t_j + t_c expm1(log p_c), which keeps its digits where p_c is near 1.

    dlosses: (N, *S), or () for all; logs, targets: (N, *S, C) → (N, *S, C)."""
    slopes = np.exp(logs) * sums_of_others(targets) + np.expm1(logs) * targets
    return np.asarray(dlosses[..., None] * slopes)


def log_softmax_as_defined(x: Any) -> Any:
    """log(e^x_i / Σ_j e^x_j) of a reference over the last axis; the largest is taken off, lest e^x leave the range."""
    xp = namespace(x)
    below = x - xp.max(x, axis=-1, keepdims=True)
    return below - xp.log(xp.sum(xp.exp(below), axis=-1, keepdims=True))


def one_hot(labels: Any, classes: int, like: Any) -> Any:
    """The rows of the identity that belong to labels, for a reference, in the dtype of another array."""
    xp = namespace(like)
    return xp.astype(labels[..., None] == xp.arange(classes), like.dtype)
