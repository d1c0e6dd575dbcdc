"""Autodiff of the reference as a witness, element by element."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.op import Array, Op, namespace
from gradcheck.laws.gradient.autodiff_witness import (
    compare_with_reference,
    last_digits,
    match_last_digits,
    moves_an_output,
    report_autodiff,
)
from gradcheck.oracles.error_factors import EPS, REPEATS
from tests.laws.gradient.preparing import prepare

X = np.array([0.5, -2.0, 3.0])


def sine_with(slope):
    """A sine with this slope."""
    return Op(
        "sine",
        lambda x: (np.sin(x), x),
        lambda dy, x: dy * slope(x),
        lambda x: namespace(x).sin(x),
        inputs={"x": Array("N")},
    )


def test_a_right_gradient_agrees_to_the_last_digits_and_nothing_is_measured():
    case = prepare(sine_with(np.cos), X)
    report = match_last_digits(case)[0]
    assert report.agrees
    assert report.relative_error < 4 * EPS
    assert report_autodiff(case)[0] == report


def test_a_wrong_element_is_found():
    def slope(x):
        return np.cos(x) * np.where(x == 3.0, 1 + 1e-9, 1.0)

    case = prepare(sine_with(slope), X)
    assert match_last_digits(case) == {}
    report = report_autodiff(case)[0]
    assert not report.agrees
    assert report.difference.where == (2,)


def test_without_a_reference_or_where_it_raises_it_is_silent():
    def refuse(x):
        raise ZeroDivisionError("no")

    op = sine_with(np.cos)
    for reference in (None, refuse, lambda x: namespace(x).sum(x)):
        assert report_autodiff(prepare(replace(op, reference=reference), X)) == {}


def test_where_the_reference_overflows_on_the_way_it_is_silent():
    def reference(x):
        xp = namespace(x)
        return xp.log(xp.exp(x))

    op = Op("same", lambda x: (x * 1.0, None), lambda dy, cache: dy * 1.0, reference, inputs={"x": Array("N")})
    assert report_autodiff(prepare(op, np.array([800.0, 1.0]))) == {}


def test_digits_that_backward_loses_are_no_error_and_are_told():
    def slope(x):
        return (np.cos(x) + 1e9) - 1e9

    (report,) = report_autodiff(prepare(sine_with(slope), X)).values()
    assert (report.agrees, report.lost_digits) == (True, True)


def test_digits_of_a_saturated_unit_move_no_output():
    op = sine_with(np.cos)
    case = prepare(op, X)
    assert moves_an_output(case, 0, np.full(3, 1e-3))
    assert not moves_an_output(case, 0, np.full(3, EPS))


def test_the_last_digits_are_those_of_the_element_and_of_the_largest():
    error = last_digits(np.array([1.0, 1e-20]))
    assert error[0] > 8 * EPS
    assert error[1] >= 8 * EPS


def test_an_input_where_the_reference_knows_nothing_is_left_out():
    def reference(x):
        return namespace(x).where(x > 100, x, namespace(x).sqrt(x - x) + x)

    op = Op("same", lambda x: (x * 1.0, None), lambda dy, cache: dy * 1.0, reference, inputs={"x": Array("N")})
    assert compare_with_reference(prepare(op, X), [0], REPEATS) == {}
