"""Several kinks that meet in one output."""

import numpy as np

from gradcheck.declaration.op import Array, Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.kinks.conflicts import has_conflicting_choices
from gradcheck.laws.kinks.probe import KinkProbe
from tests.laws.observing import make_case


def two_units(share):
    """relu(x) - relu(-x) times w, whose slope at zero is 1 on both sides; share is what each unit gives there."""

    def forward(x, w):
        return np.sum(w[0] * np.maximum(x, 0) + w[1] * np.maximum(-x, 0)), (x, w)

    def backward(dy, cache):
        x, w = cache
        ahead, behind = np.where(x == 0, share, x > 0), np.where(x == 0, share, x < 0)
        return dy * (w[0] * ahead - w[1] * behind), dy * np.array([np.maximum(x, 0).sum(), np.maximum(-x, 0).sum()])

    return Op("units", forward, backward, inputs={"x": Array("N"), "w": Array("2")})


def probe_at(op, x, w):
    probe = KinkProbe(Evaluator(op, make_case(op, x, w)), 0)
    return probe, probe.measure_trial_directions()


def test_lawful_choices_whose_sum_is_not_are_a_conflict():
    """Each unit takes zero: with weights of both signs the sum of the choices leaves the interval of the sum."""
    assert has_conflicting_choices(*probe_at(two_units(0.0), [0.0], [1.0, -3.0]))


def test_a_wrong_slope_at_a_lone_kink_is_none():
    relu = Op("relu", lambda x: (np.maximum(x, 0).sum(), x), lambda dy, x: dy * np.where(x == 0, 2.0, x > 0),
              inputs={"x": Array("N")})  # fmt: skip
    probe = KinkProbe(Evaluator(relu, make_case(relu, [0.0, 1.0])), 0)
    assert not has_conflicting_choices(probe, probe.measure_trial_directions())
