"""Step 2: differences and directional oracles."""

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.laws.gradient.directional_witnesses import (
    has_uneven_sizes,
    report_differences,
    report_oracle,
    stands_out,
    worst_of,
)
from gradcheck.oracles.complex_step import COMPLEX_STEP_ORACLE
from gradcheck.oracles.directional import Care
from gradcheck.records.evidence import Estimate, Witness
from tests.laws.gradient.cases import SINE, WRONG_SINE, X, make_op, prepare


@pytest.mark.parametrize("care", [Care.QUICK, Care.FULL])
def test_differences_tell_a_right_gradient_from_a_wrong_one(care):
    assert report_differences(prepare(SINE, X, care=care), None).agrees
    assert not report_differences(prepare(WRONG_SINE, X, care=care), None).agrees


def test_the_complex_step_tells_them_apart_as_well():
    assert report_oracle(COMPLEX_STEP_ORACLE, prepare(SINE, X), None).agrees
    assert not report_oracle(COMPLEX_STEP_ORACLE, prepare(WRONG_SINE, X), None).agrees


def test_an_oracle_that_cannot_speak_is_silent():
    absolute = make_op(np.abs, lambda dy, x: dy * np.sign(x))
    assert report_oracle(COMPLEX_STEP_ORACLE, prepare(absolute, X), None) is None


def test_any_oracle_may_speak_by_its_name():
    class Exact:
        name = "exact"

        def differentiate(self, evaluator, derivative, rng):
            (x,), (v,) = evaluator.case.point, derivative.direction
            return Estimate(np.cos(x) * v, np.full(x.size, 1e-13))

    assert report_oracle(Exact(), prepare(SINE, X), None).witness == "exact"
    assert not report_oracle(Exact(), prepare(WRONG_SINE, X), None).agrees


def test_one_input_may_move_alone():
    def backward(dy, cache):
        x, w = cache
        return dy * w, 2 * dy * x

    op = Op("product", lambda x, w: (x * w, (x, w)), backward, inputs={"x": Array("N"), "w": Array("N")})
    case = prepare(op, X, X + 1)
    assert report_differences(case, 0).agrees
    assert not report_differences(case, 1).agrees
    assert report_differences(case, None).witness == Witness.DIFFERENCES


def test_the_worst_of_no_reports_is_none():
    assert worst_of([None, None]) is None


def test_sizes_are_uneven_beyond_a_ratio():
    assert has_uneven_sizes(np.array([1.0, 1e-9, 0.0]))
    assert not has_uneven_sizes(np.array([1.0, 1e-3, 0.0]))
    assert not has_uneven_sizes(np.zeros(3))


def test_a_tiny_share_does_not_stand_out():
    def backward(dy, cache):
        return dy, 1e-12 * dy

    op = Op("sum", lambda x, w: (x + 1e-12 * w, None), backward, inputs={"x": Array("N"), "w": Array("N")})
    case = prepare(op, X, X + 1)
    assert stands_out(case, 0)
    assert not stands_out(case, 1)
