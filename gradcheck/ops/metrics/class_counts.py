"""How often each class is predicted, how often it is the label, and how often both."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace


def count_classes(scores: Values, labels: Values) -> tuple[Values, Values, Values]:
    """The numbers of predictions that are right, of predictions, and of labels, each (C,).

    scores: (N, C), of which the first largest is the prediction; labels: (N,)."""
    classes = np.arange(scores.shape[1])
    predicted, labelled = scores.argmax(axis=1)[:, None] == classes, labels[:, None] == classes
    parts = (predicted & labelled, predicted, labelled)
    right, guesses, support = (part.sum(axis=0).astype(scores.dtype) for part in parts)
    return right, guesses, support


def count_classes_as_defined(scores: Any, labels: Any) -> tuple[Any, Any, Any]:
    """The same of a reference: a prediction is a largest score that no earlier one equals."""
    xp, places = namespace(scores), namespace(scores).arange(scores.shape[1])
    top = xp.astype(scores >= xp.max(scores, axis=1, keepdims=True), scores.dtype)
    earlier = xp.sum(top[:, None, :] * xp.astype(places < places[:, None], scores.dtype), axis=2)
    guesses = top * xp.astype(earlier == 0, scores.dtype)
    labelled = xp.astype(labels[:, None] == places, scores.dtype)
    return tuple(xp.sum(part, axis=0) for part in (guesses * labelled, guesses, labelled))


def divide_counts(part: Values, whole: Values) -> Values:
    """The shares, of none 0."""
    return np.asarray(part / np.maximum(whole, 1))


def divide_as_defined(part: Any, whole: Any) -> Any:
    """The shares of a reference, of none 0."""
    return part / namespace(part).where(whole > 0, whole, 1)
