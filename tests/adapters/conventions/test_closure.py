"""Functions that return (y, backprop): right ones hold, wrong ones are told from them."""

import numpy as np
import pytest

from gradcheck import adapt, check
from gradcheck.adapters import AdapterError
from gradcheck.adapters.conventions.closure import split_output_and_backprop
from tests.adapters import example_layers as at
from tests.adapters.verdicts import assert_caught, assert_counterexample_shows_claim, assert_passes


def halves(x):
    """Two outputs, whose upstreams backprop takes one by one."""
    return (x / 2, x * x), lambda da, db: da / 2 + 2 * x * db


def halves_together(x):
    """The same with a backprop that takes them as one."""
    return (x / 2, x * x), lambda dys: dys[0] / 2 + 2 * x * dys[1]


@pytest.mark.parametrize(
    ("function", "declared"), [(at.relu, {"x": "N D"}), (at.dense, {}), (halves, {}), (halves_together, {})]
)
def test_a_right_closure_holds(function, declared):
    assert_passes(adapt(function, adapter="closure", **declared))


@pytest.mark.slow
def test_a_wrong_closure_is_caught_and_shown_as_it_is_called():
    op = adapt(at.wrong_dense, adapter="closure")
    assert_caught(op, "w")
    assert_counterexample_shows_claim(op)


def test_the_forward_itself_under_jax_is_a_witness():
    result = check(adapt(at.relu, adapter="closure", x="N D"), examples=8, laws=("gradient",))
    assert "autodiff" in result.witnesses


def test_a_class_is_called_by_its_constructor():
    with pytest.raises(AdapterError, match="Listed has no parameter 'x'; It has: n, m"):
        adapt(at.Listed, adapter="closure", x="N 3")


@pytest.mark.parametrize(("returned", "said"), [(np.ones(3), "a ndarray"), ((1, 2, 3), "a tuple"), ((1, 2), "a tuple")])
def test_anything_else_that_is_returned_is_named(returned, said):
    with pytest.raises(TypeError, match=rf"it returned {said}, not \(y, backprop\)"):
        split_output_and_backprop(returned)
