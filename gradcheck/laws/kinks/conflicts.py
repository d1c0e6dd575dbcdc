"""Several kinks that meet in one output, where the sum of lawful choices need not be lawful for the sum.

A. Griewank and A. Walther, Evaluating Derivatives, chapter 14.
"""

from collections.abc import Sequence

import numpy as np

from gradcheck.arrays import Point
from gradcheck.declaration.inputs import input_name
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.kinks.intervals import is_outside
from gradcheck.laws.kinks.probe import MAX_KINKED_COORDINATES, KinkProbe, Trial, coordinate_trials
from gradcheck.laws.kinks.slopes import OneSidedSlopes


def has_conflicting_choices(probe: KinkProbe, trials: Sequence[Trial]) -> bool:
    """Whether several kinks meet in the output, as those of relu units do at x = 0.  Then the sum of lawful choices
    need not be lawful for the sum (A. Griewank and A. Walther, Evaluating Derivatives, chapter 14), and the gradient is
    not called wrong.  It is detected by the reference, whose own gradient lies outside the slopes as well, or by the
    gradient, which lies within them once the inputs that do not touch the kink are made positive, or once some of the
    kinks are left, or which lies between the slopes at nearby points."""
    if any(is_outside(probe.gradient, trial) for trial in trials if trial.coordinate):
        return not stays_outside_for_positive_inputs(probe, trials) or lies_between_nearby_slopes(probe, trials)
    return (
        reference_is_outside_slopes(probe, trials)
        or not stays_outside_for_positive_inputs(probe, trials)
        or not is_outside_at_single_kink(probe, trials)
        or lies_between_nearby_slopes(probe, trials)
    )


def is_outside_at_single_kink(probe: KinkProbe, trials: Sequence[Trial]) -> bool:
    """Whether the gradient is outside at a single kink: a choice that is wrong there is wrong without the others, too.
    Coordinates that touch the kinks move away one by one while the gradient stays outside, until no kink is near."""
    for _ in range(MAX_KINKED_COORDINATES):
        near = [(again, again.measure_trial_directions()) for again in probe.make_nearby_probes(trials)]
        kinked = [(again, seen) for again, seen in near if any(trial.slopes.kinked for trial in seen)]
        if not kinked:
            return True
        outside = ((again, seen) for again, seen in kinked if is_outside_any(again.gradient, seen))
        nearby = next(outside, None)
        if nearby is None:
            return False
        probe, trials = nearby
    return False


def lies_between_nearby_slopes(probe: KinkProbe, trials: Sequence[Trial]) -> bool:
    """Whether the gradient lies between the slopes at the point and at nearby points, along every direction in which it
    is outside of those at the point.  A coordinate that moves several terms, as a weight of a unit that is zero for
    many rows, crosses their kinks at once; where these are crossed one by one, the slopes are others.  F. H. Clarke,
    Optimization and Nonsmooth Analysis (1983), theorem 2.5.1: the lawful gradients are the limits of those nearby."""
    outside = [trial for trial in trials if is_outside(probe.gradient, trial)]
    near = list(probe.make_probes_around(trials)) if outside else []
    return bool(outside) and all(
        not is_outside(probe.gradient, Trial(join_slopes([trial.slopes, *slopes]), trial.coordinate))
        for trial in outside
        for slopes in [[p.measure_one_sided_slopes(trial.slopes.direction) for p in near]]
    )


def join_slopes(every: Sequence[OneSidedSlopes]) -> OneSidedSlopes:
    """Return the hull of slopes along one direction, of those that are known."""
    known = [s for s in every if np.isfinite(s.error)]
    ends = [end for s in known for end in (s.left, s.right)]
    return OneSidedSlopes(every[0].direction, min(ends), max(ends), max(s.error for s in known))


def is_outside_any(gradient: Point, trials: Sequence[Trial]) -> bool:
    """Whether a gradient is outside the one-sided slopes along at least one of the directions."""
    return any(is_outside(gradient, trial) for trial in trials)


def reference_is_outside_slopes(probe: KinkProbe, trials: Sequence[Trial]) -> bool:
    """Whether the reference's gradient is finite and outside the slopes along at least one of the directions as
    well."""
    gradients = probe.compute_reference_gradient()
    if gradients is None or not all(np.isfinite(g).all() for g in gradients):
        return False
    return is_outside_any(gradients, trials)


def stays_outside_for_positive_inputs(probe: KinkProbe, trials: Sequence[Trial]) -> bool:
    """Whether the gradient stays outside when the inputs that do not touch the kink are made positive: with positive
    weights the sum of lawful choices is lawful."""
    touched = {coordinate.input_name for coordinate, _ in coordinate_trials(trials)}
    others = [
        moves and input_name(label) not in touched
        for label, moves in zip(probe.evaluator.labels, probe.evaluator.differentiable, strict=True)
    ]
    if not touched or not any(others):
        return True
    point = tuple(np.abs(a) if other else a for a, other in zip(probe.point, others, strict=True))
    again = KinkProbe(Evaluator(probe.evaluator.op, probe.evaluator.case.at(point)), probe.output)
    return is_outside_any(again.gradient, again.measure_trial_directions())
