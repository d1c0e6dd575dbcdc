"""linearity: backward is linear in the upstream."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.linearity import LAW
from gradcheck.records.case import LARGE
from tests.laws.observing import claims, make_case, observe

X = np.array([1.0, -2.0, 3.0])
SQUARE = Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, inputs={"x": Array("N")})


def test_a_product_with_the_upstream_is_linear():
    assert observe("linearity", SQUARE, X).findings == ()


@pytest.mark.parametrize(
    ("backward", "words"),
    [
        (lambda dy, x: 2 * x * dy + 1, "for 0 times the upstream"),
        (lambda dy, x: 2 * x, "for 0 times the upstream"),
        (lambda dy, x: 2 * x * dy * dy, "for 2^20 times the upstream"),
        (lambda dy, x: 2 * x * np.clip(dy, -1, 1), "for 2^20 times the upstream"),
        (lambda dy, x: 2 * x * np.where(np.abs(dy) < 1e-3, 0, dy), "for -2^-20 times the upstream"),
        (lambda dy, x: 2 * x * np.max(dy), "for -2^-20 times the upstream"),
    ],
    ids=["a constant", "ignored", "squared", "clipped", "small ones lost", "the largest"],
)
def test_what_is_not_linear_is_found(backward, words):
    said = claims("linearity", replace(SQUARE, backward=backward), X)
    assert any(claim.startswith(words) for claim in said), said


def test_the_sum_of_two_upstreams_is_asked_as_well():
    """A gradient that is homogeneous, of degree one for any number, and no sum."""

    def backward(dy, x):
        return 2 * x * np.cbrt(np.prod(dy))

    (claim,) = claims("linearity", replace(SQUARE, backward=backward), X)
    assert claim.startswith("for the sum of two upstreams, the gradient of x is ")


def test_rounding_is_allowed():
    assert observe("linearity", replace(SQUARE, backward=lambda dy, x: (2 * x * dy) / 3 * 3), X).findings == ()


def attend(q, k, v):
    """One query over all keys, in numbers of Python, which no noise reaches."""
    scores = [float(q @ key) for key in k]
    weights = np.exp(np.array(scores) - max(scores))
    weights /= weights.sum()
    return weights @ v, (q, k, v, weights)


def attend_backward(dy, cache):
    """The gradients; the weights take next to nothing once one of them is all but one."""
    q, k, v, weights = cache
    dweights = np.array([float(dy @ value) for value in v])
    dscores = weights * (dweights - weights @ dweights)
    return dscores @ k, np.outer(dscores, q), np.outer(weights, dy)


def test_terms_of_several_inputs_that_cancel_are_rounding():
    shapes = {"q": Array("D"), "k": Array("S D"), "v": Array("S E")}
    attention = Op("attend", attend, attend_backward, inputs=shapes)
    q, k, v = np.array([-0.14194]), np.array([[-127.0], [1.0]]), np.array([[1.0, 98.0], [0.0, 0.0]])
    for seed in range(8):
        upstream = (np.random.default_rng(seed).normal(size=2),)
        assert observe("linearity", attention, q, k, v, upstream=upstream).findings == ()
    clipping = replace(attention, backward=lambda dy, cache: attend_backward(np.clip(dy, -1, 1), cache))
    assert observe("linearity", clipping, q, k, v).findings


LARGE_X = np.random.default_rng(0).normal(size=LARGE)


@pytest.mark.parametrize("x", [X, LARGE_X], ids=["small", "large"])
def test_a_case_is_asked_after_one_forward(x):
    calls = []
    op = replace(SQUARE, forward=lambda x: (calls.append(1), (x * x, x))[1])
    case = make_case(op, x)
    evaluator = Evaluator(op, case)
    evaluator.results(case.point, case.upstream)
    calls.clear()
    assert LAW.examine(op, case, evaluator).findings == ()
    assert len(calls) == 1


def scale_and_spoil(dy, cache):
    """The gradient, which leaves a cache of twice the size behind."""
    gradient = 2 * cache[0] * dy
    cache[0] = 2 * cache[0]
    return gradient


USED_UP = replace(SQUARE, forward=lambda x: (x * x, [x]), backward=lambda dy, cache: 2 * cache.pop() * dy)
SPOILT = replace(USED_UP, backward=scale_and_spoil)


@pytest.mark.parametrize("op", [USED_UP, SPOILT], ids=["used up", "spoilt"])
@pytest.mark.parametrize("x", [X, LARGE_X], ids=["small", "large"])
def test_a_cache_that_serves_only_once_is_no_matter_of_this_law(op, x):
    assert observe("linearity", op, x).findings == ()


def test_what_is_not_linear_is_found_also_where_a_cache_serves_only_once():
    op = replace(USED_UP, backward=lambda dy, cache: 2 * cache.pop() * np.clip(dy, -1, 1))
    said = claims("linearity", op, X)
    assert any(claim.startswith("for 2^20 times the upstream") for claim in said), said


@pytest.mark.parametrize(
    "backward",
    [
        lambda dy, x: 2 * x * dy + 1,
        lambda dy, x: 2 * x,
        lambda dy, x: 2 * x * np.abs(dy),
        lambda dy, x: 2 * x * np.clip(dy, -10, 10),
        lambda dy, x: 2 * x * np.where(np.abs(dy) < 1e-12, 0, dy) + 1e-9 * (np.abs(dy) < 1e-6),
        lambda dy, x: 2 * x * np.max(dy),
        lambda dy, x: np.concatenate([2 * x[:1] * np.abs(dy[:1]), (2 * x * dy)[1:]]),
    ],
    ids=["a constant", "ignored", "sizes", "clipped", "small ones lost", "the largest", "one element"],
)
def test_what_is_not_linear_in_a_large_case_is_found(backward):
    assert claims("linearity", replace(SQUARE, backward=backward), LARGE_X)
