"""Where objects keep their parameters and the gradients of these."""

from types import SimpleNamespace

import numpy as np
import pytest

from gradcheck.adapters.input_labels import make_input_label
from gradcheck.adapters.layers.parameter_paths import (
    Attribute,
    ParameterPath,
    copy_keeping_arrays,
    copy_with_values,
    find_gradient_path,
    find_parameters,
    find_real_numbers,
    find_unassigned_numbers,
    format_path,
    get_at_path,
    has_parameter_at,
    set_at_path,
)
from tests.adapters import example_layers as at


def test_a_path_is_an_attribute_and_perhaps_a_key():
    thing = SimpleNamespace(W=np.ones(2), params={"b": np.zeros(3)}, listed=[np.ones(1)])
    assert get_at_path(thing, ("W",)) is thing.W
    assert get_at_path(thing, ("params", "b")) is thing.params["b"]
    set_at_path(thing, ("listed", 0), np.full(1, 7.0))
    assert thing.listed[0] == 7
    assert format_path(("params", "b"), "net") == "net.params['b']"
    assert format_path(("W",), "layer") == "layer.W"


@pytest.mark.parametrize(
    ("path", "there"),
    [(("W",), True), (("name",), False), (("V",), False), (("W", "b"), False), (("params", 3), False)],
)
def test_a_parameter_is_there_or_not(path, there):
    thing = SimpleNamespace(W=np.ones(2), name="affine", params=[np.ones(1)])
    assert has_parameter_at(thing, path) is there


def test_parameters_are_found_in_containers_and_in_attributes():
    assert find_parameters(at.Listed(3, 2)) == {
        "params_0": ParameterPath(("params", 0), ("grads", 0)),
        "params_1": ParameterPath(("params", 1), ("grads", 1)),
    }
    layer = at.Affine(np.ones((3, 2)), np.ones(2))
    assert find_parameters(layer) == {}
    layer.dW = np.ones((3, 2))
    assert find_parameters(layer) == {"W": ParameterPath(("W",), ("dW",))}


def test_a_dictionary_of_gradients_is_searched_by_the_usual_names():
    thing = SimpleNamespace(grads={"dW": 1, "b": 2}, grad_v=3)
    assert find_gradient_path(thing, "W") == ("grads", "dW")
    assert find_gradient_path(thing, "b") == ("grads", "b")
    assert find_gradient_path(thing, "v") == ("grad_v",)
    assert find_gradient_path(thing, "u") is None


@pytest.mark.parametrize(("key", "label"), [("W1", "W1"), (("W", 0), "W_0"), (2, "params_2"), ("a.b", "a_b")])
def test_a_key_becomes_the_name_of_an_input(key, label):
    assert make_input_label(key, "params") == label


def test_a_copy_holds_the_new_array_wherever_the_old_one_was():
    block, new = at.Block(), np.full((3, 2), 5.0)
    copied = copy_with_values(block, {("params", "W"): new})
    assert copied.params["W"] is new
    assert copied.inner.W is new
    assert (block.inner.W == 1).all()


def test_numbers_that_are_equal_are_replaced_each_by_itself():
    copied = copy_with_values(at.Line(), {("slope",): np.array(3.0)})
    assert (copied.slope, copied.offset) == (3.0, 1.0)
    assert not isinstance(copied.slope, np.ndarray)


def test_arrays_that_are_kept_are_the_same_in_a_copy():
    thing = SimpleNamespace(x=np.ones(2), y=np.ones(2))
    copied = copy_keeping_arrays(thing, [thing.x])
    assert copied.x is thing.x
    assert copied.y is not thing.y


def test_numbers_without_a_place_or_a_gradient_are_listed():
    layer = at.Affine(np.ones((3, 2)), np.ones(2))
    layer.dW, layer.eps, layer.name = np.ones((3, 2)), 1e-5, "affine"
    assert find_unassigned_numbers(layer, find_parameters(layer), ["x"]) == {"b": ("b",), "eps": ("eps",)}


def test_numbers_are_found_in_layers_within():
    block = at.Block()
    block.others = [at.Halves(), at.Affine(np.ones((3, 2)), np.ones(2))]
    numbers = find_real_numbers(block)
    assert numbers["others_1_W"] == ("others", 1, Attribute("W"))
    assert get_at_path(block, numbers["others_1_W"]) is block.others[1].W
    assert format_path(numbers["others_1_W"], "layer") == "layer.others[1].W"
