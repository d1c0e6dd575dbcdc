"""A way back that is missing or scaled is named by what flows through it."""

import numpy as np
import pytest

from gradcheck import choice
from gradcheck.causes.hypotheses.operations.changed_operations import propose_changed_operations
from tests.causes.hypotheses.explaining import declare, explain, find_with, first, names
from tests.causes.hypotheses.operations.wrong_backwards import back_through_statistics

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


def test_a_variance_that_is_held_constant_is_told():
    found = explain(back_through_statistics(1, 0, 1), "x")
    assert "np.mean((x - mean) ** 2, axis=0)" in found["variance-constant"]


def l2_loss(w, x, reg):
    s = x @ w
    return np.sum(s * s) / 2 + reg * np.sum(w * w), (w, x, s, reg)


@pytest.mark.parametrize(
    ("penalty", "name"),
    [
        (lambda w, x, reg: 0 * w, "regularisation-missing"),
        (lambda w, x, reg: reg * w, "regularisation-half"),
        (lambda w, x, reg: 4 * reg * w, "regularisation-twice"),
        (lambda w, x, reg: 2 * reg * w / len(x), "regularisation-divided"),
    ],
)
def test_a_regularisation_is_told(penalty, name):
    def backward(dy, cache):
        w, x, s, reg = cache
        return dy * (x.T @ s + penalty(w, x, reg)), dy * s @ w.T

    op = declare(l2_loss, backward, {"reg": choice(0.1, 0.0)}, w="D C", x="N D")
    assert first(op, "w")[0] == name


def test_alpha_and_beta_are_no_weights_of_a_regularisation():
    def backward(dy, cache):
        w, x, s = cache
        return dy * x.T @ s, dy * s @ w.T

    def forward(w, x, alpha):
        s = x @ w
        return np.sum(s * s) / 2 + alpha * np.sum(np.exp(w)), (w, x, s)

    op = declare(forward, backward, {"alpha": choice(0.1, 0.2)}, w="D C", x="N D")
    found = names(find_with(propose_changed_operations, op, "w"))
    assert "path-missing" in found
    assert "regularisation-missing" not in found


def tanh_steps(x, h, w):
    states = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] + h @ w)
        states.append(h)
    return np.stack(states, axis=1), (x, states, w)


def back_without_the_next_step(dy, cache):
    x, states, w = cache
    da = [dy[:, t] * (1 - states[t] ** 2) for t in range(x.shape[1])]
    return np.stack(da, axis=1), da[0] @ w.T, sum(s.T @ d for s, d in zip(states, da[1:], strict=False))


def test_a_missing_link_in_time_is_told():
    op = declare(tanh_steps, back_without_the_next_step, x="N T H", h="N H", w="H H")
    assert first(op, "x")[0] == "time-link-missing"


def test_a_number_with_the_name_of_a_weight_weighs_a_regularisation():
    def forward(w, x):
        s, weight_decay = x @ w, 0.3
        return np.sum(s * s) / 2 + weight_decay * np.sum(w * w), (w, x, s)

    def backward(dy, cache):
        w, x, s = cache
        return dy * (x.T @ s + 0.6 * w / len(x)), dy * s @ w.T

    assert first(declare(forward, backward, w="D C", x="N D"), "w")[0] == "regularisation-divided"
