"""What a witness says of a gradient: the difference, within its own error bar."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.declaration.op import Array, Op
from gradcheck.laws.gradient.witness_reports import divide_error, report_direction, report_elements
from gradcheck.records.evidence import Estimate, Witness
from tests.laws.gradient.preparing import prepare

X = np.array([1.0, -2.0, 3.0])
SQUARE = Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, inputs={"x": Array("N")})


@pytest.mark.parametrize(
    ("gap", "whole", "quotient"),
    [(0.0, 0.0, 0.0), (1.0, 4.0, 0.25), (1.0, 0.0, np.inf), (np.inf, 1.0, np.inf), (np.nan, 1.0, np.inf)],
)
def test_an_error_is_relative_and_infinite_where_nothing_is_there(gap, whole, quotient):
    assert divide_error(gap, whole) == quotient


def refuse_to_measure():
    raise AssertionError("the backward's own rounding was measured")


def report(got, expected, error, own_rounding=refuse_to_measure):
    return report_elements(np.array(got), np.array(expected), np.array(error), own_rounding)


def test_within_the_error_bar_the_reference_agrees_and_nothing_is_measured():
    said = report([1.0, 2.0 + 1e-12], [1.0, 2.0], [1e-11, 1e-11])
    assert (said.witness, said.agrees, said.lost_digits, said.is_precise) == (Witness.AUTODIFF, True, False, True)
    assert said.relative_error == pytest.approx(5e-13, rel=1e-3)


def test_beyond_it_the_rounding_of_backward_may_explain_a_difference_and_then_digits_are_lost():
    measured = report([1.0 + 1e-4], [1.0], [1e-11], lambda: np.array([1e-3]))
    assert (measured.agrees, measured.lost_digits) == (True, True)
    unexplained = report([1.0 + 1e-4], [1.0], [1e-11], lambda: np.array([1e-6]))
    assert not unexplained.agrees


def test_nan_is_explained_by_no_rounding():
    assert not report([np.nan], [1.0], [1e-11]).agrees


def test_an_error_bar_of_half_the_digits_is_not_precise():
    assert not report([1.0], [1.0], [1e-6]).is_precise


def test_evidence_has_the_numbers_of_the_difference():
    evidence = report([3.0, 1.0], [1.0, 1.0], [0.5, 0.5], None).evidence
    assert (evidence.witness, evidence.claimed, evidence.expected, evidence.error) == ("autodiff", 3.0, 1.0, 0.5)
    assert not evidence.agrees


def test_along_a_direction_a_right_gradient_agrees_and_a_wrong_one_does_not():
    right = prepare(SQUARE, X)
    wrong = replace(right, gradients=(1.001 * right.gradients[0],))
    derivative = right.derivatives[0]
    assert report_direction(right, derivative, derivative.estimate, "differences").agrees
    said = report_direction(wrong, derivative, derivative.estimate, "differences")
    assert not said.agrees
    assert said.relative_error <= 1.1e-3


def test_a_witness_that_does_not_know_an_output_in_use_is_silent():
    case = prepare(SQUARE, X)
    derivative = case.derivatives[0]
    unknown = Estimate(derivative.estimate.value, np.full(3, np.inf))
    assert report_direction(case, derivative, unknown, "differences") is None
