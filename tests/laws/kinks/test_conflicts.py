"""Several kinks that meet: a sum of lawful choices need not be lawful for the sum."""

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.kinks.conflicts import (
    has_conflicting_choices,
    is_outside_any,
    is_outside_at_single_kink,
    reference_is_outside_slopes,
    stays_outside_for_positive_inputs,
)
from gradcheck.laws.kinks.probe import KinkProbe
from tests.laws.observing import make_case


def probe(op, *inputs):
    """The probe of the one output, and its trials."""
    one = KinkProbe(Evaluator(op, make_case(op, *inputs)), 0)
    return one, one.measure_trial_directions()


def units(x, v):
    """A sum of rectifiers of x and of −x, by weights."""
    return v[0] * np.maximum(x, 0) + v[1] * np.maximum(-x, 0)


UNITS = Op(
    "units",
    lambda x, v: (units(x, v), (x, v)),
    lambda dy, c: (
        dy * (c[1][0] * (c[0] >= 0) - c[1][1] * (c[0] <= 0)),
        dy * np.array([np.maximum(c[0], 0), np.maximum(-c[0], 0)]),
    ),
    inputs={"x": Array(""), "v": Array("2")},
)
"""Each unit takes slope 1 at its kink, which is lawful for each."""


def relu_with(at_zero, reference_at_zero=0.0):
    return Op(
        "relu",
        lambda x: (np.maximum(x, 0), x),
        lambda dy, x: dy * np.where(x == 0, at_zero, x > 0),
        lambda x: namespace(x).where(x > 0, x, reference_at_zero * x),
        inputs={"x": Array("")},
    )


def test_a_wrong_choice_at_one_kink_conflicts_with_nothing():
    one, trials = probe(relu_with(2.0), 0.0)
    assert is_outside_any(one.gradient, trials)
    assert is_outside_at_single_kink(one, trials)
    assert not has_conflicting_choices(one, trials)


def test_lawful_choices_that_leave_the_slopes_of_their_sum_are_excused_with_positive_weights():
    one, trials = probe(UNITS, 0.0, np.array([1.0, -3.0]))
    assert is_outside_any(one.gradient, trials)
    assert not stays_outside_for_positive_inputs(one, trials)
    assert has_conflicting_choices(one, trials)


def test_a_reference_that_leaves_the_slopes_as_well_is_noticed():
    assert reference_is_outside_slopes(*probe(relu_with(2.0, reference_at_zero=-3.0), 0.0))
    assert not reference_is_outside_slopes(*probe(relu_with(2.0), 0.0))
    assert not reference_is_outside_slopes(*probe(UNITS, 0.0, np.array([1.0, -3.0])))
