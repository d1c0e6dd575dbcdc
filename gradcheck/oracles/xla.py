"""XLA as an arbiter: the differentiated reference, compiled and run by XLA, must agree with NumPy's results."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.evaluation.descriptions import describe_raised
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.oracles.autodiff import estimate_reference, make_signature
from gradcheck.oracles.error_factors import AUTODIFF_REPEATS, DITHER
from gradcheck.oracles.jaxpr.inlining import trace_inlined
from gradcheck.oracles.jaxpr.trace import (
    Signature,
    compile_cheaply,
    differentiate_reference,
    use_jax_in_float64,
)
from gradcheck.records.evidence import Estimate

XlaResults = list[Values]

MANY_EQUATIONS = 1000
"""Equations of a program beyond which it is cut in two, and those of one case are run one by one: to fuse n takes XLA a
time of n² and more, from here on longer than to compile each kind alone."""


def find_xla_disagreements(evaluators: Sequence[Evaluator]) -> Iterator[tuple[Evaluator, str]]:
    """Yield the cases for which NumPy and XLA compute different values from the reference, with a description.
    evaluators: of cases in which NumPy ran the reference."""
    try:
        results_by_case: Sequence[XlaResults | str] = (
            run_by_xla([(evaluator, evaluator.case.point) for evaluator in evaluators]) if evaluators else []
        )
    except Exception:  # run them one by one to find the one that fails
        results_by_case = [run_alone_by_xla(evaluator) for evaluator in evaluators]
    for evaluator, results in zip(evaluators, results_by_case, strict=True):
        difference = (
            results
            if isinstance(results, str)
            else next(find_differences_from_xla(evaluator, evaluator.case.point, results), "")
        )
        if isinstance(results, str) or (difference and is_disagreement_confirmed(evaluator)):
            yield evaluator, difference


def run_alone_by_xla(evaluator: Evaluator) -> XlaResults | str:
    """Return XLA's results for one case, or the reason for which there are none."""
    try:
        return run_by_xla([(evaluator, evaluator.case.point)])[0]
    except Exception as error:  # the reference is the user's: XLA may raise anything
        return f"NumPy runs the reference, XLA does not ({describe_raised(error)})"


def is_disagreement_confirmed(evaluator: Evaluator) -> bool:
    """Whether they also differ when the reference is traced at concrete shapes, both at the point and next to it, so
    that neither a symbolic size nor a kink explains the disagreement."""
    rng, here, concrete_shapes = evaluator.case.rng("arbiter"), evaluator.case.point, evaluator.with_concrete_shapes()
    beside = tuple(a * (1 + DITHER * rng.normal(size=a.shape)) if a.dtype.kind == "f" else a for a in here)
    seen = run_by_xla([(evaluator, here), (evaluator, beside)])
    return all(
        any(find_differences_from_xla(concrete_shapes, x, results))
        for x, results in zip((here, beside), seen, strict=True)
    )


def find_differences_from_xla(evaluator: Evaluator, point: Point, results: XlaResults) -> Iterator[str]:
    """Yield each output and gradient at a point on which they differ by more than the error bars of both allow, which
    are measured only where the last digits are not equal."""
    if any(compare_with_xla(evaluator, point, results, repeats=0)):
        yield from compare_with_xla(evaluator, point, results, AUTODIFF_REPEATS)


def compare_with_xla(evaluator: Evaluator, point: Point, results: XlaResults, repeats: int) -> Iterator[str]:
    """Yield each output and gradient on which they differ by more than twice a bar, measured with so many repeats."""
    outputs, gradients = estimate_reference(evaluator, point, evaluator.case.upstream, repeats)
    moving = [label for label, moves in zip(evaluator.labels, evaluator.differentiable, strict=True) if moves]
    names = [*evaluator.op.outputs, *(f"the gradient of {label}" for label in moving)]
    own_estimates: list[Estimate] = [*outputs, *(g for g in gradients if g is not None)]
    for name, estimate, other in zip(names, own_estimates, results, strict=True):
        apart = np.isfinite(estimate.error) & ~(np.abs(estimate.value - other) <= 2 * estimate.error)
        if apart.any():
            where = np.unravel_index(int(np.argmax(apart)), apart.shape)
            yield f"{name} of the reference is {estimate.value[where]!r} by NumPy, {other[where]!r} by XLA"


def run_by_xla(places: Sequence[tuple[Evaluator, Point]]) -> list[XlaResults]:
    """Return outputs and gradients of each reference at its point, from one program, or several where it has too many
    equations."""
    import jax

    signatures = [make_signature(evaluator, point) for evaluator, point in places]
    arguments = [(list(point), list(evaluator.case.upstream)) for evaluator, point in places]

    def run_one(signature: Signature, given: Any) -> list[Any]:
        program = differentiate_reference(signature)
        outputs, gradients = trace_inlined(signature.reference, lambda: program(*given), is_last=True)
        return [*outputs, *gradients]

    def run(arguments: Any) -> Any:
        return list(map(run_one, signatures, arguments))

    with use_jax_in_float64():
        traced = jax.jit(run).trace(arguments)
        if len(traced.jaxpr.eqns) <= MANY_EQUATIONS:
            found = compile_cheaply(traced.lower())(arguments)
        elif len(places) > 1:
            half = len(places) // 2
            return [*run_by_xla(places[:half]), *run_by_xla(places[half:])]
        else:
            with jax.disable_jit():
                found = run(arguments)
        return [[np.asarray(a) for a in results] for results in found]


def enable_compilation_cache(folder: Path) -> None:
    """Let XLA store compiled programs in a folder and load them from there."""
    import jax

    config: Any = jax.config
    config.update("jax_compilation_cache_dir", str(folder.absolute()))
    config.update("jax_persistent_cache_min_compile_time_secs", 0)
    config.update("jax_persistent_cache_min_entry_size_bytes", -1)
