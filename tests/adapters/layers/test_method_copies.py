"""Instances of layers whose methods are copies that keep subclasses of arrays."""

import numpy as np
import pytest

from gradcheck.adapters.layers.method_copies import copy_class, list_parts, use_copied_methods
from gradcheck.evaluation.private_copies import keep_subclasses


class Marked(np.ndarray):
    """A subclass that conversions strip."""


X = np.ones(3).view(Marked)


class Layer:
    """A layer that converts what it takes."""

    def forward(self, x):
        return 2 * np.asarray(x)


class Plain:
    """A layer that converts nothing."""

    def forward(self, x):
        return 2 * x


class Frozen(Layer):
    """One that refuses to be changed."""

    def __setattr__(self, name, value):
        raise AttributeError(name)


class Counted(Layer):
    """One whose derived classes are counted, so that none may be made."""

    derived = 0

    def __init_subclass__(cls):
        Counted.derived += 1


class Net:
    """Layers in a list, in a dictionary and in an attribute, and itself."""

    def __init__(self):
        self.listed, self.named, self.last, self.own = [Layer()], {"a": Layer()}, Layer(), self

    def forward(self, x):
        for layer in (*self.listed, *self.named.values(), self.last):
            x = layer.forward(x)
        return x


def test_outside_instances_are_as_they_were():
    layer = use_copied_methods(Layer())
    assert type(layer) is Layer
    assert type(layer.forward(X)) is np.ndarray


@pytest.mark.parametrize("make", [Layer, Frozen, Net])
def test_within_methods_keep_subclasses_also_those_of_layers_inside(make):
    with keep_subclasses():
        thing = use_copied_methods(make())
        assert isinstance(thing, make)
        assert type(thing.forward(X)) is Marked


def test_a_class_is_copied_once_under_its_name_and_only_where_it_converts():
    assert copy_class(Layer) is copy_class(Layer)
    assert (copy_class(Layer).__name__, copy_class(Layer).__module__) == ("Layer", __name__)
    assert copy_class(Plain) is Plain


def test_where_a_derived_class_would_be_noticed_there_is_none():
    assert copy_class(Counted) is Counted
    assert Counted.derived == 0


def test_the_parts_of_an_attribute_are_its_entries():
    assert list_parts({"a": 1}) == list_parts([1]) == list_parts((1,)) == list_parts(1) == [1]
