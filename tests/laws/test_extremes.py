"""extremes: finite where the truth is finite."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.extremes import EXTREME_SCALES, LAW, is_finite_far_out, stretch_point
from gradcheck.records.case import LARGE
from tests.corpus import extremes
from tests.laws.observing import claims, make_case, observe

X = np.array([1.0, -2.0])


def test_a_point_is_moved_out_as_far_as_its_domain_allows():
    free = Op("sum", lambda x, i: (x, None), lambda dy, cache: dy, inputs={"x": Array("N"), "i": Array("N", real(3))})
    evaluator = Evaluator(free, make_case(free, X, X))
    for scale in EXTREME_SCALES:
        out, bounded = stretch_point(evaluator, scale)
        assert out.tolist() == (X * scale).tolist()
        assert np.abs(bounded).max() <= 3


@pytest.mark.parametrize(("upstream", "more"), [(1.0, 2), (100.0, 3)], ids=["usual", "huge"])
def test_the_case_itself_is_not_computed_again_unless_its_upstream_is_huge(upstream, more):
    calls = []
    square = Op(
        "square", lambda x: (calls.append(1), (x * x, x))[1], lambda dy, x: 2 * x * dy, inputs={"x": Array("N")}
    )
    case = make_case(square, X, upstream=(np.full(2, upstream),))
    evaluator = Evaluator(square, case)
    evaluator.results(case.point, case.upstream)
    calls.clear()
    LAW.examine(square, case, evaluator)
    assert len(calls) == more


def test_what_is_not_finite_at_the_case_itself_is_found():
    assert claims("extremes", extremes.wrong, np.array([1.5, -800.0]))[0].startswith("the gradient of x is nan at [1]")


def test_what_stays_finite_is_right():
    assert observe("extremes", extremes.right, np.array([1.5, -3.0])).findings == ()


def test_a_gradient_that_overflows_is_found_where_it_does():
    (finding,) = observe("extremes", extremes.wrong, np.array([1.5, -9.0])).findings
    assert finding.claim == "the gradient of x is nan at [1], though the truth is finite"
    assert finding.where == "at [1]"
    assert "overflow encountered in exp" in finding.hint


def test_a_forward_that_overflows_is_found_by_its_reference():
    def softplus(x):
        return np.log(1 + np.exp(x)), x

    op = Op(
        "softplus",
        softplus,
        lambda dy, x: dy * np.where(x > 0, 1, np.exp(-np.abs(x))) / (1 + np.exp(-np.abs(x))),
        lambda x: namespace(x).maximum(x, 0 * x) + namespace(x).log1p(namespace(x).exp(-abs(x))),
        inputs={"x": Array("N")},
    )
    assert claims("extremes", op, np.array([1.0, -2.0])) == ["y is inf at [0], though the truth is finite"]


def test_where_the_truth_itself_overflows_nothing_is_said():
    def reference(x):
        return namespace(x).exp(x)

    op = Op("exp", lambda x: (np.exp(x), x), lambda dy, x: dy * np.exp(x), reference, inputs={"x": Array("N")})
    assert observe("extremes", op, np.array([3.0])).findings == ()


def test_where_no_witness_knows_the_value_it_abstains():
    op = Op("nan", lambda x: (x * np.nan, x), lambda dy, x: dy * np.nan, inputs={"x": Array("N")})
    assert observe("extremes", op, X).abstained == "no witness knows the value out here"


def test_nothing_is_known_of_gradients_beside_an_output_that_is_nan_in_truth():
    def forward(x):
        y = np.where(x < 0, np.nan, x)
        return y, y

    masked = Op(
        "masked",
        forward,
        lambda dy, y: dy + 0 * y,
        lambda x: namespace(x).where(x < 0, np.nan, x),
        inputs={"x": Array("N")},
    )
    assert observe("extremes", masked, X).findings == ()


def test_an_element_along_which_the_output_has_a_kink_has_no_finite_gradient():
    """The geometric mean rises from zero with an infinite slope."""
    mean = Op(
        "geometric_mean",
        lambda x: (np.exp(np.mean(np.log(x))), x),
        lambda dy, x: dy * np.exp(np.mean(np.log(x))) / x / x.size,
        inputs={"x": Array("N")},
    )
    assert observe("extremes", mean, np.array([2.0, 0.0, 1.0]), upstream=(np.array(1.0),)).findings == ()
    spoiled = replace(mean, backward=lambda dy, x: np.where(x == 1, np.nan, mean.backward(dy, x)))
    at_one = "the gradient of x is nan at [2], though the truth is finite"
    assert at_one in claims("extremes", spoiled, np.array([2.0, 0.5, 1.0]), upstream=(np.array(1.0),))


def test_a_large_case_is_asked_farthest_out():
    x = np.linspace(-6, 6, LARGE)
    right, wrong = (Evaluator(op, make_case(op, x)) for op in (extremes.right, extremes.wrong))
    assert observe("extremes", extremes.right, x).findings == ()
    assert is_finite_far_out(right)
    assert not is_finite_far_out(wrong)
