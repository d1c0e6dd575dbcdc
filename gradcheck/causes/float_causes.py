"""Causes of numbers that are not finite, from what NumPy warns of."""

from collections.abc import Sequence

from gradcheck.causes.cause import Cause

OVERFLOWING_EXPONENTIAL = Cause(
    "value-no-max-shift",
    "an exponential overflows",
    "Subtract the largest element before the exponential, or take the exponential of minus the absolute value.",
)
ZERO_BY_ZERO = Cause(
    "division-by-zero",
    "zero is divided by zero, or something else by zero",
    "Add eps where the divisor can be zero, or handle that element by itself.",
)
LOGARITHM_OF_ZERO = Cause(
    "logarithm-of-zero",
    "the logarithm of zero is taken",
    "Take the logarithm before the exponential is formed (log-sum-exp, log1p), or keep its argument above zero.",
)

CAUSES_BY_WARNING = (
    ("overflow encountered in exp", OVERFLOWING_EXPONENTIAL),
    ("overflow encountered in cosh", OVERFLOWING_EXPONENTIAL),
    ("overflow encountered in sinh", OVERFLOWING_EXPONENTIAL),
    ("encountered in log", LOGARITHM_OF_ZERO),
    ("divide by zero encountered in", ZERO_BY_ZERO),
    ("invalid value encountered in divide", ZERO_BY_ZERO),
    ("invalid value encountered in scalar divide", ZERO_BY_ZERO),
)
"""Words of warnings, and the cause of which they tell: the first that fits, since the others follow from it."""


def find_float_cause(warnings: Sequence[str]) -> Cause | None:
    """Find the cause of which NumPy's warnings tell; None where none does."""
    return next((cause for part, cause in CAUSES_BY_WARNING for warning in warnings if part in warning), None)
