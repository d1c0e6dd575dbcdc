"""The derivative from a few steps, where that is enough to accept a gradient by."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.oracles.error_factors import (
    EPS,
    HALF_THE_DIGITS,
    KINK_FALL,
    QUICK_DERIVATIVE_STEPS,
    QUICK_DERIVATIVE_STEPS_WITH_REFERENCE,
    SAFETY,
    THREE_DIGITS,
    UNDERFLOW,
    VISIBILITY_FACTOR,
)
from gradcheck.oracles.finite_differences.derivative import DirectionalDerivative
from gradcheck.oracles.finite_differences.directions import draw_directions
from gradcheck.oracles.finite_differences.line import ArrayTuple, VectorFunction, interleave_signs
from gradcheck.records.evidence import Estimate

SHORTER_STEPS = (1.0, 2.0**-8, 2.0**-16)
"""Shares of the usual steps at which sums of outputs are looked at, until all of them are smooth."""
SHORTER_STEPS_WITH_REFERENCE = (1.0, 2.0**-16)
"""Those beside a reference, for which three digits are enough: the shortest give these, and meet the fewest kinks."""
MOST_UNKNOWN = 1 / 16
"""The share of sums that may have a kink at all steps."""


def quick_derivative(
    f: VectorFunction,
    x: ArrayTuple,
    v: ArrayTuple,
    y: Values,
    steps: Values,
    referred: bool,
    trusts_constants: bool = False,
) -> DirectionalDerivative | None:
    """The derivative of each output along v from a few steps, where all outputs look smooth there and are known well
    enough; else None.  y: the outputs at x.  referred: whether a reference speaks for every element, so that it is
    enough where rounding alone hides the rest, and a few of several outputs may have kinks.  trusts_constants: whether
    an output that does not move at all is known well enough; in a low precision it may move by less than it rounds.
    Nothing is known of outputs that are not finite.

    The error is that of the finest steps before their last extrapolation, and the rounding of the last digit: enough
    to accept a gradient by, never to reject one."""
    values, finite = f.evaluate_along_line(x, v, interleave_signs(steps)), np.isfinite(y)
    if not finite.any():
        return None
    values, y = values[:, finite], y[finite]
    value, unsettled, noise, kinked = estimate_quickly(values, y, steps)
    largest = float(np.max(np.abs(value), initial=UNDERFLOW))
    any_kinked = bool(kinked.any())
    if any_kinked and (not referred or kinked.all()):
        return None
    enough = (
        unsettled <= np.maximum(THREE_DIGITS * largest, noise)
        if referred
        else (unsettled + noise <= HALF_THE_DIGITS * largest)
    )
    if trusts_constants:
        enough |= (values == y).all(axis=0)
    if not (enough | kinked if any_kinked else enough).all():
        return None
    error = np.where(kinked, np.inf, unsettled + noise) if any_kinked else unsettled + noise
    return DirectionalDerivative(v, Estimate(spread_over(finite, value, 0.0), spread_over(finite, error, np.inf)))


def estimate_quickly(values: Values, y: Values, steps: Values) -> tuple[Values, Values, Values, Values]:
    """Return the derivative of each output from its values at a few steps, forwards and backwards; how far the last
    extrapolation moved it, how far the rounding of the last digit may, and whether it looks kinked."""
    p, m, h = values[::2], values[1::2], steps[:, None]
    coarse, fine = (np.abs(p[k] - 2 * y + m[k]) / steps[k] for k in (-2, -1))
    noise = VISIBILITY_FACTOR * EPS / steps[-1] * np.maximum(np.abs(p[-1]), np.abs(m[-1]))
    column = (p - m) / (2 * h)
    for order in range(1, len(steps)):
        column, coarser = column[1:] + (column[1:] - column[:-1]) / (16.0**order - 1), column
    kinked = (fine > VISIBILITY_FACTOR * noise) & (fine > KINK_FALL * coarse)
    return column[0], SAFETY * np.abs(column[0] - coarser[-1]), noise, kinked


def spread_over(mask: Values, values: Values, elsewhere: float) -> Values:
    """A vector of the mask's length with these values where the mask is true."""
    if mask.all():
        return values
    spread = np.full(mask.shape, elsewhere)
    spread[mask] = values
    return spread


def quick_derivative_of_inputs(
    f: VectorFunction,
    x: ArrayTuple,
    y: Values,
    moving: Sequence[int],
    project: Any,
    rng: np.random.Generator,
    referred: bool,
    are_sums: bool = False,
) -> DirectionalDerivative | None:
    """The derivative along the first direction of these inputs; None where it wants a closer look.  are_sums: whether
    what f gives are sums of many outputs."""
    v = project(next(draw_directions(x, moving, rng)))
    if not any(d.any() for d in v):
        return None
    if are_sums:
        return quick_derivative_of_sums(f, x, v, y, referred)
    slope = quick_derivative(
        f, x, v, y, QUICK_DERIVATIVE_STEPS_WITH_REFERENCE[0] if referred else QUICK_DERIVATIVE_STEPS, referred
    )
    if referred and (slope is None or slope.kinked.any()):
        slope = quick_derivative(f, x, v, y, QUICK_DERIVATIVE_STEPS_WITH_REFERENCE[1], referred)
    return slope


def quick_derivative_of_sums(
    f: VectorFunction, x: ArrayTuple, v: ArrayTuple, y: Values, referred: bool
) -> DirectionalDerivative | None:
    """The derivative of many sums of outputs along v, each from the first of a few sets of steps, ever shorter, at
    which it is smooth; None where more than MOST_UNKNOWN of them never are."""
    steps = QUICK_DERIVATIVE_STEPS_WITH_REFERENCE[0] if referred else QUICK_DERIVATIVE_STEPS
    value, error = np.zeros(y.shape), np.full(y.shape, np.inf)
    for shorter in SHORTER_STEPS_WITH_REFERENCE if referred else SHORTER_STEPS:
        values = f.evaluate_along_line(x, v, interleave_signs(steps * shorter))
        found, unsettled, noise, kinked = estimate_quickly(values, y, steps * shorter)
        off, largest = unsettled + noise, float(np.max(np.abs(found), initial=UNDERFLOW, where=np.isfinite(found)))
        better = ~kinked & (off <= (THREE_DIGITS if referred else HALF_THE_DIGITS) * largest) & (off < error)
        value, error = np.where(better, found, value), np.where(better, off, error)
        if np.isfinite(error).all():
            break
    if np.mean(~np.isfinite(error)) > MOST_UNKNOWN:
        return None
    return DirectionalDerivative(v, Estimate(value, error))
