"""Step 3: reasons for which a disagreement may not count."""

import sys

import numpy as np
import pytest

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.laws.gradient.autodiff_witness import report_autodiff
from gradcheck.laws.gradient.directional_witnesses import report_differences
from gradcheck.laws.gradient.doubts import REASONS, Doubt, Doubts
from tests.laws.gradient.cases import SINE, WRONG_SINE, X, make_op, prepare

SIGNS = np.array([1.0, -1.0])


def doubts_of(op, x, by=report_differences):
    """The doubts about one input of a case."""
    case = prepare(op, x)
    report = report_autodiff(case).get(0) if by is report_autodiff else by(case, 0)
    return Doubts(case, 0, [report] if report else [])


def test_each_doubt_has_its_reason():
    assert REASONS.keys() == set(Doubt)


def test_a_doubt_is_looked_into_once():
    doubts = doubts_of(SINE, X)
    first = doubts.hold(Doubt.REFERENCE_JUMPS)
    doubts.known[Doubt.REFERENCE_JUMPS] = not first
    assert doubts.hold(Doubt.REFERENCE_JUMPS) is not first


def test_a_reference_at_a_kink_of_its_own_jumps():
    relu = make_op(lambda x: np.maximum(x, 0).sum(), lambda dy, x: dy * (x > 0),
                   lambda x: namespace(x).sum(namespace(x).maximum(x, 0 * x)))  # fmt: skip
    assert doubts_of(relu, [0.0, 1.0, 2.0]).hold(Doubt.REFERENCE_JUMPS)
    assert not doubts_of(relu, [0.5, 1.0, 2.0]).hold(Doubt.REFERENCE_JUMPS)


def test_differences_stand_by_a_right_reference_alone():
    assert not doubts_of(WRONG_SINE, X).hold(Doubt.REFERENCE_IS_ALONE)
    other = make_op(np.sin, lambda dy, x: dy * np.cos(x), lambda x: 2 * namespace(x).sin(x))
    assert doubts_of(other, X).hold(Doubt.REFERENCE_IS_ALONE)


def test_slopes_of_a_smooth_function_add_up_and_of_a_median_at_a_tie_do_not():
    assert not doubts_of(SINE, X).hold(Doubt.SLOPES_DO_NOT_ADD_UP)
    median = make_op(np.median, lambda dy, x: dy * np.ones(3) / 3)
    assert doubts_of(median, [1.0, 1.0, 1.0]).hold(Doubt.SLOPES_DO_NOT_ADD_UP)


def test_a_formula_off_by_a_little_is_wrong_nearby_as_well():
    off = make_op(np.sin, lambda dy, x: (1 + 1e-5) * dy * np.cos(x))
    assert not doubts_of(off, X).hold(Doubt.VANISHES_NEARBY)


def test_an_error_at_this_point_alone_vanishes_nearby():
    def backward(dy, x):
        return dy * np.cos(x) * np.where(x == 0.5, 1 + 1e-5, 1.0)

    assert doubts_of(make_op(np.sin, backward), X).hold(Doubt.VANISHES_NEARBY)


def test_a_cast_to_float32_climbs_in_steps_and_a_wrong_factor_does_not():
    cast = make_op(np.sin, lambda dy, x: (dy * np.cos(x)).astype(np.float32).astype(float))
    assert doubts_of(cast, X).hold(Doubt.CLIMBS_IN_FLOAT32_STEPS)
    off = make_op(np.sin, lambda dy, x: (1 + 1e-7) * dy * np.cos(x))
    assert not doubts_of(off, X).hold(Doubt.CLIMBS_IN_FLOAT32_STEPS)


@pytest.mark.skipif(np.finfo(np.longdouble).eps >= np.finfo(float).eps / 8, reason=f"{sys.platform}: no long double")
def test_rounding_shrinks_in_long_double_and_a_wrong_factor_does_not():
    def cancelling(dy, x):
        return dy * ((np.cos(x) + 1e9) - 1e9)

    reference = lambda x: namespace(x).sin(x)  # noqa: E731
    assert doubts_of(make_op(np.sin, cancelling, reference), X, report_autodiff).hold(Doubt.SHRINKS_IN_LONG_DOUBLE)
    off = make_op(np.sin, lambda dy, x: (1 + 1e-7) * dy * np.cos(x), reference)
    assert not doubts_of(off, X, report_autodiff).hold(Doubt.SHRINKS_IN_LONG_DOUBLE)


def test_relu_units_of_two_rows_that_cancel_meet():
    """One unit at zero in two rows, on whose opposite sides they come to one slope; the sum of relu'(0) = 0 is none."""
    net = Op(
        "net",
        lambda x, w: (np.maximum(x @ w, 0) @ SIGNS, (x, w)),
        lambda dy, c: (np.outer(dy * SIGNS * (c[0] @ c[1] > 0), c[1]), c[0].T @ (dy * SIGNS * (c[0] @ c[1] > 0))),
        inputs={"x": Array("2 D"), "w": Array("D")},
    )
    x, w = np.array([[2.0, 1.0, -1.0], [-2.0, 0.0, -2.0]]), np.array([1.0, -3.0, -1.0])
    for seed in range(8):
        case, beside = (prepare(net, x, at, upstream=(np.array(1.0),), seed=seed) for at in (w, w + 0.25))
        assert Doubts(case, 1, []).hold(Doubt.KINKS_MEET)
        assert not Doubts(beside, 1, []).hold(Doubt.KINKS_MEET)


def test_a_gradient_that_is_off_behind_its_tenth_digit_is_not_wrong():
    for off, is_right in ((1e-11, True), (1e-9, False)):
        near = make_op(np.sin, lambda dy, x, off=off: (1 + off) * dy * np.cos(x), lambda x: namespace(x).sin(x))
        doubts = doubts_of(near, X, report_autodiff)
        assert (doubts.reports[0].agrees, doubts.hold(Doubt.MOST_DIGITS_AGREE)) == (False, is_right)


def test_no_kinks_meet_where_everything_is_zero():
    product = Op(
        "f", lambda x, w: (x @ w, (x, w)), lambda dy, c: (dy * c[1], dy * c[0]), inputs=dict.fromkeys("xw", Array("N"))
    )
    for seed in range(8):
        case = prepare(product, np.zeros(3), np.zeros(3), upstream=(np.array(1.0),), seed=seed)
        assert not Doubts(case, 0, []).hold(Doubt.KINKS_MEET)
