"""Autodiff of the reference formula by JAX, in float64 on the CPU, compiled once per reference, settings and shapes."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from gradcheck.bench import Bench, Point, UserError
from gradcheck.oracles.bounds import AUTODIFF, EPS, NUDGE, REPEATS
from gradcheck.oracles.rounding import Noisy, nudged
from gradcheck.verdict import Estimate

Array = np.ndarray[Any, Any]

CHEAP_COMPILE = {
    "xla_backend_optimization_level": 0,
    "xla_llvm_disable_expensive_passes": True,
    "xla_cpu_use_fusion_emitters": False,
    "xla_cpu_parallel_codegen_split_count": 1,
}  # a compile runs once or a few times: these flags make it about five times cheaper, and the result no less exact


class ReferenceMismatch(Exception):
    """The reference has outputs of other shapes than the forward; the message gives both."""


def outputs(bench: Bench, point: Point) -> tuple[Array, ...]:
    """The reference's outputs at a point.  Raises UserError when the reference raises."""
    values, _ = run(bench, point, None)
    return values


def gradients(bench: Bench, point: Point, upstream: Point) -> tuple[Array | None, ...]:
    """The reference's gradients, None for inputs that have none.  Raises UserError, and ReferenceMismatch where shapes differ."""
    _, pulled = run(bench, point, upstream)
    remaining = iter(pulled)
    return tuple(next(remaining) if floating else None for floating in bench.differentiable)


def run(bench: Bench, point: Point, upstream: Point | None) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """Outputs and, with an upstream, gradients of the differentiable inputs."""
    import jax  # noqa: PLC0415

    assert bench.op.reference is not None
    settings = tuple(bench.case.settings.items())
    with jax.enable_x64(True), jax.default_device(jax.devices("cpu")[0]):
        try:
            program = compiled(bench.op.reference, settings, signature(point), bench.differentiable, upstream and signature(upstream))
            values, pulled = program(point, upstream)
        except ReferenceMismatch:
            raise
        except Exception as error:
            raise UserError("reference", error, bench.op.reference) from error
    return tuple(map(np.asarray, values)), tuple(map(np.asarray, pulled))


def signature(point: Point) -> tuple[tuple[tuple[int, ...], str], ...]:
    """Shapes and dtypes."""
    return tuple((a.shape, a.dtype.name) for a in point)


@lru_cache(maxsize=1024)
def compiled(reference: Callable[..., Any], settings: Any, inputs: Any, moving: tuple[bool, ...], upstream: Any) -> Callable[..., Any]:
    """The reference and its vjp, compiled for these shapes."""
    import jax  # noqa: PLC0415

    def values(point: Any) -> Any:
        y = reference(*point, **dict(settings))
        return tuple(y) if isinstance(y, (tuple, list)) else (y,)

    def program(point: Any, ups: Any) -> Any:
        if ups is None:
            return values(point), ()
        floating = [a for a, moves in zip(point, moving, strict=True) if moves]

        def of_floating(*moved: Any) -> Any:
            remaining = iter(moved)
            return values([next(remaining) if moves else a for a, moves in zip(point, moving, strict=True)])

        y, pull = jax.vjp(of_floating, *floating)
        if [a.shape for a in y] != [u.shape for u in ups]:
            raise ReferenceMismatch(f"forward has outputs of shape {[u.shape for u in ups]}, the reference {[a.shape for a in y]}")
        return y, pull(ups)

    shaped = lambda signature: tuple(jax.ShapeDtypeStruct(*one) for one in signature)  # noqa: E731
    lowered = jax.jit(program).lower(shaped(inputs), upstream and shaped(upstream))
    return lowered.compile(compiler_options=CHEAP_COMPILE)


def estimates(bench: Bench, point: Point, upstream: Point, rng: np.random.Generator) -> list[Estimate | None]:
    """The reference's gradients with their error bars; None for inputs that have none.

    The bar is AUTODIFF * EPS times how far the gradient moves when inputs and upstream move, plus its own size, plus that of its largest
    element: what the other elements of a sum leave behind.
    """
    found = gradients(bench, point, upstream)
    squares = [np.zeros(np.shape(g)) for g in found]
    Noisy.rng = rng
    for _ in range(REPEATS):
        moved = gradients(bench, tuple(map(nudged, point)), tuple(map(nudged, upstream)))
        for square, g, m in zip(squares, found, moved, strict=True):
            if g is not None:
                square += np.square(m - g) / REPEATS
    return [None if g is None else Estimate(g, error_bar(g, np.sqrt(s) / NUDGE)) for g, s in zip(found, squares, strict=True)]


def error_bar(g: Array, spread: Array) -> Array:
    """AUTODIFF * EPS * (movement + size + largest size)."""
    finite = np.where(np.isfinite(g), np.abs(g), 0.0)
    return np.asarray(AUTODIFF * EPS * (spread + finite + np.max(finite, initial=0.0)))


def has_reference(bench: Bench) -> bool:
    """Whether there is a formula to differentiate, and an input to differentiate it by."""
    return bench.op.reference is not None and any(bench.differentiable)

