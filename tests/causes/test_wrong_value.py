"""A wrong value knows what the reference says there, at other points and with other settings."""

import numpy as np
import pytest

from gradcheck import Array, Op, choice
from gradcheck.causes.telling_cases import draw_telling_points
from gradcheck.causes.wrong_value import WrongValue
from gradcheck.isolation import silence_warnings


def scale_by(factor, reference):
    """The op that multiplies by a setting and by a factor."""
    return Op(
        "scale",
        lambda x, p: (factor * p * x, p),
        lambda dy, p: factor * p * dy,
        reference,
        inputs={"x": Array("N D")},
        settings={"p": choice(0.25, 0.5)},
    )


def first_case(op):
    """The first telling case of an op of one output."""
    return WrongValue(op, next(draw_telling_points(op, 0)), 0)


def test_what_forward_returns_is_compared_with_the_reference():
    right, wrong = (first_case(scale_by(factor, lambda x, p: p * x)) for factor in (1.0, 2.0))
    assert (right.is_wrong, wrong.is_wrong) == (False, True)
    assert wrong.claimed == pytest.approx(2 * wrong.expected)
    assert wrong.is_claimed(2 * wrong.expected)


def test_the_reference_is_asked_at_other_points_and_settings():
    case = first_case(scale_by(1.0, lambda x, p: p * x))
    (x,) = case.inputs.values()
    assert case.compute(point=(np.ones_like(x),)) == pytest.approx(np.full(x.shape, case.case.settings["p"]))
    assert case.compute(settings={"p": 3.0}) == pytest.approx(3 * x)


def test_where_the_reference_cannot_be_run_or_is_not_finite_nothing_is_expected():
    def raising(x, p):
        raise ValueError("no reference")

    assert first_case(scale_by(1.0, raising)).expected is None
    with silence_warnings():
        assert first_case(scale_by(1.0, lambda x, p: x / 0.0)).expected is None
    assert not first_case(scale_by(1.0, raising)).is_wrong


def test_outputs_are_equal_but_for_rounding():
    case = first_case(scale_by(1.0, lambda x, p: p * x))
    y = np.ones((2, 3))
    assert case.are_equal(y + 1e-12, y)
    assert not case.are_equal(y + 1e-6, y)
    assert not case.are_equal(y.T, y)
    assert not case.are_equal(y * np.nan, y * np.nan)
