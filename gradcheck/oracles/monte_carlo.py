"""Rounding, measured by Monte Carlo arithmetic.

The same code runs on an ndarray subclass that moves every inexact result by a random relative NUDGE; the movement of
the outcome, scaled down to the spacing of the floating-point numbers, says how far rounding may carry it.  D. S.
Parker, Monte Carlo Arithmetic (UCLA, 1997); no bound on |f| sees 1 + tanh(-6.8) lose its digits, this does.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import numpy as np

from gradcheck.arrays import Values
from gradcheck.evaluation.evaluator import COPIED, Arrangement, UserError
from gradcheck.evaluation.private_copies import keep_subclasses
from gradcheck.oracles.error_factors import (
    EPS,
    FINE_NUDGE,
    LARGEST_SHIFT,
    NUDGE,
    NUDGE_JUMP_SHARE,
    REPEATS,
    SAFETY,
)
from gradcheck.oracles.noisy_arrays import Noise, make_noisy_copy, perturb_elementwise, strip_noise
from gradcheck.records.case import LARGE

POOLED_REPEATS, POOLED = 4, 16
"""Repeats where results are large, and the elements next to each other that have one measurement together: the largest
root mean square of 4 normal movements of 16 elements is less than 1 / SAFETY of the true one with probability 1e-38."""


def perturb_inputs(noise: Noise) -> Arrangement:
    """Inputs that are moved once."""
    return Arrangement(partial(perturb_elementwise, noise), perturbs=True)


def perturb_operations(noise: Noise) -> Arrangement:
    """Inputs that are moved, and move whatever is computed from them."""
    return Arrangement(partial(make_noisy_copy, noise), perturbs=True)


def measure_movement(
    evaluate: Callable[[Arrangement], Sequence[Values | None]], rng: np.random.Generator, repeats: int = REPEATS
) -> list[tuple[Values, Values]]:
    """Each result of evaluate(arrange), and how far it moves by a relative nudge of every operation, divided by that: a
    NUDGE, and where there are REPEATS a finer one as well, and one of the last digit of the inputs, whichever moves it
    most.

    Code that refuses the subclass is moved at its inputs alone.
    """
    results = [np.asarray(r) for r in evaluate(COPIED) if r is not None]
    taken = limit_repeats(repeats, results)
    spreads = measure_movement_by_nudge(NUDGE, evaluate, results, rng, taken)
    if repeats >= REPEATS:
        finer = measure_movement_by_nudge(FINE_NUDGE, evaluate, results, rng, taken)
        spreads = [choose_unsaturated_movement(*pair) for pair in zip(spreads, finer, strict=True)]
        shifts = measure_shift_by_last_digits(evaluate, results, rng, taken)
        spreads = [np.fmax(spread, shift / EPS) for spread, shift in zip(spreads, shifts, strict=True)]
    return list(zip(results, pool_neighbours(spreads), strict=True))


def measure_shift_by_last_digits(
    evaluate: Callable[[Arrangement], Sequence[Values | None]],
    results: Sequence[Values],
    rng: np.random.Generator,
    repeats: int,
) -> list[Values]:
    """How far each result moves when the last digits of the inputs do, and with them the rounding of every operation:
    also of those that no noise reaches, as on lists, floats, plain copies, and in compiled code.  0 where it moves by
    more than a LARGEST_SHIFT of the largest number that may come up, a result or a product of the largest inputs: that
    is a jump."""
    noise, moved = Noise(rng, EPS), list[Values]()

    def move(a: Values) -> Values:
        moved.append(a)
        return perturb_elementwise(noise, a)

    def run() -> Sequence[Values | None]:
        moved.clear()
        return evaluate(Arrangement(move, perturbs=True))

    try:
        runs = [run() for _ in range(repeats)]
    except UserError:
        return [np.zeros(r.shape) for r in results]
    shifts = [np.sqrt(square) for square in sum_squared_movements(runs, results, repeats)]
    largest = max([multiply_largest(moved), *map(measure_largest, results)])
    return [np.where(shift <= LARGEST_SHIFT * largest, shift, 0.0) for shift in shifts]


def measure_largest(a: Values) -> float:
    """The largest absolute value of a floating-point array that is finite; 0 without one."""
    return float(np.max(np.abs(a), initial=0.0, where=np.isfinite(a))) if a.dtype.kind in "fc" else 0.0


def measure_largest_of(arrays: Iterable[Values]) -> float:
    """The largest finite absolute value of some arrays; 0 without one."""
    return max(map(measure_largest, arrays), default=0.0)


def multiply_largest(arrays: Iterable[Values]) -> float:
    """The product of the largest absolute values of some arrays, each at least one: how far a term of all may grow."""
    return math.prod(max(1.0, measure_largest(a)) for a in arrays)


def limit_repeats(repeats: int, results: Sequence[Values | None]) -> int:
    """The number of repeats, few where results have so many elements that these can stand in for repeats."""
    size = sum(r.size for r in results if r is not None)
    return min(repeats, POOLED_REPEATS) if size > LARGE else repeats


def pool_neighbours(movements: Sequence[Values]) -> list[Values]:
    """Movements as they are, or where they have so many elements that few repeats were taken, the largest of each
    element and its neighbours: by chance, one of a million moves by next to nothing in all repeats."""
    if sum(m.size for m in movements) <= LARGE:
        return list(movements)
    return [pool_vector(m.ravel()).reshape(m.shape) for m in movements]


def pool_vector(movement: Values) -> Values:
    """The largest of each POOLED elements, for all of them."""
    starts = np.arange(0, movement.size, POOLED)
    largest = np.maximum.reduceat(movement, starts) if movement.size else movement
    return np.repeat(largest, POOLED)[: movement.size]


def choose_unsaturated_movement(coarse: Values, fine: Values) -> Values:
    """The movement by a NUDGE, or by a finer one where that carries a result farther in proportion; a jump is as large
    by either."""
    jumped = fine * FINE_NUDGE > NUDGE_JUMP_SHARE * NUDGE * coarse
    return np.asarray(np.where(jumped, coarse, np.fmax(coarse, fine)))


def measure_movement_by_nudge(
    nudge: float,
    evaluate: Callable[[Arrangement], Sequence[Values | None]],
    results: Sequence[Values],
    rng: np.random.Generator,
    repeats: int,
) -> list[Values]:
    """How far each result moves by one nudge, divided by it."""
    noise = Noise(rng, nudge)
    try:
        with keep_subclasses():
            runs = [evaluate(perturb_operations(noise)) for _ in range(repeats)]
    except UserError:
        runs = evaluate_at_perturbed_inputs(evaluate, noise, repeats)
    moved = [np.sqrt(square) / nudge for square in sum_squared_movements(runs, results, repeats)]
    if not noise.met_subnormal:
        return moved
    lifted = measure_shift_by_lifting(evaluate, results, rng)
    return [np.fmax(movement, shift / EPS) for movement, shift in zip(moved, lifted, strict=True)]


def measure_shift_by_lifting(
    evaluate: Callable[[Arrangement], Sequence[Values | None]], results: Sequence[Values], rng: np.random.Generator
) -> list[Values]:
    """How far each result moves when subnormal exponentials are lifted: it is lost where it hangs on their few digits,
    as in log(exp(-740)).  0 where the code refuses them."""
    try:
        with keep_subclasses():
            run = evaluate(perturb_operations(Noise(rng, nudge=EPS, lifts=True)))
    except UserError:
        return [np.zeros(r.shape) for r in results]
    return [np.sqrt(square) for square in sum_squared_movements([run], results, repeats=1)]


def sum_squared_movements(
    runs: Iterable[Sequence[Values | None]], results: Sequence[Values], repeats: int
) -> list[Values]:
    """The mean square of how far each result is from that of a run."""
    squares = [np.zeros(r.shape) for r in results]
    for run in runs:
        for square, moved, result in zip(squares, (r for r in run if r is not None), results, strict=True):
            square += np.square(np.asarray(strip_noise(moved)) - result) / repeats
    return squares


def evaluate_at_perturbed_inputs(
    evaluate: Callable[[Arrangement], Sequence[Values | None]], noise: Noise, repeats: int
) -> list[Sequence[Values | None]]:
    """The results with moved inputs; none where the code refuses these too, as beside the bound of its domain."""
    try:
        return [evaluate(perturb_inputs(noise)) for _ in range(repeats)]
    except UserError:
        return []


def measure_rounding(
    evaluate: Callable[[Arrangement], Sequence[Values | None]],
    rng: np.random.Generator,
    eps: float = EPS,
    repeats: int = REPEATS,
) -> list[Values]:
    """How far each result of evaluate(arrange) may be off by rounding in a precision with spacing eps, element by
    element.  In a precision coarser than a NUDGE, rounding may also carry a result across a comparison."""
    found = measure_movement(evaluate, rng, repeats)
    results, spreads = [result for result, _ in found], [spread for _, spread in found]
    if eps > NUDGE and repeats >= REPEATS:
        coarser = measure_movement_by_nudge(eps, evaluate, results, rng, repeats)
        spreads = [np.where(c * NUDGE_JUMP_SHARE > s, c, s) for s, c in zip(spreads, coarser, strict=True)]
    return [SAFETY * eps * (spread + np.abs(result)) for result, spread in zip(results, spreads, strict=True)]
