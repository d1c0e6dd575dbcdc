"""Autodiff of the reference formula by JAX, in float64 on the CPU, compiled once per reference, settings and shapes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gradcheck.arrays import Point, key
from gradcheck.bench import Bench, UserError
from gradcheck.oracles import noisy_jaxpr
from gradcheck.oracles.bounds import AUTODIFF, AUTODIFF_REPEATS, EPS, NUDGE, UNDERFLOW
from gradcheck.oracles.rounding import Noisy, nudged
from gradcheck.verdict import Estimate

Array = np.ndarray[Any, Any]
Signature = tuple[tuple[tuple[int, ...], str], ...]

CHEAP_COMPILE: dict[str, Any] = {
    "xla_backend_optimization_level": 0,
    "xla_llvm_disable_expensive_passes": True,
    "xla_cpu_use_fusion_emitters": False,
    "xla_cpu_parallel_codegen_split_count": 1,
}
"""A program runs a few times only: these flags make compiling some five times cheaper, and the result no less exact."""


class ReferenceMismatch(Exception):
    """The reference has outputs of other shapes than the forward; the message gives both."""


Program = Callable[[Point, Point, list[Array]], tuple[list[Array], list[Array], list[Array]]]


@dataclass(frozen=True)
class Answer:
    """Outputs and gradients of the reference, None for inputs that have none.

    in_range: whether nothing on the way overflowed or underflowed; else the numbers mean nothing, finite as they may
    be.
    """

    outputs: list[Array]
    gradients: list[Array | None]
    in_range: bool


def run(bench: Bench, point: Point, upstream: Point, noisy: bool = False) -> Answer:
    """The reference at a point; noisy: with every operation moved by a random NUDGE.

    Raises UserError when the reference raises, ReferenceMismatch where its outputs have other shapes than the upstream.
    """
    import jax  # noqa: PLC0415

    assert bench.op.reference is not None
    with jax.enable_x64(True), jax.default_device(jax.devices("cpu")[0]):
        try:
            settings = tuple(bench.case.settings.items())
            program, shapes = compiled(
                bench.op.reference, settings, signature(point), bench.differentiable, signature(upstream)
            )
            nudges = [NUDGE * Noisy.rng.normal(size=s) if noisy else np.zeros(s) for s in shapes]
            outputs, gradients, lost = program(point, upstream, nudges)
        except ReferenceMismatch:
            raise
        except Exception as error:
            raise UserError("reference", error, bench.op.reference) from error
    remaining = iter(map(np.asarray, gradients))
    owed = [next(remaining) if moves else None for moves in bench.differentiable]
    return Answer(list(map(np.asarray, outputs)), owed, not any(lost))


def signature(point: Point) -> Signature:
    """Shapes and dtypes."""
    return tuple((a.shape, a.dtype.name) for a in point)


@lru_cache(maxsize=1024)
def compiled(
    reference: Callable[..., Any], settings: Any, inputs: Signature, moving: tuple[bool, ...], upstream: Signature
) -> tuple[Program, list[tuple[int, ...]]]:
    """The reference and its vjp, compiled for these shapes, and the shapes of the nudges that it takes."""
    import jax  # noqa: PLC0415

    def exact(point: Any, ups: Any) -> Any:
        floating = [a for a, moves in zip(point, moving, strict=True) if moves]

        def of_floating(*moved: Any) -> Any:
            remaining = iter(moved)
            y = reference(
                *(next(remaining) if moves else a for a, moves in zip(point, moving, strict=True)), **dict(settings)
            )
            return tuple(y) if isinstance(y, (tuple, list)) else (y,)

        outputs, pull = jax.vjp(of_floating, *floating)
        if [a.shape for a in outputs] != [u.shape for u in ups]:
            found, wanted = [a.shape for a in outputs], [u.shape for u in ups]
            raise ReferenceMismatch(f"forward has outputs of shape {wanted}, the reference {found}")
        return list(outputs), list(pull(ups))

    struct: Callable[..., Any] = jax.ShapeDtypeStruct

    def shaped(one: Signature) -> Any:
        return tuple(struct(shape, dtype) for shape, dtype in one)

    traced, tree = jax.make_jaxpr(exact, return_shape=True)(shaped(inputs), shaped(upstream))
    shapes = noisy_jaxpr.nudge_shapes(traced.jaxpr)

    def program(point: Any, ups: Any, nudges: Any) -> Any:
        lost: list[Any] = []
        flat = noisy_jaxpr.evaluate(traced.jaxpr, traced.consts, [*point, *ups], iter(nudges), lost)
        return flat[: len(tree[0])], flat[len(tree[0]) :], lost

    nudges = list(shaped(tuple((shape, "float64") for shape in shapes)))
    lowered = jax.jit(program).lower(shaped(inputs), shaped(upstream), nudges)
    return lowered.compile(compiler_options=CHEAP_COMPILE), shapes


def answer(bench: Bench, point: Point, upstream: Point) -> Answer:
    """The reference at a point, run once."""
    found: Answer = bench.remembered((b"reference", key(point), key(upstream)), lambda: run(bench, point, upstream))
    return found


def estimates(
    bench: Bench, point: Point, upstream: Point, rng: np.random.Generator | None
) -> tuple[list[Estimate], list[Estimate | None]]:
    """The reference's outputs and gradients with their error bars; None for inputs that have no gradient.

    The bar is AUTODIFF * EPS times how far the result moves when inputs, upstream and every operation move, plus its
    own size; inf where the formula leaves the range of float64 on the way.  Without rng nothing is moved, and the bar
    is its size alone: what agrees within that needs no wider one.
    """
    exact = answer(bench, point, upstream)
    results = [*exact.outputs, *exact.gradients]
    spreads = [np.zeros(())] * len(results)
    if rng is not None:
        spreads = movement(bench, point, upstream, results, rng)
    found = [
        None if a is None else Estimate(a, error_bar(a, s, exact.in_range))
        for a, s in zip(results, spreads, strict=True)
    ]
    count = len(exact.outputs)
    return [e for e in found[:count] if e is not None], found[count:]


def movement(bench: Bench, point: Point, upstream: Point, results: list[Any], rng: np.random.Generator) -> list[Array]:
    """How far each result moves per relative NUDGE of inputs, upstream and every operation, divided by NUDGE."""
    Noisy.rng = rng
    squares = [np.zeros(np.shape(a)) for a in results]
    for _ in range(AUTODIFF_REPEATS):
        moved = run(bench, tuple(map(nudged, point)), tuple(map(nudged, upstream)), noisy=True)
        for square, a, m in zip(squares, results, [*moved.outputs, *moved.gradients], strict=True):
            if m is not None:
                square += np.square(m - a) / AUTODIFF_REPEATS
    return [np.sqrt(square) / NUDGE for square in squares]


def error_bar(a: Array, spread: Array, in_range: bool) -> Array:
    """AUTODIFF * EPS * (movement + size); inf where the value is not finite or not to be believed."""
    known = np.isfinite(a) & np.isfinite(spread) & in_range
    return np.where(known, AUTODIFF * EPS * (spread + np.abs(a)) + UNDERFLOW, np.inf)
