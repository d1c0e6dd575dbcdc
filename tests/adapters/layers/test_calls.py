"""How one layer is made and called, and where its gradients are read."""

import numpy as np
import pytest

from gradcheck.adapters.layers.calls import LayerCalls, declare_exact_shape, scale_gradients
from gradcheck.adapters.layers.parameter_paths import ParameterPath
from tests.adapters import example_layers as at

X, W, B, DOUT = np.ones((4, 3)), np.full((3, 2), 2.0), np.zeros(2), np.ones((4, 2))


def make_affine_calls(**parts):
    """The calls of a layer that is made of its parameters."""
    rest = {
        "cls": at.Affine,
        "make": lambda arguments: at.Affine(arguments["W"], arguments["b"]),
        "forward_parameters": {"x": None},
        "constructor_parameters": {"W": None, "b": None},
        "held": {},
        "gradient_attributes": {},
        "upstream": True,
    }
    return LayerCalls(**{**rest, **parts})


def test_forward_runs_on_an_instance_of_its_own():
    calls = make_affine_calls()
    (y,), (instance, given) = calls.run({"x": X, "W": W, "b": B})
    assert y.tolist() == (X @ W).tolist()
    assert instance.x is X
    assert all(given[n] is a for n, a in {"x": X, "W": W, "b": B}.items())


def test_gradients_are_read_from_what_backward_returns_and_from_attributes():
    calls = make_affine_calls()
    _, cache = calls.run({"x": X, "W": W, "b": B})
    found = calls.pull((DOUT,), cache)
    assert found["x"].tolist() == (DOUT @ W.T).tolist()
    assert found["W"].tolist() == (X.T @ DOUT).tolist()
    assert found["b"].tolist() == [4, 4]
    assert calls.gradients == {"W": ("dW",), "b": ("db",)}


def test_backward_may_be_asked_again():
    calls = make_affine_calls()
    _, cache = calls.run({"x": X, "W": W, "b": B})
    first, again = (calls.pull((DOUT,), cache) for _ in range(2))
    assert all(np.array_equal(first[n], again[n]) for n in first)
    assert not hasattr(cache[0], "dW")


def test_a_gradient_under_another_name_is_read_where_the_caller_says():
    calls = make_affine_calls(cls=at.Named, make=lambda arguments: at.Named(), gradient_attributes={"W": "slope"})
    assert calls.path(at.Named(), "W") == ("slope",)


def test_parameters_that_the_instance_holds_are_read_where_it_holds_them():
    held = {"params_0": ParameterPath(("params", 0), ("grads", 0))}
    calls = make_affine_calls(cls=at.Listed, held=held, constructor_parameters={})
    assert calls.path(at.Listed(3, 2), "params_0") == ("grads", 0)


def test_what_backward_returns_by_name_or_in_attributes_is_taken_so():
    calls = make_affine_calls()
    layer = at.Affine(W, B)
    layer.dx = X
    assert calls.read_input_gradients(layer, ["x"], {"x": DOUT}) == {"x": DOUT}
    assert calls.read_input_gradients(layer, ["x"], None)["x"] is X
    assert calls.read_input_gradients(layer, ["x"], [DOUT])["x"] is DOUT


def test_the_script_makes_the_layer_and_reads_its_gradients():
    calls = make_affine_calls()
    calls.pull((DOUT,), calls.run({"x": X, "W": W, "b": B})[1])
    script = calls.script({"x": "x", "W": "W", "b": "b"}, ["dx", "dW", "db"])
    assert script.opening == "from tests.adapters.example_layers import Affine"
    assert script.forward == "layer = Affine(W, b)\n{y} = layer.forward(x)"
    assert script.backward == "dx = layer.backward({dy})\ndW = layer.dW\ndb = layer.db"


@pytest.mark.parametrize(
    ("gradients", "scaled"),
    [(3.0, 6.0), ((3.0, None), (6.0, None)), ([1.0, (2.0,)], (2.0, (4.0,))), ({"w": 3.0}, {"w": 6.0})],
)
def test_gradients_of_a_loss_are_scaled_however_they_are_nested(gradients, scaled):
    assert scale_gradients(gradients, 2.0) == scaled


def test_an_exact_shape_is_written_in_numbers():
    assert declare_exact_shape(W).shape == "3 2"
    assert declare_exact_shape(3.0).shape == ""
