"""What NumPy warns of while forward and backward run: which function divides by zero, and which overflows."""

import warnings

import numpy as np

from gradcheck.arrays import Point
from gradcheck.evaluation.evaluator import COPIED_ANEW, Evaluator

MAX_WARNINGS = 3
"""Warnings that a hint repeats, the first ones: the others follow from them."""


def describe_float_warnings(evaluator: Evaluator, upstream: Point) -> str:
    """Return NumPy's warnings in one run as a sentence; "" where it has none, as where the code silences them."""
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("always")
        evaluator.gradients(evaluator.case.point, upstream, COPIED_ANEW)
    words = dict.fromkeys(str(w.message) for w in caught if issubclass(w.category, RuntimeWarning))
    said = [word for word in words if " encountered in " in word]
    return f"NumPy warns there: {', '.join(said[:MAX_WARNINGS])}." if said else ""
