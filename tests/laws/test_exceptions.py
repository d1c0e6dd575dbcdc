"""Exceptions of the code under test: a crash, or a warning where numbers are too large for it."""

import math

import numpy as np
import pytest

from gradcheck import Array, Op, check, real
from gradcheck.checking.op_check import examine_case
from gradcheck.laws.registry import load_laws
from gradcheck.records.case import Case
from tests.laws.observing import observe


def exp_by_lists(x):
    y = np.array([math.exp(t) for t in x.tolist()], x.dtype)
    return y, y.copy()


def refuse_with(error):
    def forward(x):
        if np.any(np.abs(x) > 1e4):
            raise error
        return 2 * x, None

    return forward


def make_op(forward, domain=None):
    backward = (lambda dy, y: dy * y) if forward is exp_by_lists else (lambda dy, cache: 2 * dy)
    return Op("it", forward, backward, inputs={"x": Array("N", domain or real())})


def find_contract(op, values):
    case = Case(op.name, {"x": np.asarray(values, float)}, (), {}, 0)
    (finding,) = examine_case(op, case, [load_laws()["contract"]])["contract"].findings
    return finding


@pytest.mark.parametrize(
    ("forward", "values", "status"),
    [
        (exp_by_lists, [1000.0], "warning"),
        (refuse_with(np.linalg.LinAlgError("singular")), [2e4], "warning"),
        (refuse_with(ValueError("too large")), [2e4], "warning"),
        (refuse_with(IndexError("out of range")), [2e4], "crashed"),
        (refuse_with(TypeError("no")), [2e4], "crashed"),
        (lambda x: (np.array([1 / t for t in x.tolist()]), x), [0.0], "crashed"),
        (lambda x: (np.array([math.sqrt(t) for t in x.tolist()]), x), [-2000.0], "crashed"),
    ],
)
def test_what_only_large_numbers_raise_is_a_warning(forward, values, status):
    assert find_contract(make_op(forward), values).status == status


def test_bounds_are_advised_within_which_nothing_is_raised():
    finding = find_contract(make_op(exp_by_lists), [1000.0])
    assert finding.claim == "forward raised OverflowError: math range error"
    assert finding.hint == 'If such values are not meant, say so: x=Array("N", real(-512, 512)).'


def test_where_a_domain_holds_the_values_it_is_a_crash():
    assert find_contract(make_op(exp_by_lists, real(-2000, 2000)), [1000.0]).status == "crashed"


def test_what_is_raised_at_an_extreme_point_is_told_there():
    (finding,) = observe("extremes", make_op(refuse_with(IndexError("out of range"))), [3.0]).findings
    assert finding.status == "crashed"
    assert finding.case.inputs["x"].tolist() == [3.0 * 2**13]


def test_a_right_op_that_raises_beyond_the_ordinary_is_not_accused():
    result = check(make_op(exp_by_lists), examples=40)
    assert result.status == "warning"
    assert {finding.status for finding in result.findings} == {"warning"}
