"""Which functions have one variable, and their curves."""

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.discovery.library import load_library_ops
from gradcheck.evaluation.evaluator import UserError
from gradcheck.report.curves import is_univariate, sample_curves
from gradcheck.report.worked_example import make_small_case

OPS = {op.name: op for op in load_library_ops()}


def make_op(shape, forward=lambda x: (np.tanh(x), x), **parts):
    """An op of one input, by default a tanh."""
    return Op("own", forward, lambda dy, x: dy / np.cosh(x) ** 2, inputs={"x": Array(shape)}, **parts)


@pytest.mark.parametrize("shape", ["*S", "N", "N D", "N 3"])
def test_what_maps_each_element_by_itself_has_one_variable(shape):
    op = make_op(shape)
    assert is_univariate(op, make_small_case(op))


@pytest.mark.parametrize(
    "op",
    [
        make_op("N D", lambda x: (np.cumsum(x, axis=1), x)),
        make_op("*S", lambda x: (x - x.mean(), x)),
        make_op("N", lambda x: (np.sort(x), x)),
        make_op("N", lambda x: (x[::-1].copy(), x)),
        make_op(""),
        make_op("N", lambda x: (1 / 0, x)),
        make_op("N", settings={"by": choice(1, 2)}),
        OPS["sum_of_squares"],
        OPS["add"],
    ],
    ids=[
        "sums up",
        "subtracts its mean",
        "sorts",
        "reverses",
        "a number",
        "raises",
        "a setting",
        "one sum",
        "two inputs",
    ],
)
def test_other_functions_have_not(op):
    assert not is_univariate(op, make_small_case(op))


@pytest.mark.parametrize("shape", [(2,), (2, 3)])
def test_value_and_slope_are_sampled_over_the_domain_near_zero(shape):
    x, curves = sample_curves(make_op("N" if len(shape) == 1 else "N D"), shape)
    assert (x[0], x[-1], len(x)) == (-4, 4, 257)
    assert list(curves) == ["own(x)", "slope"]
    np.testing.assert_array_equal(curves["own(x)"], np.tanh(x))
    np.testing.assert_array_equal(curves["slope"], 1 / np.cosh(x) ** 2)


def test_a_domain_bounds_what_is_sampled():
    x, _ = sample_curves(OPS["log"], (2,))
    assert x.min() > 0


def test_what_the_code_raises_is_an_error_of_the_user():
    with pytest.raises(UserError, match="ZeroDivisionError"):
        sample_curves(make_op("N", lambda x: (1 / 0, x)), (2,))
