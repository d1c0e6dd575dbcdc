"""Where the reference stands at a kink: its own gradient jumps next to the point."""

from collections.abc import Iterator, Sequence

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.oracles import autodiff
from gradcheck.oracles.error_factors import DITHER, DITHER_TRIALS, FINER_DITHER, JUMP_SHARE, REPEATS
from gradcheck.oracles.finite_differences.directions import measure_typical_size
from gradcheck.records.evidence import Estimate


def find_reference_jumps(evaluator: Evaluator, upstream: Point) -> list[Values]:
    """Return for each input where the reference's gradient jumps next to the point, on one side or on both: there
    autodiff follows a convention of its own, which is no standard for others.

    A small move changes a smooth gradient in proportion to its length; a jump is as large over a move of a sixteenth.
    Raises what the reference raises.
    """
    key = (b"reference jumps", evaluator.concrete_shapes, evaluator.key(upstream))
    found: list[Values] = evaluator.compute_once(key, lambda: search_jumps(evaluator, upstream))
    return found


def search_jumps(evaluator: Evaluator, upstream: Point) -> list[Values]:
    """Search with this upstream, and where it has zeros also with other numbers in their place: of equal elements that
    are sorted, each may be the one that has an upstream."""
    jumps = search_jumps_along_moves(evaluator, upstream)
    if all(np.all(u) for u in upstream):
        return jumps
    return list(map(np.logical_or, jumps, search_jumps_along_moves(evaluator, fill_zeros(evaluator, upstream))))


def search_jumps_along_moves(evaluator: Evaluator, upstream: Point) -> list[Values]:
    """Search along a few random moves, each in both directions."""
    here = autodiff.estimate_reference(evaluator, evaluator.case.point, upstream, REPEATS)[1]
    jumps = [np.zeros(x.shape, bool) for x in evaluator.case.point]
    for move in draw_moves(evaluator):
        near = measure_gaps(evaluator, upstream, here, move, FINER_DITHER)
        if any(np.any(gap > e.error) for gap, e in zip(near, here, strict=True) if e is not None):
            far = measure_gaps(evaluator, upstream, here, move, DITHER)
            for jump, gap, farther, e in zip(jumps, near, far, here, strict=True):
                if e is not None:
                    jump |= (gap > e.error) & (gap > JUMP_SHARE * farther)
    return jumps


def fill_zeros(evaluator: Evaluator, upstream: Point) -> Point:
    """Return an upstream with numbers of its own size in place of zeros."""
    rng = evaluator.case.rng("zeros")
    return tuple(np.where(u == 0, measure_typical_size(u) * rng.uniform(0.5, 1.0, size=u.shape), u) for u in upstream)


def draw_moves(evaluator: Evaluator) -> Iterator[Point]:
    """Yield moves of all inputs that have a gradient by about their sizes, each followed by its opposite."""
    rng = evaluator.case.rng("beside")
    for _ in range(DITHER_TRIALS):
        move = draw_move(evaluator, rng)
        yield move
        yield tuple(-m for m in move)


def draw_move(evaluator: Evaluator, rng: np.random.Generator) -> Point:
    """Draw a move of all inputs by their own size; those that have no gradient, as a mask of zeros and ones, stay."""
    return tuple(
        np.asarray(measure_typical_size(a) * rng.normal(size=a.shape)) if moves else np.zeros(a.shape)
        for a, moves in zip(evaluator.case.point, evaluator.differentiable, strict=True)
    )


def measure_gaps(
    evaluator: Evaluator, upstream: Point, here: Sequence[Estimate | None], move: Point, share: float
) -> list[Values]:
    """Return how far each gradient of the reference is from what it is here, once the point moved by a share of a
    move."""
    moved = zip(evaluator.case.point, move, strict=True)
    point = tuple(a + share * m if moves else a for (a, m), moves in zip(moved, evaluator.differentiable, strict=True))
    there = autodiff.run_reference(evaluator, point, upstream).gradients
    return [np.zeros(()) if e is None or g is None else np.abs(g - e.value) for g, e in zip(there, here, strict=True)]
