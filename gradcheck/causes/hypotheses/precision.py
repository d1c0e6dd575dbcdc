"""Hypotheses of a gradient that is right but for its precision."""

from collections.abc import Iterator

import numpy as np

from gradcheck.arrays import Values
from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.wrong_case import WrongCase

LARGEST_ERROR = {"float16": 2.0**-5, "float32": 2.0**-16}
"""The part of its largest element by which a gradient in a narrower precision may be off: some hundred roundings."""


def propose_low_precision(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the gradient is computed in a narrower precision: it is near the right one, and all its numbers are
    of that precision."""
    claimed, expected = case.claimed[i], case.expected(i).value
    if claimed is None or claimed.shape != expected.shape or not np.isfinite(claimed).all():
        return
    for dtype, error in LARGEST_ERROR.items():
        near = np.max(np.abs(claimed - expected), initial=0.0) <= error * np.max(np.abs(expected), initial=0.0)
        if near and is_of_precision(claimed, dtype):
            words = f"it is computed in {dtype}"
            yield Hypothesis(
                Cause("low-precision", words, f"Compute in the dtype of the input, not in {dtype}."), claimed
            )


def is_of_precision(a: Values, dtype: str) -> bool:
    """Whether all numbers of an array are numbers of a narrower dtype."""
    with np.errstate(all="ignore"):
        return bool(np.array_equal(a.astype(dtype).astype(float), a))
