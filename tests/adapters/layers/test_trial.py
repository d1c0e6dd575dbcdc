"""A trial of a layer shows which of its numbers are parameters."""

import numpy as np

from gradcheck.adapters.layers.calls import LayerCalls
from gradcheck.adapters.layers.trial import ParameterTrial, make_copier, run_parameter_trial
from gradcheck.adapters.options import AdaptOptions
from gradcheck.adapters.parameters import Keywords
from tests.adapters import example_layers as at


def calls_of(layer, **parameters):
    """How an instance is called that holds its parameters."""
    return LayerCalls(type(layer), None, {"x": None}, {}, {}, {}, True, **parameters)


def try_layer(layer):
    """The trial of a layer that takes x."""
    return run_parameter_trial("layer", layer, calls_of(layer), Keywords.of(AdaptOptions(), {"x": "N 3"}))


def test_gradients_that_backward_makes_show_the_parameters():
    layer = at.Affine(np.ones((3, 2)), np.ones(2))
    trial = try_layer(layer)
    assert list(trial.parameters()) == ["W", "b"]
    assert trial.find_unchecked(trial.parameters(), ["x"]) == ([], [])


def test_the_layer_itself_is_left_alone():
    layer = at.Affine(np.ones((3, 2)), np.ones(2))
    trial = try_layer(layer)
    assert trial.after is not layer
    assert set(vars(layer)) == {"W", "b"}


def test_what_forward_assigns_is_no_parameter_even_with_a_gradient_beside_it():
    trial = try_layer(at.Kept())
    assert ("z",) in trial.assigned
    assert list(trial.parameters()) == ["W"]


def test_where_forward_does_not_run_the_layer_is_as_it_is():
    layer = at.Affine(np.ones((7, 2)), np.ones(2))
    trial = try_layer(layer)
    assert trial == ParameterTrial(layer, layer)


def test_numbers_that_stay_as_they_are_are_told_with_what_to_write():
    layer = at.Affine(np.ones((3, 2)), np.ones(2))
    layer.eps = 1e-5
    trial = try_layer(layer)
    not_checked, kept = trial.find_unchecked(trial.parameters(), ["x"])
    assert (not_checked, kept) == ([], ["eps"])
    assert list(trial.notes(kept)) == ["kept as they are: eps; name a gradient to check one, parameters={'eps': …}"]


def test_a_copier_puts_arguments_into_copies():
    layer = at.Affine(np.ones((3, 2)), np.ones(2))
    copied = make_copier(layer, {"W": ("W",)})({"W": np.zeros((3, 2)), "x": None})
    assert (copied.W == 0).all()
    assert (layer.W == 1).all()
