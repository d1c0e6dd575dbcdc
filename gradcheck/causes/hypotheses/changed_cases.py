"""Cases at another point or with other settings, and whether the right gradient there is the claimed one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.causes.slopes import measure_slope_of_input
from gradcheck.causes.wrong_case import MOST_DIFFERENTIATED, WrongCase, replace_input
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError

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
    if [y.ndim for y in outputs] != [u.ndim for u in case.upstream] or max(sizes) > MOST_GROWTH * MOST_DIFFERENTIATED:
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
    whole, directions = np.zeros(like.shape), [np.zeros(like.shape) for _ in range(RANDOM_DIRECTIONS)]
    whole[part] = claimed
    for direction in directions:
        direction[part] = rng.standard_normal(claimed.shape)
    try:
        with np.errstate(all="ignore"):
            return has_slope_roughly(case, i, directions[0], float(np.sum(whole * directions[0]))) and all(
                measure_slope_of_input(case.evaluator, i, direction).is_of(whole, direction) for direction in directions
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
