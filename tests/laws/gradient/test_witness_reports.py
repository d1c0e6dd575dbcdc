"""A claimed gradient beside what a witness expects."""

import numpy as np
import pytest

from gradcheck.laws.gradient.witness_reports import divide_error, report_direction, report_elements
from gradcheck.oracles.error_factors import EPS
from gradcheck.records.evidence import Estimate, Witness
from tests.laws.gradient.cases import SINE, WRONG_SINE, X, prepare

ONE = np.ones(2)


@pytest.mark.parametrize(
    ("gap", "whole", "relative"), [(0.0, 0.0, 0.0), (1.0, 0.0, np.inf), (np.nan, 1.0, np.inf), (1.0, 4.0, 0.25)]
)
def test_a_relative_error_is_zero_or_infinite_where_there_is_nothing_to_divide_by(gap, whole, relative):
    assert divide_error(gap, whole) == relative


def test_elements_within_the_error_agree():
    report = report_elements(ONE + 1e-9, ONE, np.full(2, 1e-8), None)
    assert (report.witness, report.agrees, report.lost_digits) == (Witness.AUTODIFF, True, False)


def test_beyond_it_the_own_rounding_is_added():
    bar = np.full(2, 1e-12)
    assert not report_elements(ONE + 1e-9, ONE, bar, lambda: bar).agrees
    assert report_elements(ONE + 1e-9, ONE, bar, lambda: np.full(2, 1e-8)).agrees


def test_an_agreement_by_rounding_alone_that_takes_half_of_the_digits_is_one_of_lost_digits():
    report = report_elements(ONE + 1e-6, ONE, np.full(2, EPS), lambda: np.full(2, 1e-5))
    assert report.agrees
    assert report.lost_digits
    assert not report_elements(ONE + 1e-9, ONE, np.full(2, EPS), lambda: np.full(2, 1e-5)).lost_digits


def test_a_witness_that_does_not_know_half_of_the_digits_is_not_precise():
    assert not report_elements(ONE, ONE, np.full(2, 1e-3), None).is_precise
    assert report_elements(ONE, ONE, np.full(2, 1e-12), None).is_precise


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
