"""Networks with params and loss(X, y) -> (loss, grads): right ones hold, wrong ones are told from them."""

import numpy as np
import pytest

from gradcheck import Array, adapt, check, indices
from gradcheck.adapters import AdapterError
from gradcheck.adapters.conventions.model import recognises
from tests.adapters import example_layers as at
from tests.adapters.verdicts import assert_caught, assert_counterexample_shows_claim, assert_passes

NETWORK = {"X": "N 4", "y": Array("N", indices(3))}


@pytest.mark.slow
@pytest.mark.parametrize("net", [at.TwoLayerNet(4, 5, 3), at.NetOfLayers(4, 3)], ids=["arrays", "layers"])
def test_a_right_network_holds(net):
    assert_passes(adapt(net, **NETWORK))


@pytest.mark.slow
def test_a_wrong_network_is_caught_and_shown_as_it_is_called():
    op = adapt(at.WrongNet(2, 2, 2), X="N 2", y=Array("N", indices(2)))
    assert_caught(op, "W1")
    assert_counterexample_shows_claim(op, net=at.WrongNet(2, 2, 2))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_network_of_relu_units_is_not_accused_where_a_faint_kink_is_met(seed):
    result = check(adapt(at.TwoLayerNet(4, 5, 3), **NETWORK), examples=40, seed=seed)
    assert result.status == "passed", [f.claim for f in result.findings]


def test_the_parameters_alone_have_gradients_under_the_names_of_their_keys():
    op = adapt(at.TwoLayerNet(4, 5, 3), **NETWORK)
    assert list(op.inputs) == ["X", "y", "W1", "b1", "W_2"]
    assert [n for n, a in op.inputs.items() if a.differentiable] == ["W1", "b1", "W_2"]


@pytest.mark.slow
def test_the_network_is_left_as_it_was():
    net = at.TwoLayerNet(4, 5, 3)
    before = {key: value.copy() for key, value in net.params.items()}
    check(adapt(net, **NETWORK), examples=4)
    assert all(np.array_equal(net.params[key], value) for key, value in before.items())


def test_a_class_of_networks_is_refused_and_an_instance_is_asked_for():
    assert recognises(at.TwoLayerNet(4, 5, 3))
    assert not recognises(at.TwoLayerNet)
    with pytest.raises(AdapterError, match=r"a model is an instance .* this is the class TwoLayerNet"):
        adapt(at.TwoLayerNet, adapter="model")
