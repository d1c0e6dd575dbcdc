"""Rounding, measured by Monte Carlo arithmetic.

The same code runs on an ndarray subclass that moves every inexact result by a random relative NUDGE; the movement of
the outcome, scaled down to the spacing of the floating-point numbers, says how far rounding may carry it.  D. S.
Parker, Monte Carlo Arithmetic (UCLA, 1997); no bound on |f| sees 1 + tanh(-6.8) lose its digits, this does.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.evaluation.evaluator import COPIED, Arrangement, UserError
from gradcheck.evaluation.private_copies import keep_subclasses, view_module
from gradcheck.oracles.error_factors import (
    COMPLEX_STEP,
    EPS,
    FINE_NUDGE,
    LARGEST_SHIFT,
    LONG_SUM_SHARE,
    LONG_SUM_TERMS,
    NUDGE,
    NUDGE_JUMP_SHARE,
    REPEATS,
    SAFETY,
)
from gradcheck.records.case import LARGE

NOISE_POOL_SIZE, MAX_NOISE_POOLS = 2**14, 16
POOLED_REPEATS, POOLED = 4, 16
"""Repeats where results are large, and the elements next to each other that have one measurement together: the largest
root mean square of 4 normal movements of 16 elements is less than 1 / SAFETY of the true one with probability 1e-38."""
EXACT_UFUNCS = frozenset(
    {
        np.negative,
        np.absolute,
        np.maximum,
        np.minimum,
        np.fmax,
        np.fmin,
        np.sign,
        np.copysign,
        np.floor,
        np.ceil,
        np.rint,
        np.positive,
    }
)
UNDERFLOWING_UFUNCS = frozenset({np.exp, np.exp2, np.power, np.float_power})
"""Functions that lead from ordinary numbers below the range of all digits."""
LEAST_NORMAL = {"f": 2.0**-1022, "c": 2.0**-900}
"""The least number that has all digits, by the kind of dtype; that of complex numbers leaves room for a step into the
imaginary."""
INEXACT_FUNCTIONS = frozenset(
    {np.dot, np.einsum, np.tensordot, np.inner, np.outer, np.vdot, np.convolve, np.correlate, np.trapezoid, np.interp}
)

NORMWISE_FUNCTIONS = frozenset(
    getattr(np.linalg, name)
    for name in (
        *("solve", "inv", "pinv", "lstsq", "det", "slogdet", "cholesky", "qr", "svd", "matrix_power"),
        *("eig", "eigh", "eigvals", "eigvalsh", "matrix_rank", "cond"),
    )
)
"""Functions that round all elements by the size of the largest, as elimination does: their operands are moved so."""


@lru_cache(maxsize=MAX_NOISE_POOLS)
def make_noise_pool(nudge: float) -> Values:
    """1 + nudge times POOL normal numbers, twice over, so that any run of POOL of them is a slice."""
    return 1 + nudge * np.tile(np.random.Generator(np.random.Philox(key=0)).normal(size=NOISE_POOL_SIZE), 2)


class Noise:
    """Factors that move by a random relative nudge: a run of the pool that begins at a random place, since drawing
    them anew for every operation costs more than the operation.

    met_subnormal: whether an exponential came below the normal numbers.  lifts: whether those are lifted to the least
    normal one, so that what hangs on their digits moves.
    """

    def __init__(self, rng: np.random.Generator, nudge: float = NUDGE, lifts: bool = False) -> None:
        self.state, self.nudge, self.lifts = int(rng.integers(2**62)), nudge, lifts
        self.pool, self.met_subnormal = make_noise_pool(nudge), False

    def watch_subnormal(self, result: Any) -> Any:
        """The result of an exponential, lifted where it is subnormal if this noise does."""
        least = LEAST_NORMAL.get(result.dtype.kind, 0.0)
        subnormal = (np.abs(result) < least) & (result != 0)
        if not subnormal.any():
            return result
        self.met_subnormal = True
        lifted = least * (1 + 1j * COMPLEX_STEP) if result.dtype.kind == "c" else least
        return np.where(subnormal, lifted, result).astype(result.dtype) if self.lifts else result

    def factors(self, shape: tuple[int, ...]) -> Values:
        """The next ones, in a shape."""
        self.state = (self.state * 0x5851F42D4C957F2D + 0x14057B7EF767814F) % 2**64  # Knuth's MMIX
        start, size = (self.state >> 40) % NOISE_POOL_SIZE, math.prod(shape)
        if size > NOISE_POOL_SIZE:
            return np.resize(self.pool[start : start + NOISE_POOL_SIZE], size).reshape(shape)
        return self.pool[start : start + size].reshape(shape)


def perturb_result(noise: Noise, result: Any, terms: Sequence[Any] = ()) -> Any:
    """A result moved by a random relative NUDGE; and a sum of many terms, or of products of terms, by what its
    partial sums may have gathered on the way, which no movement of the result alone shows."""
    moved = result * noise.factors(result.shape)
    if terms:
        sizes = [np.size(t) for t in terms]
        count = (math.prod(sizes) / max(result.size, 1)) ** (1 / len(sizes))
        if count > LONG_SUM_TERMS:
            moved = moved + measure_gathered(result, count, terms) * (noise.factors(result.shape) - 1)
    return moved if moved.dtype == result.dtype else moved.astype(result.dtype)


def measure_gathered(result: Any, count: Any, terms: Sequence[Any]) -> Any:
    """What the partial sums of so many terms, each as large as these or their products, may have gathered, in units of
    the spacing."""
    typical = math.prod(float(np.sqrt(np.mean(np.square(np.abs(t))))) for t in terms)
    return LONG_SUM_SHARE * count * (np.abs(result) + np.sqrt(count) * typical)


def perturb_scattered_sum(noise: Noise, sums: Values, places: Any, terms: Any) -> None:
    """Move the sums that ufunc.at has just made of terms, in place, where terms were added."""
    if sums.dtype.kind not in "fc" or not np.size(terms):
        return
    count = np.zeros(sums.shape)
    np.add.at(count, places, 1.0)
    long = np.where(count > LONG_SUM_TERMS, count, 0.0)
    moved = np.where(count > 0, sums, 0) + measure_gathered(sums, long, [terms])
    sums += (moved * (noise.factors(sums.shape) - 1)).astype(sums.dtype)


class NoisyArray(np.ndarray[Any, Any]):
    """An array whose every inexact result is moved by a random relative nudge.

    noise: where the nudges come from; what is made of the array has the same.  None for an array that is made of none,
    as one that was unpickled: it moves with the others that it is combined with.
    """

    __slots__ = ("noise",)
    __array_priority__ = 1.0  # the result of plain.dot(noisy), a method, is noisy as well
    noise: Noise | None

    def __array_finalize__(self, source: Any) -> None:
        self.noise = getattr(source, "noise", None)

    def __array_namespace__(self, **settings: Any) -> Any:
        return view_module(super().__array_namespace__(**settings))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, out: Any = None, **settings: Any) -> Any:
        noise = self.noise or find_noise(args)
        if out is not None:
            settings["out"] = tuple(map(strip_noise, out))
        operands = tuple(map(strip_noise, args))
        result = getattr(ufunc, method)(*operands, **settings)
        if noise and method == "at" and ufunc in (np.add, np.subtract):
            perturb_scattered_sum(noise, *operands)
        if isinstance(result, tuple):
            return tuple(perturb_and_wrap(noise, r, None) for r in result)
        if ufunc in EXACT_UFUNCS:
            return perturb_and_wrap(noise, result, None, exact=True)
        sums = ufunc is np.matmul or (ufunc is np.add and method != "__call__")
        terms = operands[: 2 if ufunc is np.matmul else 1] if sums else ()
        if noise and ufunc in UNDERFLOWING_UFUNCS:
            result = noise.watch_subnormal(result)
        return perturb_and_wrap(noise, result, settings.get("out"), terms)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        noise = self.noise or find_noise(args)
        if func in NORMWISE_FUNCTIONS:
            moved = (perturb_normwise(noise, strip_noise(a)) if isinstance(a, NoisyArray) else a for a in args)
            return wrap_as_noisy(noise, func(*moved, **kwargs))
        result = super().__array_function__(func, types, args, kwargs)
        if func not in INEXACT_FUNCTIONS:
            return wrap_as_noisy(noise, result)
        return perturb_and_wrap(
            noise, strip_noise(result), None, [strip_noise(a) for a in args if isinstance(a, np.ndarray)]
        )


def find_noise(values: Iterable[Any]) -> Noise | None:
    """The noise of the first value that has one, None where none has."""
    return next((a.noise for a in values if isinstance(a, NoisyArray) and a.noise), None)


def wrap_as_noisy(noise: Noise | None, result: Any) -> Any:
    """Return the result of a function with its arrays as NoisyArray: np.where and np.stack give plain ones."""
    if isinstance(result, (tuple, list)):
        parts = (wrap_as_noisy(noise, part) for part in result)
        return type(result)(*parts) if hasattr(result, "_fields") else type(result)(parts)
    return perturb_and_wrap(noise, result, None, exact=True)


def perturb_normwise(noise: Noise | None, a: Values) -> Values:
    """A plain copy in the same dtype, each element moved by a random nudge of the largest; whole numbers stay."""
    if noise is None or a.dtype.kind not in "fc":
        return np.array(a)
    moved = a + np.max(np.abs(a), initial=0.0) * (noise.factors(a.shape) - 1)
    return np.asarray(moved.astype(a.dtype, copy=False))


def strip_noise(a: Any) -> Any:
    """The plain array under a NoisyArray; anything else as it is."""
    return a.view(np.ndarray) if isinstance(a, NoisyArray) else a


def perturb_and_wrap(noise: Noise | None, result: Any, out: Any, terms: Sequence[Any] = (), exact: bool = False) -> Any:
    """A floating-point result as a NoisyArray, moved unless it is exact.  out: where it has to stand, if given; terms:
    the arrays that it sums up."""
    if not isinstance(result, (np.ndarray, np.inexact)) or result.dtype.kind not in "fc":
        return result
    if noise and not exact:
        elsewhere = perturb_result(noise, result, terms)
        if out and isinstance(result, np.ndarray):
            result[...] = elsewhere
        else:
            result = elsewhere
    return make_noisy(noise, np.asarray(result))


def make_noisy(noise: Noise | None, a: Values) -> NoisyArray:
    """An array as a NoisyArray on the same memory."""
    noisy = a.view(NoisyArray)
    noisy.noise = noise
    return noisy


def perturb_elementwise(noise: Noise, a: Values) -> Values:
    """A copy, each element moved by a random relative nudge; whole numbers stay."""
    return np.asarray(a * noise.factors(a.shape)) if a.dtype.kind in "fc" else np.array(a)


def make_noisy_copy(noise: Noise, a: Values) -> Values:
    """A nudged copy that goes on moving."""
    moved = perturb_elementwise(noise, a)
    return make_noisy(noise, moved) if moved.dtype.kind in "fc" else moved


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
