"""A claimed gradient beside what a witness expects."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.laws.gradient.reports import report_together
from gradcheck.laws.gradient.witness_reports import divide_error, report_direction, report_elements
from gradcheck.oracles.directional import Care
from gradcheck.oracles.error_factors import EPS
from gradcheck.records.evidence import Estimate, Witness
from tests.laws.gradient.cases import SINE, WRONG_SINE, X, make_op, prepare

ONE = np.ones(2)


def refuse():
    """A rounding that nobody asks for."""
    raise AssertionError


@pytest.mark.parametrize(
    ("gap", "whole", "relative"), [(0.0, 0.0, 0.0), (1.0, 0.0, np.inf), (np.nan, 1.0, np.inf), (1.0, 4.0, 0.25)]
)
def test_a_relative_error_is_zero_or_infinite_where_there_is_nothing_to_divide_by(gap, whole, relative):
    assert divide_error(gap, whole) == relative


def test_elements_within_the_error_agree():
    report = report_elements(ONE + 1e-9, ONE, np.full(2, 1e-8), refuse)
    assert (report.witness, report.agrees, report.lost_digits) == (Witness.AUTODIFF, True, False)


def test_beyond_it_the_own_rounding_is_added():
    bar = np.full(2, 1e-12)
    assert not report_elements(ONE + 1e-9, ONE, bar, lambda: bar, accept_rounding=True).agrees
    assert not report_elements(ONE + 1e-9, ONE, bar, lambda: np.full(2, 1e-8)).agrees
    assert report_elements(ONE + 1e-9, ONE, bar, lambda: np.full(2, 1e-8), accept_rounding=True).agrees


def test_an_agreement_by_rounding_alone_that_takes_half_of_the_digits_is_one_of_lost_digits():
    def report(off):
        return report_elements(ONE + off, ONE, np.full(2, EPS), lambda: np.full(2, 10.0), accept_rounding=True)

    assert all(report(off).agrees and not report(off).is_silent for off in (1e-6, 0.5))
    assert [report(off).lost_digits for off in (1e-9, 1e-6, 0.5)] == [False, True, True]
    assert [report(off).has_no_right_digit for off in (1e-9, 1e-6, 0.5)] == [False, False, True]


def test_a_rounding_that_cannot_be_measured_says_nothing():
    report = report_elements(ONE + 1e-6, ONE, np.full(2, EPS), lambda: np.full(2, np.nan), accept_rounding=True)
    assert (report.agrees, report.is_silent, report.lost_digits) == (True, True, False)


def test_a_bar_as_large_as_what_it_judges_says_nothing():
    assert report_elements(ONE, ONE, np.full(2, 1.0), lambda: 0 * ONE).is_silent
    assert not report_elements(ONE, ONE, np.array([1.0, 1e-3]), lambda: 0 * ONE).is_silent


def test_zero_is_known_where_both_are_zero_to_the_rounding_of_their_terms():
    noise, zero = np.full(2, 1e-17), np.zeros(2)
    assert not report_elements(zero, zero, np.full(2, 1e-15), refuse).is_silent
    assert not report_elements(noise, -noise, np.full(2, 1e-15), refuse, slope_size=1.0).is_silent
    wide = np.full(2, 1e-10)
    assert not report_elements(noise, -noise, wide, lambda: 10 * noise, slope_size=1.0).is_silent
    assert report_elements(noise, -noise, wide, lambda: 0 * noise, slope_size=1.0).is_silent
    assert report_elements(noise, -noise, wide, lambda: 10 * noise, slope_size=1e-3).is_silent


def test_a_witness_that_does_not_know_half_of_the_digits_is_not_precise():
    assert not report_elements(ONE, ONE, np.full(2, 1e-3), refuse).is_precise
    assert report_elements(ONE, ONE, np.full(2, 1e-12), refuse).is_precise


def test_a_direction_tells_a_right_gradient_from_a_wrong_one():
    for op, agrees in ((SINE, True), (WRONG_SINE, False)):
        case = prepare(op, X)
        report = report_direction(case, case.derivatives[0], case.derivatives[0].estimate, Witness.DIFFERENCES)
        assert report.agrees == agrees
        assert report.evidence.agrees == agrees


def test_a_witness_that_knows_nothing_of_a_used_output_is_silent():
    case = prepare(SINE, X)
    unknown = Estimate(np.ones(3), np.full(3, np.inf))
    assert report_direction(case, case.derivatives[0], unknown, Witness.DIFFERENCES) is None


def test_a_direction_along_which_nothing_moves_says_nothing():
    case = prepare(SINE, X)
    still = replace(case.derivatives[0], direction=(np.zeros(3),))
    assert report_direction(case, still, still.estimate, Witness.DIFFERENCES) is None


@pytest.mark.parametrize(("error", "silent"), [(1e-9, False), (10.0, True)])
def test_a_wide_bar_along_a_direction_says_nothing(error, silent):
    case = prepare(SINE, X)
    derivative = case.derivatives[0]
    wide = Estimate(derivative.estimate.value, np.full(3, error))
    report = report_direction(case, derivative, wide, Witness.DIFFERENCES)
    assert (report.agrees, report.is_silent) == (True, silent)


def test_a_gradient_of_zero_is_known_beside_differences_that_see_nothing():
    floor = prepare(make_op(lambda x: np.floor(x / 3), lambda dy, x: 0 * dy), X)
    (report, *_) = report_together(floor)
    assert (report.agrees, report.is_silent) == (True, False)


def test_a_rounding_of_backward_excuses_no_gradient_without_a_digit():
    swallowed = make_op(np.sin, lambda dy, x: (dy * np.cos(x) + 1e30) - 1e30)
    (report, *_) = report_together(prepare(swallowed, X))
    assert (report.agrees, report.lost_digits, report.has_no_right_digit) == (True, True, True)


def test_digits_that_no_output_needs_may_be_lost():
    saturated = make_op(np.tanh, lambda dy, x: dy * (1 - np.tanh(x) ** 2))
    (report, *_) = report_together(prepare(saturated, [19.0, 19.5]))
    assert (report.agrees, report.lost_digits) == (True, False)


def normalize_one_by_one(x):
    return (x - x) / 0.003 * 5e4 + 1e-6


def test_a_zero_within_the_rounding_of_its_terms_has_lost_no_digits():
    op = make_op(normalize_one_by_one, lambda dy, x: (dy * 5e4 / 3 - dy * 5e4 / 7 - dy * 5e4 * (1 / 3 - 1 / 7)) / 0.003)
    (report, *_) = report_together(prepare(op, [5032.0, 17.0]))
    assert report.difference.got != 0
    assert (report.agrees, report.lost_digits, report.is_silent) == (True, False, False)


def test_a_zero_within_the_rounding_of_terms_as_large_as_all_inputs_together_has_lost_no_digits():
    """Layer norm of one feature: its terms are gamma / 0.003, and cancel."""

    def normalize(x, gamma):
        return (x - x) / 0.003 * gamma + 1e-6, gamma

    def backward(dy, gamma):
        g = dy * gamma
        return (g / 3 - g / 7 - g * (1 / 3 - 1 / 7)) / 0.003, np.zeros(2)

    op = Op("f", normalize, backward, inputs={"x": Array("N"), "gamma": Array("N")})
    prepared = prepare(op, [5032.0, 17.0], [8e9, 7e9], upstream=(np.array([1.4, 2.5]),))
    alone = prepared.derivatives_along(0, Care.FULL)
    reports = [report_direction(prepared, slope, slope.estimate, "differences") for slope in alone]
    assert any(report.difference.got for report in reports)
    assert all((report.agrees, report.lost_digits) == (True, False) for report in reports)
