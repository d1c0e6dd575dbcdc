"""What NumPy warns of while forward and backward run: which function divides by zero, and which overflows."""

import warnings
from dataclasses import replace

import numpy as np

from gradcheck.arrays import Point
from gradcheck.causes.float_causes import find_float_cause
from gradcheck.evaluation.evaluator import COPIED_ANEW, Evaluator
from gradcheck.records.results import Finding

MAX_WARNINGS = 3
"""Warnings that a hint repeats, the first ones: the others follow from them."""


def describe_float_warnings(evaluator: Evaluator, upstream: Point) -> str:
    """Return NumPy's warnings in one run as a sentence; "" where it has none, as where the code silences them."""
    said = list_float_warnings(evaluator, upstream)
    return f"NumPy warns there: {', '.join(said[:MAX_WARNINGS])}." if said else ""


def list_float_warnings(evaluator: Evaluator, upstream: Point) -> list[str]:
    """List NumPy's warnings in one run, each once: "overflow encountered in exp".  Raises UserError and Malformed."""
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("always")
        evaluator.gradients(evaluator.case.point, upstream, COPIED_ANEW)
    words = dict.fromkeys(str(w.message) for w in caught if issubclass(w.category, RuntimeWarning))
    return [word for word in words if " encountered in " in word]


def with_float_cause(finding: Finding, evaluator: Evaluator, upstream: Point) -> Finding:
    """Return a finding about a number that is not finite with the cause of which NumPy's warnings tell."""
    cause = find_float_cause(list_float_warnings(evaluator, upstream))
    return finding if cause is None else replace(finding, cause=cause.words, cause_name=cause.name)
