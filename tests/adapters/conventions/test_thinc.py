"""A thinc Model."""

import sys

import numpy as np
import pytest

from gradcheck import Array, check
from gradcheck.adapters import AdapterError, adapt
from gradcheck.adapters.conventions.thinc import recognises
from gradcheck.declaration.domain import indices
from tests.adapters.script import run
from tests.adapters.verdicts import assert_right
from tests.source_lines import holds_line

thinc = pytest.importorskip("thinc.api")


def dense(model, X, is_train):
    W = model.get_param("W")

    def backprop(dY):
        model.inc_grad("W", dY.T @ X)
        return dY @ W

    return X @ W.T, backprop


def averaged(model, X, is_train):
    W = model.get_param("W")

    def backprop(dY):
        model.inc_grad("W", dY.T @ X / len(X))
        return dY @ W

    return X @ W.T, backprop


def picked(model, X, is_train):
    table = model.get_param("table")

    def backprop(dY):
        gradient = np.zeros_like(table)
        np.add.at(gradient, X, dY)
        model.inc_grad("table", gradient)
        return np.zeros(X.shape)

    return table[X], backprop


def model(forward, **parameters):
    return thinc.Model("mine", forward, params={n: np.zeros(shape, "f") for n, shape in parameters.items()})


RIGHT = {
    "thinc's own": (thinc.Linear(4, 3).initialize(), {"X": "N 3"}),
    "normalisation": (thinc.LayerNorm(3).initialize(), {"X": "N 3"}),
    "several nodes": (thinc.chain(model(dense, W=(4, 3)), thinc.Relu(2, 4)).initialize(), {"X": "N 3"}),
    "whole numbers": (model(picked, table=(5, 2)), {"X": Array("N", indices(5))}),
    "one operation that wants C order": (thinc.Maxout(2, 3, nP=2).initialize(), {"X": "N 3"}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_one_passes(name):
    assert_right(recognises, *RIGHT[name])


@pytest.mark.slow
def test_a_wrong_gradient_of_a_parameter_is_found_in_the_layer_that_is_the_users():
    whole = thinc.chain(model(averaged, W=(4, 3)), thinc.Relu(2, 4)).initialize()
    finding = check(adapt(whole, X="N 3"), examples=6).findings[0]
    assert (finding.law, finding.input) == ("gradient", "mine_W")
    assert finding.file == __file__
    assert holds_line(averaged, finding.line)


def test_parameters_of_nodes_that_share_names_have_labels_of_their_own():
    layers = thinc.chain(thinc.Linear(4, 3), thinc.Linear(2, 4)).initialize()
    assert list(adapt(layers, X="N 3").inputs) == ["X", "linear_W", "linear_b", "linear_W_", "linear_b_"]


def test_the_model_is_left_alone():
    linear = thinc.Linear(4, 3).initialize()
    before = linear.get_param("W").copy()
    check(adapt(linear, X="N 3"), examples=4)
    assert (linear.get_param("W") == before).all()
    assert linear.grad_names == ()


def test_the_script_leaves_the_gradients():
    layers = thinc.chain(model(dense, W=(4, 3)), thinc.Relu(2, 4)).initialize()
    ran, owed = run(adapt(layers, X="N 3"), model=layers)
    assert list(owed) == ["dX", "dmine_W", "drelu_W", "db"]
    for name, gradient in owed.items():
        np.testing.assert_allclose(ran[name], gradient)


def test_a_model_that_was_not_initialized_is_refused():
    with pytest.raises(AdapterError, match=r"linear has no W yet; call model.initialize\(X, Y\) first"):
        adapt(thinc.Linear(4, 3))


def test_anything_else_is_refused():
    with pytest.raises(AdapterError, match="adapter='thinc' wants a thinc Model, not 3"):
        adapt(3, adapter="thinc")


def test_without_thinc_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "thinc", None)
    with pytest.raises(AdapterError, match="wants thinc, which is not installed: pip install thinc"):
        adapt(3, adapter="thinc")
