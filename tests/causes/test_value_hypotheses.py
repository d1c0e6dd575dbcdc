"""A wrong value is explained by what the formula gives with a mistake in it."""

from types import MappingProxyType

import numpy as np
import pytest

from gradcheck import Array, Op, choice
from gradcheck.causes.explanation import explain_value
from tests.causes.ops import softmax_along
from tests.lanes import mark_most_slow


def wrong_forward(forward, reference, settings=MappingProxyType({}), **shapes):
    """An op whose forward is another formula than its reference; its backward does not matter."""
    return Op(
        "wrong",
        lambda *inputs, **settings: (forward(*inputs, **settings), inputs),
        lambda dy, inputs: tuple(np.zeros_like(a) for a in inputs),
        reference,
        inputs={name: Array(shape) for name, shape in shapes.items()},
        settings=settings,
    )


CASES = {
    "sign": (lambda x: -(x**3), lambda x: x**3, {"x": "N D"}, "value-sign", "the output has the wrong sign"),
    "mean": (
        lambda x: x.mean(1),
        lambda x: x.sum(axis=1),
        {"x": "N D"},
        "value-mean-for-sum",
        "the output is averaged over D where the formula sums",
    ),
    "constant": (
        lambda x: x**2,
        lambda x: x**2 + 0.25,
        {"x": "N D"},
        "value-term-missing",
        "the constant 0.25 is missing",
    ),
    "constant of a sum": (
        lambda x: (x**2 + 1).sum(1),
        lambda x: (x**2).sum(axis=1),
        {"x": "N D"},
        "value-term-missing",
        "the constant 1 for each index of D is one too many",
    ),
    "half": (
        lambda x: x**2 / 2,
        lambda x: x**2,
        {"x": "N D"},
        "value-constant-factor",
        "the output is half what the formula gives",
    ),
    "bias": (
        lambda x, w, b: x @ w,
        lambda x, w, b: x @ w + b,
        {"x": "N D", "w": "D M", "b": "M"},
        "value-term-missing",
        "b is not added",
    ),
    "keep": (
        lambda x, p=0.25: x * (1 - p),
        lambda x, p: x * p,
        {"x": "N D", "settings": {"p": choice(0.25, 0.375)}},
        "value-keep-for-drop",
        "1 - p is used for p, or the reverse",
    ),
    "transposed": (
        lambda x, w: x @ w.T,
        lambda x, w: x @ w,
        {"x": "N D", "w": "D D"},
        "value-weights-transposed",
        "w is used transposed",
    ),
}


@pytest.mark.parametrize("mistake", mark_most_slow(CASES, 6))
def test_a_mistake_of_the_value_is_named(mistake):
    forward, reference, declared, name, words = CASES[mistake]
    explained = explain_value(wrong_forward(forward, reference, **declared), "y")
    assert explained.name == name
    assert explained.words.startswith(words)
    assert f"in all {explained.tried} cases" in explained.words


@pytest.mark.slow
def test_the_wrong_axis_is_named():
    assert explain_value(softmax_along(0), "y").name == "value-wrong-axis"


def test_another_formula_has_no_cause():
    explained = explain_value(wrong_forward(np.sin, lambda x: x + 0.5 * x**3, x="N D"), "y")
    assert not explained.named
    assert explained.picture is not None


@pytest.mark.parametrize("op", [softmax_along(1)])
def test_a_right_value_has_no_cause(op):
    assert not explain_value(op, "y").named
