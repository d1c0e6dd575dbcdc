"""A step of learning is told from another change of an array, and a random draw from what earlier calls left."""

import numpy as np
import pytest

from gradcheck.causes.impurities import draws_at_random, is_learning_step
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op

GRADIENTS = {}
AFFINE = {"x": Array("N D"), "w": Array("D M")}


def forward(x, w):
    return x @ w, (x, w)


def make_affine(backward):
    return Op("affine", forward, backward, inputs=AFFINE)


def update(dy, cache):
    x, w = cache
    dw = x.T @ dy
    dx = dy @ w.T
    w -= 0.01 * dw
    return dx, dw


def decay(dy, cache):
    x, w = cache
    dw, dx = x.T @ dy, dy @ w.T
    w *= 0.9
    return dx, dw


def ascend(dy, cache):
    x, w = cache
    dw, dx = x.T @ dy, dy @ w.T
    w += 0.01 * dw
    return dx, dw


def loss(x, w):
    return 0.5 * np.sum((x @ w) ** 2), (x, w)


def update_for_loss(dy, cache):
    x, w = cache
    dw, dx = x.T @ x @ w, x @ w @ w.T
    w -= 0.001 * dw
    return dy * dx, dy * dw


def test_a_change_by_a_step_of_the_gradient_is_an_update():
    assert is_learning_step(make_affine(update), "w")
    assert is_learning_step(Op("loss", loss, update_for_loss, inputs=AFFINE), "w")


@pytest.mark.parametrize("backward", [decay, ascend])
def test_another_change_is_none(backward):
    assert not is_learning_step(make_affine(backward), "w")


def test_an_input_that_is_left_alone_is_not_updated():
    assert not is_learning_step(make_affine(update), "x")


def accumulate(dy, cache):
    x, w = cache
    GRADIENTS[w.shape] = GRADIENTS.get(w.shape, 0) + x.T @ dy
    return dy @ w.T, GRADIENTS[w.shape]


def draw_afresh(dy, cache):
    x, w = cache
    return dy @ w.T, x.T @ dy * np.random.default_rng().random(w.shape)


def make_accumulator():
    seen = []

    def accumulate_in_closure(dy, cache):
        x, w = cache
        seen.append(1)
        return dy @ w.T, len(seen) * x.T @ dy

    return accumulate_in_closure


@pytest.mark.parametrize(
    ("backward", "is_random"), [(accumulate, False), (draw_afresh, True), (make_accumulator(), None)]
)
def test_draws_are_told_from_what_earlier_calls_left(backward, is_random):
    assert draws_at_random(make_affine(backward)) is is_random
