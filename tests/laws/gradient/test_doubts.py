"""Named reasons for which a disagreement may not count, each with what justifies it and what does not."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.declaration.op import Array, Op, namespace
from gradcheck.laws.comparison import EMPTY_DIFFERENCE
from gradcheck.laws.gradient.doubts import REASONS, Doubt, Doubts, in_long_double
from gradcheck.laws.gradient.witness_reports import WitnessReport
from gradcheck.oracles.error_factors import EPS, FEWER_DIGITS
from gradcheck.records.evidence import Witness
from tests.laws.gradient.preparing import prepare

X = np.array([0.5, -2.0, 3.0])
LONGER = np.finfo(np.longdouble).eps < EPS / FEWER_DIGITS


def make_op(value, slope, reference, **inputs):
    """An op on each element of x."""
    return Op("f", lambda x: (value(x), x), lambda dy, x: dy * slope(x), reference, inputs=inputs or {"x": Array("N")})


SINE = make_op(np.sin, np.cos, lambda x: namespace(x).sin(x))


def report(witness=Witness.AUTODIFF, relative_error=1e-9, **parts):
    """A report that contradicts, with this relative error."""
    return WitnessReport(witness, replace(EMPTY_DIFFERENCE, ratio=2.0), relative_error, True, **parts)


def is_justified(doubt, op, *inputs, reports=None, i=0, **given):
    """Whether a doubt holds for an op at these inputs."""
    return Doubts(prepare(op, *(inputs or (X,)), **given), i, reports or [report()]).hold(doubt)


def test_every_doubt_can_be_looked_into_and_is_so_once():
    assert set(REASONS) == set(Doubt)
    doubts = Doubts(prepare(SINE, X), 0, [report(lost_digits=True)])
    assert doubts.hold(Doubt.DIGITS_ARE_LOST)
    doubts.known[Doubt.DIGITS_ARE_LOST] = False
    assert not doubts.hold(Doubt.DIGITS_ARE_LOST)


def test_digits_are_lost_where_a_witness_says_so():
    assert is_justified(Doubt.DIGITS_ARE_LOST, SINE, reports=[report(), report(lost_digits=True)])
    assert not is_justified(Doubt.DIGITS_ARE_LOST, SINE)


def test_the_reference_jumps_where_it_has_a_kink_of_its_own():
    def reference(x):
        xp = namespace(x)
        return xp.where(x > 3.0, 2 * x, x) + xp.where(x > 3.0, 0 * x, 0 * x)

    kinked = make_op(lambda x: x * 1.0, lambda x: 1.0, reference)
    assert is_justified(Doubt.REFERENCE_JUMPS, kinked)
    assert not is_justified(Doubt.REFERENCE_JUMPS, SINE)


def test_the_reference_is_alone_where_differences_do_not_confirm_it():
    other = replace(SINE, reference=lambda x: namespace(x).sin(x) * 1.001)
    assert is_justified(Doubt.REFERENCE_IS_ALONE, other)
    assert not is_justified(Doubt.REFERENCE_IS_ALONE, SINE)


def test_slopes_do_not_add_up_where_three_elements_tie_for_the_median():
    median = Op(
        "median",
        lambda x: (np.median(x), x),
        lambda dy, x: dy * (np.arange(x.size) == 0),
        inputs={"x": Array("N")},
    )
    assert is_justified(Doubt.SLOPES_DO_NOT_ADD_UP, median, np.ones(3), i=None)
    assert not is_justified(Doubt.SLOPES_DO_NOT_ADD_UP, SINE, i=None)


def test_a_wrong_formula_does_not_vanish_nearby():
    wrong = replace(SINE, backward=lambda dy, x: dy * np.cos(x) * 1.0001)
    reports = [report(Witness.DIFFERENCES, 1e-4)]
    assert not is_justified(Doubt.VANISHES_NEARBY, wrong, reports=reports)
    assert not is_justified(Doubt.VANISHES_NEARBY, SINE, reports=[report(Witness.DIFFERENCES, 0.5)])


def test_what_is_right_around_vanishes_nearby():
    here = replace(SINE, backward=lambda dy, x: dy * np.where(x == 0.5, 1.0001, 1.0) * np.cos(x))
    assert is_justified(Doubt.VANISHES_NEARBY, here, reports=[report(Witness.DIFFERENCES, 1e-4)])


def test_a_cast_to_float32_climbs_in_steps():
    def cast(x):
        return np.cos(x.astype(np.float32)).astype(float)

    rough = make_op(np.sin, cast, SINE.reference)
    many, small, large = np.linspace(0.1, 3, 50), [report(relative_error=1e-8)], [report(relative_error=1e-3)]
    assert is_justified(Doubt.CLIMBS_IN_FLOAT32_STEPS, rough, many, reports=small)
    assert not is_justified(Doubt.CLIMBS_IN_FLOAT32_STEPS, SINE, many, reports=small)
    assert not is_justified(Doubt.CLIMBS_IN_FLOAT32_STEPS, rough, many, reports=large)


@pytest.mark.skipif(not LONGER, reason="long double has no more bits than float64 here")
def test_rounding_shrinks_in_long_double_and_a_wrong_formula_does_not():
    rounding = make_op(np.sin, lambda x: (np.cos(x) + 1e5) - 1e5, SINE.reference)
    wrong = make_op(np.sin, lambda x: np.cos(x) * (1 + 1e-9), SINE.reference)
    assert is_justified(Doubt.SHRINKS_IN_LONG_DOUBLE, rounding)
    assert not is_justified(Doubt.SHRINKS_IN_LONG_DOUBLE, wrong)
    assert not is_justified(Doubt.SHRINKS_IN_LONG_DOUBLE, rounding, reports=[report(Witness.DIFFERENCES)])


def test_only_real_numbers_become_long_doubles():
    assert [a.dtype for a in in_long_double((X, np.arange(2)))] == [np.longdouble, np.int64]
