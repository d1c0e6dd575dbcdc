"""The precision in which an op computes, though its inputs are float64: code that casts to float32, float16 or bfloat16
inside is right up to that, and is judged by it.

Rounding makes a staircase of a function.  Its differences of high order over equal steps are as large as those of
lower order, where those of a smooth function fall with every order.  J. J. Moré and S. M. Wild, Estimating
computational noise (SIAM Journal on Scientific Computing, 2011).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.op import Op
from gradcheck.declaration.origin import WorkingPrecision
from gradcheck.evaluation.evaluator import COPIED_ANEW, Evaluator, Malformed, UserError
from gradcheck.generation.case_building import make_pinned_case
from gradcheck.generation.configuration import PinnedChoices, draw_configuration
from gradcheck.isolation import silence_warnings
from gradcheck.oracles.error_factors import (
    EPS32,
    HALF_SPACING,
    LEAST_NOISE,
    MOST_NOISE,
    NOISE_PERSISTENCE,
    NOISE_STEP,
)

WINDOWS = 8
"""Points beside which the noise is measured.  That of a low precision is beside nearly all of them, a kink beside
some."""
SILENT_SHARE = 4
"""One window in so many may be silent: rounding may happen to go with the steps."""
LEAST_WINDOWS = 3
"""Windows in which results have to move before anything is said of them: far out in a tail they stay."""
WINDOW_POINTS = 12
"""Equal steps of one window: five differences of the highest order."""
NOISE_ORDERS = (4, 7)
"""The orders of differences that are compared."""
SAMPLED = 2**16
"""Elements of a result that are looked at."""
SPACINGS = {"float32": EPS32, "float16": HALF_SPACING, "bfloat16": 2.0**-7}
"""The relative spacing of the floating-point numbers narrower than float64."""


def with_working_precision(op: Op, point: Evaluator | None = None) -> Op:
    """Return the op with the precision in which it computes.  A reference that is the forward itself is none where that
    is low: it would round as much, and elsewhere.  point: of a large case, which is asked first."""
    with silence_warnings():
        found = WorkingPrecision() if point and is_precise_at(point) else find_working_precision(op)
    if not found.is_low:
        return op
    op = op.with_origin(working_precision=found)
    if op.origin.reference_is_forward and found.outputs:
        op = replace(op, reference=None).with_origin(reference_is_forward=False)
    return op


def describe_working_precision(op: Op) -> str:
    """Return in words in which precision an op computes; "" where that is float64."""
    found = op.origin.working_precision
    names = {part: name_spacing(s) for part, s in (("forward", found.outputs), ("backward", found.gradients)) if s}
    if not names:
        return ""
    verb = "compute" if len(names) > 1 else "computes"
    precisions = " and ".join(dict.fromkeys(names.values()))
    return f"{' and '.join(names)} {verb} in about the precision of {precisions} inside, by which the op is judged"


def name_spacing(spacing: float) -> str:
    """Return the floating-point numbers whose relative spacing is nearest to one."""
    return min(SPACINGS, key=lambda name: abs(math.log(SPACINGS[name] / spacing)))


def find_working_precision(op: Op) -> WorkingPrecision:
    """Find the precision of forward and backward: float64 unless their results are noisy beside every point tried, and
    the same when they are asked again."""
    found: tuple[list[StepNoise], list[StepNoise]] = ([], [])
    for number in range(WINDOWS):
        choices = PinnedChoices("working precision", number)
        try:
            case = make_pinned_case(op, draw_configuration(op, choices), "plain", choices)
            if case.is_large and has_all_digits(op, choices):
                return WorkingPrecision()
            measured = measure_noise(Evaluator(op, case))
        except (UserError, Malformed):
            continue
        for noises, noise in zip(found, measured, strict=True):
            noises += [noise] if noise else []
        if all(len(noises) > 1 and not any(noise.level for noise in noises) for noises in found):
            break
    return WorkingPrecision(*map(choose_spacing, found))


def has_all_digits(op: Op, choices: PinnedChoices) -> bool:
    """Whether results have more digits than any of SPACINGS where the inputs have all of them: enough to tell the
    precision of a large op, of which many calls would take long."""
    return shows_all_digits(Evaluator(op, make_pinned_case(op, draw_configuration(op, choices), "wide", choices)))


def is_precise_at(point: Evaluator) -> bool:
    """Whether the results in a case have all digits, as they have if the inputs do."""
    try:
        return shows_all_digits(point)
    except (UserError, Malformed):
        return False


def shows_all_digits(evaluator: Evaluator) -> bool:
    """Whether results have more digits than any of SPACINGS.  Raises UserError and Malformed."""
    case = evaluator.case
    results = [*evaluator.outputs(case.point), *evaluator.gradients(case.point, case.upstream)]
    sampled = [sample_elements(r) for r in results if r is not None and r.size]
    return all(count_mantissa_bits(a[np.isfinite(a)]) > 1 - math.log2(min(SPACINGS.values())) for a in sampled)


def sample_elements(a: Values) -> Values:
    """Return elements of an array at equal distances, at most about SAMPLED of them."""
    return np.ravel(a)[:: max(1, a.size // SAMPLED)]


@dataclass(frozen=True)
class StepNoise:
    """The noise of an array of results.

    level: relative, of half of the elements; 0 where it is that of float64.  bits: of the mantissas that hold all
    elements.
    """

    level: float = 0.0
    bits: int = 0


def choose_spacing(found: Sequence[StepNoise]) -> float:
    """Return the spacing of the numbers in which results were computed that have this noise beside some points; 0 where
    some have none.  It is that of the narrowest numbers that hold them all, or else that of those whose rounding is as
    large: rounding to nearest has the standard deviation of a twelfth's root of the spacing."""
    levels = sorted(noise.level for noise in found)
    if len(levels) < LEAST_WINDOWS:
        return 0.0
    typical, bits = levels[len(levels) // 2], max(noise.bits for noise in found)
    if not levels[len(levels) // SILENT_SHARE] or typical >= MOST_NOISE:
        return 0.0
    narrow = [spacing for spacing in SPACINGS.values() if bits <= 1 - math.log2(spacing) and spacing >= HALF_SPACING]
    return max(narrow, default=SPACINGS[name_spacing(typical * math.sqrt(12))])


def measure_noise(evaluator: Evaluator) -> tuple[StepNoise | None, StepNoise | None]:
    """Return the noise of the outputs beside a case, and that of the gradients, each of the array that has most; None
    where no result moves."""
    case = evaluator.case
    rng = case.rng("window")
    moves = [make_move(evaluator, i, rng) for i in range(len(case.point))]
    rises = [rng.uniform(0.5, 1.0, size=u.shape) for u in case.upstream]
    outputs, gradients = [], []
    for k in (*range(WINDOW_POINTS), 0):
        shift = k * NOISE_STEP
        point = tuple(a if m is None else a * (1 - shift * m) for a, m in zip(case.point, moves, strict=True))
        upstream = tuple(u * (1 - shift * r) for u, r in zip(case.upstream, rises, strict=True))
        outputs.append(evaluator.compute_uncached(point))
        gradients.append([g for g in evaluator.gradients(point, upstream, COPIED_ANEW) if g is not None])
    return find_most_noise(outputs), find_most_noise(gradients)


def find_most_noise(taken: Sequence[Sequence[Values]]) -> StepNoise | None:
    """Return the noise of the array that has most, of some results along equal steps that end where they began; None
    where none of them moves."""
    noises = [noise for series in zip(*taken, strict=True) if (noise := measure_noise_of_array(series))]
    return max(noises, key=lambda noise: noise.level, default=None)


def make_move(evaluator: Evaluator, i: int, rng: np.random.Generator) -> Values | None:
    """Return the relative move of one input by which it stays in its domain; None where it has no gradient."""
    domain, a = evaluator.input_declarations.domains[i], evaluator.case.point[i]
    if not evaluator.differentiable[i]:
        return None
    return np.asarray(rng.uniform(0.5, 1.0, size=a.shape)) if domain.free else np.ones(a.shape)


def measure_noise_of_array(series: Sequence[Values]) -> StepNoise | None:
    """Return the noise of one result along equal steps that end where they began; None where most elements stay."""
    rows = np.stack([np.asarray(sample_elements(y), np.float64) for y in series])
    if not np.isfinite(rows).all() or not np.array_equal(rows[0], rows[-1]):
        return StepNoise()
    moved = np.any(rows != rows[0], axis=0)
    if 2 * moved.sum() < max(moved.size, 1):
        return None
    rows = rows[:-1, moved]
    low, high = (deviation_of_differences(rows, order) for order in NOISE_ORDERS)
    noise = np.where(high > NOISE_PERSISTENCE * low, high, 0.0) / np.max(np.abs(rows), axis=0)
    level = float(np.quantile(noise, 0.5, method="lower"))
    return StepNoise(level if level > LEAST_NOISE else 0.0, count_mantissa_bits(rows))


def deviation_of_differences(rows: Values, order: int) -> Values:
    """Return the standard deviation of independent noise whose differences of one order would be as large."""
    differences = np.diff(rows, n=order, axis=0)
    return np.asarray(np.sqrt(np.mean(np.square(differences), axis=0) / math.comb(2 * order, order)))


def count_mantissa_bits(a: Values) -> int:
    """Return how many bits a mantissa needs to hold every element, up to the 53 of float64."""
    whole = np.ldexp(np.frexp(a[a != 0])[0], 53).astype(np.int64)
    return int(np.max(53 - np.log2(whole & -whole), initial=0))
