"""XLA arbitrates: the same differentiated reference, compiled and run by XLA, must agree with what NumPy made of it."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.arrays import Point
from gradcheck.bench import Bench, UserError
from gradcheck.oracles.autodiff import estimates, signature_of
from gradcheck.oracles.bounds import AUTODIFF_REPEATS, DITHER
from gradcheck.oracles.trace import CHEAP_COMPILE, Signature, differentiated, jax_in_float64
from gradcheck.verdict import Estimate

Array = np.ndarray[Any, Any]
Shapes = tuple[tuple[int, ...], ...]


def disagreement(bench: Bench) -> str:
    """What NumPy and XLA make of the reference, where they differ by more than the error bars of both allow at the
    case and right beside it, so that no kink excuses them; else "".  Raises what the reference raises."""
    rng, point = bench.case.rng("arbiter"), bench.case.point
    beside = tuple(a * (1 + DITHER * rng.normal(size=a.shape)) if a.dtype.kind == "f" else a for a in point)
    try:
        said = next(differences(bench, point), "")
    except UserError as error:
        return f"NumPy runs the reference, XLA does not: {error}"
    return said if said and all(any(differences(bench.in_doubt(), where)) for where in (point, beside)) else ""


def differences(bench: Bench, point: Point) -> Iterator[str]:
    """Each output and gradient on which they differ at one point."""
    upstream = bench.case.upstream
    outputs, gradients = estimates(bench, point, upstream, AUTODIFF_REPEATS)
    moving = [label for label, moves in zip(bench.labels, bench.differentiable, strict=True) if moves]
    names = [*bench.op.outputs, *(f"the gradient of {label}" for label in moving)]
    mine: list[Estimate] = [*outputs, *(g for g in gradients if g is not None)]
    for name, estimate, other in zip(names, mine, by_xla(bench, point, upstream), strict=True):
        apart = np.isfinite(estimate.error) & ~(np.abs(estimate.value - other) <= 2 * estimate.error)
        if apart.any():
            where = np.unravel_index(int(np.argmax(apart)), apart.shape)
            yield f"{name} of the reference is {estimate.value[where]!r} by NumPy, {other[where]!r} by XLA"


def by_xla(bench: Bench, point: Point, upstream: Point) -> list[Array]:
    """Outputs and gradients of the reference.  Raises UserError where XLA cannot compile it."""
    shapes = [tuple(a.shape for a in arrays) for arrays in (point, upstream)]
    try:
        with jax_in_float64():
            program = compiled(signature_of(bench, point), *shapes)
            return [np.asarray(a) for a in program(list(point), list(upstream))]
    except Exception as error:
        raise UserError("reference", error, signature_of(bench, point).reference) from error


def keep_compiled(folder: Path) -> None:
    """Keep what XLA compiles in a folder, and take it from there the next time."""
    import jax  # noqa: PLC0415

    config: Any = jax.config
    config.update("jax_compilation_cache_dir", str(folder.absolute()))
    config.update("jax_persistent_cache_min_compile_time_secs", 0)
    config.update("jax_persistent_cache_min_entry_size_bytes", -1)


@lru_cache(maxsize=4)
def compiled(signature: Signature, inputs: Shapes, upstream: Shapes) -> Any:
    """The differentiated reference, compiled for these shapes."""
    import jax  # noqa: PLC0415

    struct: Any = jax.ShapeDtypeStruct
    point = [struct(shape, dtype) for shape, dtype in zip(inputs, signature.dtypes, strict=True)]
    ups = [struct(shape, np.float64) for shape in upstream]
    return jax.jit(differentiated(signature)).lower(point, ups).compile(compiler_options=CHEAP_COMPILE)
