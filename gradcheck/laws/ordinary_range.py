"""Whether a result is not finite only because inputs are larger than their author may have meant.

An input without bounds is drawn, and stretched, to values at which a plain exponential overflows.  Where results are
finite once such inputs are scaled down, that they are not is a matter of range: the law extremes tells it, and it fails
an op only where a domain is declared that holds such values.
"""

from collections.abc import Sequence

import numpy as np

from gradcheck.arrays import Point, Values, convert_floats
from gradcheck.declaration.inputs import Array, input_name
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.laws.call_results import compute_results
from gradcheck.oracles.monte_carlo import measure_largest_of

ORDINARY_SIZE = 8.0
"""The largest product of inputs that everybody means: the square of it is far below 709, beyond which an exponential
overflows."""

BEYOND_RANGE = "it is not finite at values beyond the ordinary, which the law extremes judges"
"""The reason where another law leaves a case to the law extremes."""

MOST_EXPONENT = 6
"""The binary exponent of an upstream that is neither huge nor tiny."""

BOUNDS = (512, 256, 128, 64, 32, 16, 8)
"""The bounds of a domain that may be suggested, the widest first."""


def is_beyond_range(evaluator: Evaluator, upstream: Point, dtype: type[np.floating] = np.float64) -> bool:
    """Whether the results of a case that are not finite in a dtype are so once its inputs without bounds, and its
    upstream, are scaled down."""
    unbounded = list_unbounded(evaluator)
    size = ORDINARY_SIZE ** (1 / max(len(unbounded), 1))
    ordinary = tuple(scale_down(u, ORDINARY_SIZE) for u in upstream)
    is_large = any(exceeds(evaluator.case.point[i], size) for i in unbounded)
    is_large = is_large or any(exceeds(u, ORDINARY_SIZE) for u in upstream)
    return is_large and all_finite(evaluator, ordinary, unbounded, size, dtype)


def suggest_bounds(evaluator: Evaluator, upstream: Point) -> str:
    """Return the declaration of one input within whose bounds all results of a case are finite, or of all of them; ""
    where there is none."""
    unbounded = list_unbounded(evaluator)
    for inputs in [*([i] for i in unbounded), unbounded]:
        for bound in BOUNDS:
            if any(exceeds(evaluator.case.point[i], bound) for i in inputs) and all_finite(
                evaluator, upstream, inputs, bound
            ):
                return ", ".join(dict.fromkeys(declare_bounded(evaluator, i, bound) for i in inputs))
    return ""


def advise_bounds(evaluator: Evaluator, upstream: Point) -> str:
    """Return the advice to declare bounds within which all results of a case are finite; "" where there are none."""
    bounds = suggest_bounds(evaluator, upstream)
    return f"If such values are not meant, say so: {bounds}." if bounds else ""


def declare_bounded(evaluator: Evaluator, i: int, bound: int) -> str:
    """Return the declaration of one input with bounds, as its author would write it."""
    label = evaluator.labels[i]
    array: Array = evaluator.op.array(label)
    without = "" if evaluator.differentiable[i] else ", gradient=False"
    return f'{input_name(label)}=Array("{array.shape}", real({-bound}, {bound}){without})'


def list_unbounded(evaluator: Evaluator) -> list[int]:
    """Return the indices of the inputs that may have any value."""
    rows = zip(evaluator.input_declarations.domains, evaluator.case.point, strict=True)
    return [i for i, (domain, a) in enumerate(rows) if a.dtype.kind == "f" and domain.free]


def exceeds(a: Values, size: float) -> bool:
    """Whether an element is larger."""
    return bool(np.max(np.abs(a), initial=0.0) > size)


def scale_down(a: Values, size: float) -> Values:
    """Return an array scaled to a size, as it is where it is no larger."""
    return a * (size / float(np.max(np.abs(a)))) if exceeds(a, size) else a


def scale_to_ordinary(upstream: Point) -> Point:
    """Return upstreams, huge and tiny ones scaled together by a power of two, the largest to about one: a gradient is
    linear in them, and a low precision does not hold what they are multiplied with."""
    most = measure_largest_of(upstream)
    exponent = float(np.round(np.log2(most))) if most else 0.0
    return upstream if abs(exponent) <= MOST_EXPONENT else tuple(u * 2.0**-exponent for u in upstream)


def all_finite(
    evaluator: Evaluator,
    upstream: Point,
    inputs: Sequence[int],
    size: float,
    dtype: type[np.floating] = np.float64,
) -> bool:
    """Whether all results in a dtype are finite where these inputs are scaled down to a size."""
    point = tuple(scale_down(a, size) if i in inputs else a for i, a in enumerate(evaluator.case.point))
    there = Evaluator(evaluator.op, evaluator.case.at(point))
    point = convert_floats(point, dtype)
    try:
        results = compute_results(there, point, convert_floats(upstream, dtype)) if upstream else there.outputs(point)
        return all(np.isfinite(r).all() for r in results)
    except (UserError, Malformed):
        return False
