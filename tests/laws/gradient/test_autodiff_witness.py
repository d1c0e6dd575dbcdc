"""Step 2: autodiff of the reference, element by element."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.laws.gradient.autodiff_witness import match_last_digits, moves_an_output, report_autodiff
from tests.laws.gradient.cases import SINE, WRONG_SINE, X, make_op, prepare


def test_without_a_reference_it_is_silent():
    assert report_autodiff(prepare(replace(SINE, reference=None), X)) == {}


def test_a_gradient_equal_to_the_last_digits_needs_no_measurement():
    assert match_last_digits(prepare(SINE, X))[0].agrees
    assert match_last_digits(prepare(WRONG_SINE, X)) == {}


def test_a_wrong_gradient_is_contradicted_with_its_worst_element():
    report = report_autodiff(prepare(WRONG_SINE, X))[0]
    assert not report.agrees
    assert abs(report.relative_error - 1) < 1e-12
    assert len(report.difference.where) == 1


def test_a_reference_of_another_shape_is_silent():
    assert report_autodiff(prepare(replace(SINE, reference=lambda x: namespace(x).sin(x)[None]), X)) == {}


def test_a_reference_that_raises_is_silent():
    def raising(x):
        raise ValueError("no")

    assert report_autodiff(prepare(replace(SINE, reference=raising), X)) == {}


def test_a_reference_that_overflows_on_the_way_is_silent():
    log_of_exp = make_op(lambda x: x * 1.0, lambda dy, x: dy, lambda x: namespace(x).log(namespace(x).exp(x)))
    assert report_autodiff(prepare(log_of_exp, [800.0, 1.0])) == {}


def test_digits_lost_by_a_unit_that_saturates_move_no_output():
    case = prepare(SINE, X)
    assert moves_an_output(case, 0, np.full(3, 1e-3))
    assert not moves_an_output(case, 0, np.full(3, 1e-18))
