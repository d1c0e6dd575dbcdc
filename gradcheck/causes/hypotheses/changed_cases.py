"""Cases at another point or with other settings, and whether the right gradient there is the claimed one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.arrays import Point, Values, flat
from gradcheck.causes.wrong_case import MOST_ELEMENTS, RELATIVE_TOLERANCE, WrongCase
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.oracles.directional import CaseForward
from gradcheck.oracles.finite_differences.derivative import differentiate_along

CRUDE_STEP = 2.0**-20
"""The step of the quick test, as a part of the point: what is left of its square is below what is compared."""

CRUDE_TOLERANCE = 1e-3
"""The part of the compared numbers by which they may differ in the quick test: far more than the error of one
difference, and far less than by which two unlike gradients differ along a random direction."""

RANDOM_DIRECTIONS = 2
"""Random directions along which a gradient is compared."""

MOST_GROWTH = 4
"""How many times more elements than a case may have a changed one has."""


def change_case(
    case: WrongCase, point: Point | None = None, settings: Mapping[str, Any] | None = None
) -> WrongCase | None:
    """Return the case at another point, whose shapes may be others, or with other settings.  Where outputs have other
    lengths there, their upstream is cut off at the ends, or filled with zeros.  None where forward refuses these."""
    inputs = dict(zip(case.labels, case.inputs if point is None else point, strict=True))
    changed = replace(case.case, inputs=inputs, upstream=(), settings={**case.settings, **(settings or {})})
    try:
        with np.errstate(all="ignore"):
            outputs = Evaluator(case.op, changed).outputs(changed.point)
    except (UserError, Malformed):
        return None
    sizes = [a.size for a in (*outputs, *changed.point)]
    if [y.ndim for y in outputs] != [u.ndim for u in case.upstream] or max(sizes) > MOST_GROWTH * MOST_ELEMENTS:
        return None
    upstream = tuple(fit_to_shape(u, y.shape) for u, y in zip(case.upstream, outputs, strict=True))
    is_finite = all(np.isfinite(y).all() for y in outputs)
    return WrongCase(case.op, changed.at(changed.point, upstream), case.claimed) if is_finite else None


def fit_to_shape(a: Values, shape: tuple[int, ...]) -> Values:
    """Return an array cut off at the ends of its axes, or filled with zeros there."""
    fitted = np.zeros(shape, a.dtype)
    common = tuple(slice(min(n, m)) for n, m in zip(a.shape, shape, strict=True))
    fitted[common] = a[common]
    return fitted


def reproduces_claim(case: WrongCase, i: int, part: tuple[slice, ...] = ()) -> bool:
    """Whether the claimed gradient of input i is the right one of a changed case, or a part of that: along random
    directions, along which two gradients that differ have different slopes.  part: what is returned of the whole."""
    claimed, like = case.claimed[i], case.inputs[i]
    if claimed is None or like[part].shape != claimed.shape or like.dtype.kind != "f":
        return False
    rng = case.case.rng("directions of a changed case")
    directions = [np.zeros(like.shape) for _ in range(RANDOM_DIRECTIONS)]
    for direction in directions:
        direction[part] = rng.standard_normal(claimed.shape)
    slopes = [float(np.sum(claimed * direction[part])) for direction in directions]
    try:
        with np.errstate(all="ignore"):
            return has_slope_roughly(case, i, directions[0], slopes[0]) and all(
                has_slope(case, i, direction, slope) for direction, slope in zip(directions, slopes, strict=True)
            )
    except (UserError, Malformed):
        return False


def has_slope_roughly(case: WrongCase, i: int, direction: Values, slope: float) -> bool:
    """Whether the sum of the outputs, weighed by the upstream, may have a slope along a direction of input i: by one
    difference, which refutes nearly all that is wrong.  Raises UserError and Malformed."""
    step = CRUDE_STEP * max(1.0, float(np.max(np.abs(case.inputs[i]), initial=0.0)))
    ahead, behind = (
        case.evaluator.compute_uncached(replace_input(case.inputs, i, case.inputs[i] + h * direction))
        for h in (step, -step)
    )
    moved = [u * (a - b) / (2 * step) for u, a, b in zip(case.upstream, ahead, behind, strict=True)]
    scale = sum(float(np.sum(np.abs(a))) for a in moved) + abs(slope)
    size = sum(float(np.sum(np.abs(u * a))) for u, a in zip(case.upstream, ahead, strict=True))
    difference = abs(sum(float(np.sum(a)) for a in moved) - slope)
    return difference <= CRUDE_TOLERANCE * scale + size * 2.0**-46 / step


def has_slope(case: WrongCase, i: int, direction: Values, slope: float) -> bool:
    """Whether the sum of the outputs, weighed by the upstream, has a slope along a direction of input i, within the
    error of differences.  Raises UserError and Malformed."""
    along = tuple(direction if k == i else np.zeros(a.shape) for k, a in enumerate(case.inputs))
    estimate = differentiate_along(CaseForward(case.evaluator), case.inputs, along).estimate
    u = flat(case.upstream)
    used = u != 0
    terms = u[used] * estimate.value[used]
    error = 4 * float(np.sum(np.abs(u[used]) * estimate.error[used]))
    tolerance = RELATIVE_TOLERANCE * (float(np.sum(np.abs(terms))) + abs(slope)) + error
    return bool(np.isfinite(error)) and abs(float(np.sum(terms)) - slope) <= tolerance


def replace_input(point: Point, k: int, a: Values) -> Point:
    """Return the point with another array for input k."""
    return (*point[:k], a, *point[k + 1 :])
