"""Arrays whose rounding is made visible: every inexact result is moved by a random relative nudge.

An ndarray subclass on which anybody's NumPy code runs; `monte_carlo` measures with it.  This file needs NumPy and what
it imports alone, so that it can stand where the rest of the package may not.
"""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.evaluation.private_copies import view_module
from gradcheck.oracles.error_factors import COMPLEX_STEP, LONG_SUM_SHARE, LONG_SUM_TERMS, NUDGE

NOISE_POOL_SIZE, MAX_NOISE_POOLS = 2**14, 16
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
