"""Autodiff of the reference formula in float64: differentiated by JAX, executed by NumPy."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.declaration.input_declarations import InputDeclarations
from gradcheck.evaluation.evaluator import Evaluator, UserError
from gradcheck.evaluation.outside_stops import comes_from_outside
from gradcheck.evaluation.process_state import read_call_state, restore_call_state
from gradcheck.oracles.error_factors import AUTODIFF, AUTODIFF_REPEATS, EPS, FINE_NUDGE, NUDGE, UNDERFLOW
from gradcheck.oracles.jaxpr.bounded_cache import BoundedCache
from gradcheck.oracles.jaxpr.numpy_program import Program
from gradcheck.oracles.jaxpr.pattern import find_free_settings, make_pattern
from gradcheck.oracles.jaxpr.trace import AnewTraces, ReferenceTooLong, Signature, TracedReference, trace_first_possible
from gradcheck.oracles.jaxpr.watch import Watch
from gradcheck.oracles.monte_carlo import choose_unsaturated_movement, limit_repeats, perturb_inputs, pool_neighbours
from gradcheck.oracles.noisy_arrays import Noise
from gradcheck.records.evidence import Estimate
from gradcheck.records.subject import Part

MAX_PROGRAMS = 1024
"""Programs that are kept for one op, by shapes, dtypes and settings: a check meets a few hundred of these."""

PROGRAMS: WeakKeyDictionary[InputDeclarations, BoundedCache[TracedReference]] = WeakKeyDictionary()
"""The programs of references by the declarations of their inputs, forgotten with the op that these are of."""

ANEW_TRACES: WeakKeyDictionary[InputDeclarations, AnewTraces] = WeakKeyDictionary()
"""What is known of references that are traced for every shape anew, by the declarations of their inputs."""

PROGRAMS_LOCK = Lock()


class ReferenceMismatch(Exception):
    """The reference has outputs of other shapes than the forward; the message gives both."""


UNAVAILABLE = (ReferenceMismatch, ReferenceTooLong)
"""Why there may be no result of a reference, though it raises nothing."""


@dataclass(frozen=True)
class ReferenceResult:
    """Outputs and gradients of the reference, None for inputs that have none.

    in_range: whether nothing on the way overflowed, or underflowed to any effect; else the numbers mean nothing,
    finite as they may be.
    """

    outputs: list[Values]
    gradients: list[Values | None]
    in_range: bool


def make_signature(evaluator: Evaluator, point: Point) -> Signature:
    """Return the parts that the trace of the reference depends on besides sizes."""
    assert evaluator.op.reference is not None
    settings = tuple(evaluator.case.settings.items())
    return Signature(evaluator.op.reference, settings, tuple(a.dtype for a in point), evaluator.differentiable)


def trace_reference(evaluator: Evaluator, point: Point) -> TracedReference:
    """The reference's program: for the pattern of these shapes, or where there is doubt for the shapes themselves,
    since a reference may ask a symbol whether it equals a number, and is told that it does not.  Raises what the
    reference raises, and ReferenceTooLong."""
    shapes, anew = tuple(a.shape for a in point), find_anew_traces(evaluator.input_declarations)

    def find() -> TracedReference:
        signature, settings = make_signature(evaluator, point), evaluator.case.settings
        if evaluator.concrete_shapes:
            return trace_first_possible([(signature, shapes)], shapes, anew)
        candidates = [(signature, make_pattern(evaluator.op, evaluator.labels, shapes, settings))]
        if (free := find_free_settings(evaluator.op, settings)) and not any(0 in shape for shape in shapes):
            opened = replace(signature, settings=tuple((n, free.get(n, v)) for n, v in settings.items()))
            candidates.insert(0, (opened, make_pattern(evaluator.op, evaluator.labels, shapes, settings, free)))
        return trace_first_possible(candidates, shapes, anew)

    key = evaluator.concrete_shapes, shapes, tuple(a.dtype for a in point), tuple(evaluator.case.settings.items())
    return find_programs(evaluator.input_declarations).find(key, find)


def find_programs(declarations: InputDeclarations) -> BoundedCache[TracedReference]:
    """The programs of an op's reference for inputs with these declarations."""
    with PROGRAMS_LOCK:
        if declarations not in PROGRAMS:
            PROGRAMS[declarations] = BoundedCache(MAX_PROGRAMS)
        return PROGRAMS[declarations]


def find_anew_traces(declarations: InputDeclarations) -> AnewTraces:
    """How many operations an op's reference had for shapes that were traced by themselves."""
    with PROGRAMS_LOCK:
        return ANEW_TRACES.setdefault(declarations, AnewTraces())


def run_reference(evaluator: Evaluator, point: Point, upstream: Point, watch: Watch | None = None) -> ReferenceResult:
    """The reference at a point; a watch sees, and may move, the result of every operation.

    Raises UserError when the reference raises, ReferenceMismatch where its outputs have other shapes than the upstream,
    and ReferenceTooLong where it would take too long to trace.
    """
    state = read_call_state()
    try:
        found = trace_reference(evaluator, point)
        program, arguments = found.program, (*point, *upstream)
        if found.outputs != len(upstream):
            raise ReferenceMismatch(f"forward has {len(upstream)} outputs, the reference {found.outputs}")
        settings = tuple(int(evaluator.case.settings[name]) for name in found.free)
        shapes = program.shapes(*arguments, settings=settings)[: found.outputs]
        wanted = [u.shape for u in upstream]
        if shapes != wanted:
            raise ReferenceMismatch(f"forward has outputs of shape {wanted}, the reference {shapes}")
        results, in_range = execute_program(program, arguments, settings, watch)
    except UNAVAILABLE:
        raise
    except BaseException as error:
        if comes_from_outside(error):
            raise
        assert evaluator.op.reference is not None
        raise UserError(Part.REFERENCE, error, evaluator.op.reference) from error
    finally:
        restore_call_state(state)
    remaining = iter(map(np.asarray, results[found.outputs :]))
    owed = [next(remaining) if moves else None for moves in evaluator.differentiable]
    return ReferenceResult(list(map(np.asarray, results[: found.outputs])), owed, in_range)


def execute_program(
    program: Program, arguments: Point, settings: tuple[int, ...], watch: Watch | None
) -> tuple[list[Any], bool]:
    """The results, and whether all that came before them stayed in the range of float64.  Where the processor's flags
    say that something left it, the program is run once more under watch, to see whether that matters: an overflow
    does; an underflow, where the results are others once what vanished is lifted a little above zero."""
    if watch:
        return program.watched(watch, *arguments, settings=settings), not watch.left_range
    flags: list[str] = []
    note: Callable[[str, int], None] = lambda kind, flag: flags.append(kind)  # noqa: E731
    with np.errstate(all="call", call=note):
        results = program.run(*arguments, settings=settings)
    if not flags:
        return results, True
    watch = Watch()
    lifted = program.watched(watch, *arguments, settings=settings)
    same = all(map(is_same_result, results, lifted))
    return results, same and not watch.left_range


def is_same_result(a: Values, b: Values) -> bool:
    """Whether two results differ by no more than their last digits; what is not finite equals itself."""
    close = np.abs(a - b) <= EPS * np.abs(a) + UNDERFLOW
    return bool(np.all(close | (a == b) | (np.isnan(a) & np.isnan(b))))


def evaluate_reference(evaluator: Evaluator, point: Point, upstream: Point) -> ReferenceResult:
    """The reference at a point, run once."""
    found: ReferenceResult = evaluator.compute_once(
        (b"reference", evaluator.concrete_shapes, evaluator.key(point), evaluator.key(upstream)),
        lambda: run_reference(evaluator, point, upstream),
    )
    return found


def estimate_reference(
    evaluator: Evaluator, point: Point, upstream: Point, repeats: int = 0
) -> tuple[list[Estimate], list[Estimate | None]]:
    """The reference's outputs and gradients with their error bars; None for inputs that have no gradient.

    The bar is AUTODIFF * EPS times how far the result moves when inputs, upstream and every operation move, plus its
    own size; inf where the formula leaves the range of float64 on the way.  Without repeats nothing is moved, and the
    bar is its size alone: what agrees within that needs no wider one.  At most AUTODIFF_REPEATS are taken, and then as
    many with a finer nudge.
    """
    exact = evaluate_reference(evaluator, point, upstream)
    results = [*exact.outputs, *exact.gradients]
    spreads = [np.zeros(())] * len(results)
    if repeats:
        spreads = get_reference_movement(evaluator, point, upstream, NUDGE).after(min(repeats, AUTODIFF_REPEATS))
    if repeats >= AUTODIFF_REPEATS:
        finer = get_reference_movement(evaluator, point, upstream, FINE_NUDGE).after(AUTODIFF_REPEATS)
        spreads = [choose_unsaturated_movement(*pair) for pair in zip(spreads, finer, strict=True)]
    found = [
        None if a is None else Estimate(a, compute_error_bar(a, s, exact.in_range))
        for a, s in zip(results, spreads, strict=True)
    ]
    count = len(exact.outputs)
    return [e for e in found[:count] if e is not None], found[count:]


class ReferenceMovement:
    """How far the reference's results move by a relative nudge of inputs, upstream and every operation, from as many
    runs as it has taken so far."""

    def __init__(self, evaluator: Evaluator, point: Point, upstream: Point, nudge: float) -> None:
        exact = evaluate_reference(evaluator, point, upstream)
        self.evaluator, self.point, self.upstream, self.nudge = evaluator, point, upstream, nudge
        self.results = [*exact.outputs, *exact.gradients]
        self.squares, self.runs = [np.zeros(() if a is None else a.shape) for a in self.results], 0
        self.noise = Noise(evaluator.case.rng("autodiff"), nudge)

    def after(self, repeats: int) -> list[Values]:
        """The movement of each result, divided by the nudge, from at least so many runs."""
        arrange, repeats = perturb_inputs(self.noise), limit_repeats(repeats, self.results)
        while self.runs < repeats:
            point, upstream = self.evaluator.arrange_inputs(self.point, arrange), tuple(map(arrange, self.upstream))
            moved = run_reference(self.evaluator, point, upstream, Watch(self.noise))
            for square, a, m in zip(self.squares, self.results, [*moved.outputs, *moved.gradients], strict=True):
                if m is not None:
                    square += np.square(m - a)
            self.runs += 1
        return pool_neighbours([np.sqrt(square / self.runs) / self.nudge for square in self.squares])


def get_reference_movement(evaluator: Evaluator, point: Point, upstream: Point, nudge: float) -> ReferenceMovement:
    """The movement there, measured as far as it has been asked for."""
    found: ReferenceMovement = evaluator.compute_once(
        (b"movement", nudge, evaluator.concrete_shapes, evaluator.key(point), evaluator.key(upstream)),
        lambda: ReferenceMovement(evaluator, point, upstream, nudge),
    )
    return found


def compute_error_bar(a: Values, spread: Values, in_range: bool) -> Values:
    """AUTODIFF * EPS * (movement + size); inf where the value is not finite or not to be believed."""
    bar = AUTODIFF * EPS * (spread + np.abs(a)) + UNDERFLOW
    if in_range and np.isfinite(bar).all():
        return np.asarray(bar)
    return np.where(np.isfinite(bar) & in_range, bar, np.inf)
