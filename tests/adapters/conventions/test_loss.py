"""Functions that return (loss, gradients): right ones hold, wrong ones are told from them."""

import numpy as np
import pytest

from gradcheck import Array, adapt, check, constant, indices
from gradcheck.adapters.conventions.loss import split_loss_and_gradients
from tests.adapters import example_layers as at
from tests.adapters.verdicts import assert_caught, assert_counterexample_shows_claim, assert_passes

LABELS = Array("N", indices("C"))
SOFTMAX = {"adapter": "loss", "x": "N C", "y": LABELS}
CLASSIFIER = {"adapter": "loss", "W": "D C", "X": "N D", "y": LABELS, "reg": 0.1}


def squares(x, t):
    """(loss, dx, dt), each gradient by itself."""
    gap = x - t
    return np.sum(gap * gap), 2 * gap, -2 * gap


@pytest.mark.slow
@pytest.mark.parametrize(
    ("function", "declared"),
    [
        (at.softmax_loss, SOFTMAX),
        (at.softmax_classifier, CLASSIFIER),
        (squares, {"adapter": "loss", "x": "N D", "t": "N D"}),
    ],
)
def test_a_right_loss_holds(function, declared):
    assert_passes(adapt(function, **declared))


def test_a_gradient_that_is_a_matrix_of_numpys_is_scaled_element_by_element():
    def loss(W, X):
        S = X @ W
        return 0.5 * np.sum(S * S), X.T @ np.matrix(S)

    op = adapt(loss, adapter="loss", W="D C", X="N D", gradients=["W"])
    assert check(op, examples=8).status == "passed"
    doubled = adapt(lambda W, X: (loss(W, X)[0], 2 * loss(W, X)[1]), adapter="loss", W="D C", X="N D", gradients=["W"])
    assert check(doubled, examples=8, shrink=False).status == "failed"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("function", "declared", "label"),
    [(at.wrong_softmax_loss, SOFTMAX, "x"), (at.wrong_classifier, CLASSIFIER, "W")],
)
def test_a_wrong_loss_is_caught_and_shown_as_it_is_called(function, declared, label):
    op = adapt(function, **declared)
    assert_caught(op, label)
    assert_counterexample_shows_claim(op)


def test_fewer_gradients_than_inputs_are_those_of_the_first():
    op = adapt(at.softmax_classifier, **CLASSIFIER)
    assert [n for n, a in op.inputs.items() if a.differentiable] == ["W"]


def test_where_the_forward_does_not_run_under_jax_the_report_says_so():
    result = check(adapt(at.softmax_loss, **SOFTMAX), examples=8)
    assert "autodiff" not in result.witnesses
    assert any(note.startswith("no reference: forward does not run under jax.numpy") for note in result.notes)


def test_a_loss_that_is_none_is_a_finding():
    def total(x):
        return np.sum(x)

    (finding, *_) = check(adapt(total, adapter="loss", x="N"), examples=4).findings
    assert "TypeError: it returned a float64, not (loss, gradients)" in finding.claim


def test_one_gradient_stands_for_itself_and_several_are_listed():
    assert split_loss_and_gradients((3.0, "dx")) == ((3.0,), "dx")
    assert split_loss_and_gradients((3.0, "dx", "dw")) == ((3.0,), ["dx", "dw"])


def test_a_gradient_that_is_a_matrix_is_scaled_element_by_element():
    def squares_of_product(W, X):
        s = X @ W
        return 0.5 * np.sum(s * s), X.T @ np.matrix(s)

    def wrong_squares_of_product(W, X):
        value, gradient = squares_of_product(W, X)
        return value, 2 * gradient

    declared = {"adapter": "loss", "W": "D C", "X": Array("N D", constant())}
    assert check(adapt(squares_of_product, **declared), examples=8).status == "passed"
    assert check(adapt(wrong_squares_of_product, **declared), examples=8, shrink=False).status == "failed"
