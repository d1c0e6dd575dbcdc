"""kinks: the gradient lies between the one-sided slopes, by one convention."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck import load
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.pointwise import pointwise
from tests.laws.observing import claims, observe


def relu_with(at_zero):
    """A rectifier with this slope at zero."""
    return pointwise(
        "relu",
        value=lambda x: np.maximum(x, 0),
        slope=lambda x, y: np.where(x == 0, at_zero, x > 0),
        reference=lambda x: namespace(x).where(x > 0, x, 0 * x),
    )


def maximum_with(share):
    """The largest of a vector; share(winners) of the upstream goes to those that tie."""
    return Op(
        "max",
        lambda x: (x.max(), x),
        lambda dy, x: dy * share(x == x.max()),
        lambda x: namespace(x).max(x),
        inputs={"x": Array("N")},
    )


@pytest.mark.parametrize(("at_zero", "name"), [(0.0, "zero"), (0.5, "middle"), (1.0, "right"), (0.25, "0.25")])
def test_between_the_slopes_beside_it_any_slope_is_right_and_named(at_zero, name):
    seen = observe("kinks", relu_with(at_zero), np.array([0.0, 1.0, -2.0]))
    assert seen.findings == ()
    assert {c.kink: c.convention for c in seen.conventions} == {"x between slopes 0 and 1": name}


@pytest.mark.parametrize("at_zero", [2.0, -0.5])
def test_outside_the_slopes_beside_it_is_found_with_both(at_zero):
    (finding,) = observe("kinks", relu_with(at_zero), np.array([0.0, 1.0])).findings
    assert finding.claim == f"at a kink the gradient of x[0] is {at_zero:g}, outside the one-sided slopes [0, 1]"
    assert finding.input == "x"
    assert finding.hint == "Any value between the slopes on both sides is lawful."


def test_away_from_kinks_it_abstains():
    assert observe("kinks", relu_with(2.0), np.array([1.0, -2.0])).abstained == "no kink in this case"


def test_a_line_on_which_slopes_are_neither_convex_nor_concave_bounds_nothing():
    saddle = Op(
        "saddle",
        lambda x, y: (np.maximum(x, 0) - 3 * np.maximum(y, 0), (x, y)),
        lambda dy, c: (dy * (c[0] > 0), -3 * dy * (c[1] > 0)),
        inputs={"x": Array("N"), "y": Array("N")},
    )
    seen = observe("kinks", saddle, np.zeros(1), np.zeros(1))
    assert seen.abstained == "one-sided slopes are neither convex nor concave here, so they bound nothing"


@pytest.mark.parametrize(
    ("share", "name"),
    [
        (lambda w: np.arange(w.size) == w.argmax(), "first"),
        (lambda w: w / w.sum(), "split"),
    ],
)
def test_who_takes_the_gradient_of_a_tie_is_named(share, name):
    seen = observe("kinks", maximum_with(share), np.array([1.0, 3.0, 3.0]))
    assert (seen.findings, {c.kink: c.convention for c in seen.conventions}) == ((), {"tie for the largest": name})


def test_the_declared_convention_is_enforced():
    first = maximum_with(lambda w: np.arange(w.size) == w.argmax())
    tied = np.array([1.0, 3.0, 3.0])
    assert claims("kinks", replace(first, convention="first"), tied) == []
    assert claims("kinks", replace(first, convention="split"), tied) == [
        "at the kink tie for the largest the gradient follows the convention 'first', declared is 'split'"
    ]


def test_a_convention_outside_the_slopes_is_right_where_it_is_declared():
    everybody = maximum_with(lambda w: w.astype(float))
    tied = np.array([1.0, 3.0, 3.0])
    assert len(claims("kinks", everybody, tied)) == 1
    assert claims("kinks", replace(everybody, convention="all"), tied) == []


def test_a_convention_of_ties_says_nothing_of_a_kink_met_alone():
    assert claims("kinks", replace(relu_with(0.0), convention="split"), np.array([0.0, 1.0])) == []
    (claim,) = claims("kinks", replace(relu_with(0.0), convention="right"), np.array([0.0, 1.0]))
    assert claim == (
        "at the kink x between slopes 0 and 1 the gradient follows the convention 'zero', declared is 'right'"
    )


def test_a_gradient_that_is_not_finite_beside_outputs_that_are_not_is_no_finding():
    def forward(x):
        y = np.where(x < 0, np.sqrt(x), np.abs(x - 1))
        return y, x

    op = Op("f", forward, lambda dy, x: dy * np.sign(x - 1) + 0 * np.sqrt(x), inputs={"x": Array("N")})
    seen = observe("kinks", op, np.array([1.0, -2.0]))
    assert seen.abstained == "the gradient is not finite beside outputs that are not"


def test_functions_of_several_inputs_that_tie_say_nothing_of_the_order_of_elements():
    """The first of two linear maps takes the gradient, and that of 0.5 x[5] is not the last of the elements that tie
    with 0.5 x[0], though six coordinates are found before any of the other inputs."""
    w = np.zeros((2, 8, 1))
    w[1, :5, 0], w[0, 5:, 0] = [0.5, 1, 2, 3, 4], [0.5, 5, 6]
    assert claims("kinks", load("", "maxout"), np.zeros((1, 8)), w, np.ones((2, 1))) == []
