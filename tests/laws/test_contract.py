"""contract: one gradient per input, of its shape and dtype."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from tests.laws.observing import claims, observe

X, W = np.ones((2, 3)), np.ones(3)
SCALE = Op(
    "scale",
    lambda x, w: (x * w, (x, w)),
    lambda dy, cache: (dy * cache[1], (dy * cache[0]).sum(0)),
    inputs={"x": Array("N D"), "w": Array("D")},
)


def test_gradients_of_the_shapes_of_the_inputs_are_right():
    assert claims("contract", SCALE, X, W) == []


@pytest.mark.parametrize(
    ("backward", "words"),
    [
        (lambda dy, cache: dy, "gradient"),
        (lambda dy, cache: (dy, cache[1], cache[1]), "3"),
        (lambda dy, cache: (dy, dy), "shape"),
        (lambda dy, cache: (dy, None), "None"),
        (lambda dy, cache: (dy, np.ones(3, int)), "int64"),
        (lambda dy, cache: (dy, "w"), "w"),
    ],
    ids=["one for two", "three for two", "another shape", "none", "whole numbers", "text"],
)
def test_anything_else_is_one_finding_that_says_what_came(backward, words):
    (claim,) = claims("contract", replace(SCALE, backward=backward), X, W)
    assert words in claim


def test_an_input_of_whole_numbers_owes_none():
    take = Op(
        "take",
        lambda x, i: (x[i], (x.shape, i)),
        lambda dy, cache: (np.ones(cache[0]), None),
        inputs={"x": Array("N"), "i": Array("M", indices("N"))},
    )
    assert claims("contract", take, np.ones(3), np.array([0, 2])) == []
    wrong = replace(take, backward=lambda dy, cache: (np.ones(cache[0]), np.ones(2)))
    assert len(claims("contract", wrong, np.ones(3), np.array([0, 2]))) == 1


def test_float32_from_float64_is_told_for_outputs_and_gradients():
    def narrow(dy, cache):
        return (dy * cache[1]).astype(np.float32), (dy * cache[0]).sum(0)

    (finding,) = observe("contract", replace(SCALE, backward=narrow), X, W).findings
    assert finding.claim == "the gradient of x has dtype float32 though all inputs have float64"
    assert "np.zeros(shape, x.dtype)" in finding.hint
    forward = replace(SCALE, forward=lambda x, w: ((x * w).astype(np.float32), (x, w)))
    assert claims("contract", forward, X, W) == ["y has dtype float32 though all inputs have float64"]
