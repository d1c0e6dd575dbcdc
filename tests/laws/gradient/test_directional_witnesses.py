"""Differences and directional oracles as witnesses, along a few directions."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.declaration.op import Array, Op
from gradcheck.laws.comparison import EMPTY_DIFFERENCE
from gradcheck.laws.gradient.directional_witnesses import (
    has_uneven_sizes,
    report_differences,
    report_oracle,
    stands_out,
    worst_of,
)
from gradcheck.laws.gradient.witness_reports import WitnessReport
from gradcheck.oracles.complex_step import COMPLEX_STEP_ORACLE
from gradcheck.oracles.directional import Care
from tests.laws.gradient.preparing import prepare

X, W = np.array([1.0, -2.0, 3.0]), np.array([0.5, 4.0, -1.0])
PRODUCT = Op(
    "product",
    lambda x, w: (x * w, (x, w)),
    lambda dy, cache: (dy * cache[1], dy * cache[0]),
    inputs={"x": Array("N"), "w": Array("N")},
)


def change(case, i, factor):
    """The case with one of its gradients multiplied."""
    gradients = tuple(factor * g if j == i else g for j, g in enumerate(case.gradients))
    return replace(case, gradients=gradients)


@pytest.mark.parametrize("care", [Care.QUICK, Care.FULL])
@pytest.mark.parametrize("i", [None, 0, 1])
def test_differences_agree_with_a_right_gradient(care, i):
    report = report_differences(prepare(PRODUCT, X, W, care=care), i)
    assert (report.witness, report.agrees) == ("differences", True)


def test_an_input_that_moves_alone_shows_which_gradient_is_wrong():
    case = change(prepare(PRODUCT, X, W), 1, 1.001)
    assert not report_differences(case, None).agrees
    assert report_differences(case, 0).agrees
    assert not report_differences(case, 1).agrees


@pytest.mark.parametrize("factor", [1.0, 1 + 1e-12, 1 + 1e-6])
def test_the_complex_step_speaks_in_more_digits(factor):
    report = report_oracle(COMPLEX_STEP_ORACLE, change(prepare(PRODUCT, X, W), 0, factor), 0)
    assert report.witness == "complex step"
    assert report.agrees is (factor == 1.0)


def test_an_oracle_that_cannot_speak_is_silent():
    op = Op("abs", lambda x: (np.abs(x), x), lambda dy, x: dy * np.sign(x), inputs={"x": Array("N")})
    assert report_oracle(COMPLEX_STEP_ORACLE, prepare(op, X), None) is None


def test_the_worst_report_has_the_largest_difference():
    reports = [WitnessReport("a", replace(EMPTY_DIFFERENCE, ratio=ratio), 0.0, True) for ratio in (0.5, 2.0, 1.0)]
    assert worst_of([None, *reports]) is reports[1]
    assert worst_of([None]) is None


@pytest.mark.parametrize(
    ("x", "uneven"), [([1.0, 1e-3], False), ([1.0, 1e-6], True), ([1.0, 0.0], False), ([], False), ([0.0], False)]
)
def test_sizes_are_uneven_where_the_finest_step_is_coarse_for_the_smallest(x, uneven):
    assert has_uneven_sizes(np.array(x)) is uneven


def test_an_input_stands_out_unless_another_hides_it():
    both = prepare(PRODUCT, X, W)
    assert stands_out(both, 0)
    assert not stands_out(change(both, 0, 1e-12), 0)
