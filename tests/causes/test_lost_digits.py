"""Digits that cancel are told from formulas that are wrong far out."""

import numpy as np
import pytest

from gradcheck import Array, Op
from gradcheck.causes.lost_digits import find_lost_digits
from gradcheck.isolation import silence_warnings
from gradcheck.records.case import Case


def softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))), x


def by_tanh(dy, x):
    return dy * 0.5 * (1 + np.tanh(x / 2))


def by_complement(dy, x):
    return dy * (1 - 1 / (1 + np.exp(x)))


def by_quotient(dy, x):
    e = np.exp(-np.abs(x))
    return dy * np.where(x > 0, 1 / (1 + e), e / (1 + e))


def cut_off(dy, x):
    return by_quotient(dy, x) * (x > -20) * (1 + 0 * ((1 + 1e-9 * x) - 1))


def explain_at(backward, *values):
    op = Op("softplus", softplus, backward, inputs={"x": Array("N")})
    x = np.array(values)
    with silence_warnings():
        return find_lost_digits(op, "x", [Case("softplus", {"x": x}, (np.ones_like(x),), {}, seed=0)])


@pytest.mark.parametrize(("backward", "where"), [(by_tanh, "1 + np.tanh(x / 2)"), (by_complement, "1 - 1 / (1 +")])
@pytest.mark.parametrize("x", [-30.0, -100.0])
def test_a_difference_of_nearly_equal_numbers_is_told(backward, where, x):
    cause, tried = explain_at(backward, x, 0.5)
    assert cause.name == "cancellation"
    assert where in cause.words
    assert tried == 1


@pytest.mark.parametrize(("backward", "x"), [(by_tanh, 0.5), (by_quotient, -100.0), (cut_off, -30.0)])
def test_what_is_right_or_wrong_for_another_reason_has_no_such_cause(backward, x):
    assert explain_at(backward, x) is None
