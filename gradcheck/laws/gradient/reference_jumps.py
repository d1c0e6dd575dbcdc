"""Where the reference stands at a kink: its own gradient jumps next to the point."""

from collections.abc import Iterator

import numpy as np

from gradcheck.arrays import Gradients, Point, Values
from gradcheck.laws.gradient.preparation import GradientCase
from gradcheck.oracles import autodiff
from gradcheck.oracles.error_factors import DITHER, DITHER_TRIALS, FINER_DITHER, JUMP_SHARE, REPEATS
from gradcheck.oracles.finite_differences.directions import measure_typical_size


def reference_jumps(case: GradientCase, i: int) -> bool:
    """Whether the reference's gradient of one input jumps next to the point: then the reference is at a kink, where
    autodiff follows a convention of its own that is no standard for others."""
    return bool(find_reference_jumps(case)[i].any())


def find_reference_jumps(case: GradientCase) -> list[Values]:
    """Return for each input where the reference's gradient jumps next to the point, on one side or on both.

    A small move changes a smooth gradient in proportion to its length; a jump is as large over a move of a sixteenth.
    """
    evaluator = case.evaluator
    key = (b"reference jumps", evaluator.concrete_shapes, evaluator.key(case.upstream))
    found: list[Values] = evaluator.compute_once(key, lambda: search_jumps(case))
    return found


def search_jumps(case: GradientCase) -> list[Values]:
    """Search along a few random moves, each in both directions."""
    here, estimates = case.reference_answer().gradients, case.reference_gradients(REPEATS)
    jumps = [np.zeros(x.shape, bool) for x in case.point]
    for move in draw_moves(case):
        near = differentiate_reference_at(case, move, FINER_DITHER)
        gaps = [None if g is None or h is None else np.abs(g - h) for g, h in zip(near, here, strict=True)]
        if not any(
            gap is not None and e is not None and (gap > e.error).any() for gap, e in zip(gaps, estimates, strict=True)
        ):
            continue
        far = differentiate_reference_at(case, move, DITHER)
        for jump, gap, f, h, e in zip(jumps, gaps, far, here, estimates, strict=True):
            if gap is not None and f is not None and h is not None and e is not None:
                jump |= (gap > e.error) & (gap > JUMP_SHARE * np.abs(f - h))
    return jumps


def draw_moves(case: GradientCase) -> Iterator[Point]:
    """Yield moves of all inputs by about their sizes, each followed by its opposite."""
    rng = case.evaluator.case.rng("beside")
    for _ in range(DITHER_TRIALS):
        move = tuple(
            np.asarray(measure_typical_size(a) * rng.normal(size=a.shape)) if a.dtype.kind == "f" else np.zeros(a.shape)
            for a in case.point
        )
        yield move
        yield tuple(-m for m in move)


def differentiate_reference_at(case: GradientCase, move: Point, share: float) -> Gradients:
    """Return the reference's gradients at the point, moved by a share of a move."""
    point = tuple(a + share * m if a.dtype.kind == "f" else a for a, m in zip(case.point, move, strict=True))
    return tuple(autodiff.run_reference(case.evaluator, point, case.upstream).gradients)
