"""Relative errors of single elements: small elements count as much as large ones."""

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.laws.gradient.elementwise_errors import measure_elementwise_errors
from gradcheck.records.evidence import ELEMENTWISE, ErrorKey
from tests.laws.gradient.cases import SINE, X, prepare

KEY = ErrorKey("x", ELEMENTWISE)
TAILS = np.array([-40.0, -20.0, 0.5, 20.0, 40.0])


def reference(x):
    import jax.numpy as jnp

    return jnp.logaddexp(0, x)


def softplus(slope):
    """The softplus with a slope of its own."""
    forward = lambda x: (np.logaddexp(0, x), x)  # noqa: E731
    return Op("softplus", forward, lambda dy, x: dy * slope(x), reference, inputs={"x": Array("N")})


def test_a_stable_formula_has_no_error_that_the_reference_does_not_explain():
    stable = softplus(lambda x: np.exp(-np.logaddexp(0, -x)))
    assert measure_elementwise_errors(prepare(stable, TAILS))[KEY] < 1e-13


def test_a_formula_that_loses_its_digits_in_the_tails_has_lost_them_all():
    worse = softplus(lambda x: 1 - 1 / (1 + np.exp(x)))
    assert measure_elementwise_errors(prepare(worse, TAILS))[KEY] == pytest.approx(1)


def test_what_is_no_number_is_infinitely_wrong():
    broken = softplus(lambda x: np.where(x < 0, np.nan, 1.0))
    assert measure_elementwise_errors(prepare(broken, TAILS))[KEY] == np.inf


def test_elements_at_a_kink_and_those_that_cancel_are_not_compared():
    kinked = Op("abs", lambda x: (np.abs(x), x), lambda dy, x: dy * np.sign(x), abs, inputs={"x": Array("N")})
    assert measure_elementwise_errors(prepare(kinked, np.array([0.0, 2.0])))[KEY] == 0


def test_without_a_reference_nothing_is_known_of_an_element():
    from dataclasses import replace

    assert measure_elementwise_errors(prepare(replace(SINE, reference=None), X)) == {}
    assert measure_elementwise_errors(prepare(SINE, X)).keys() == {KEY}
