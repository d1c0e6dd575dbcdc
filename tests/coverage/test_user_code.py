"""The functions of an op's code."""

from functools import partial

import numpy as np

from gradcheck import adapt, load
from gradcheck.coverage.user_code import list_user_functions, walk_functions


def helper(x):
    return x * 2


def forward(x):
    return helper(x), x


def backward(dy, x):
    return 2 * dy


class Layer:
    def forward(self, x):
        self.x = np.tanh(x)
        return self.x

    def backward(self, dy):
        return dy * (1 - self.x**2)


def names(op):
    return {function.__name__ for function in list_user_functions(op)}


def test_what_they_call_is_found():
    assert names(adapt(forward, backward, x="N", name="f")) == {"forward", "backward", "helper"}


def test_methods_are_found():
    assert {"forward", "backward"} <= names(adapt(Layer(), x="N D", name="layer"))


def test_functions_behind_partials_are_found():
    assert "helper" in names(adapt(partial(forward), backward, x="N", name="f"))


def test_an_op_of_the_library_is_code_as_well():
    assert {"forward", "backward"} <= names(load("", "linear"))


class Hostile:
    def __getattr__(self, name):
        raise RuntimeError(name)


class Derived(Layer):
    hostile = Hostile()

    def backward(self, dy):
        return super().backward(dy) * SCALE


SCALE, HOSTILE = 1.0, Hostile()


def with_a_hostile_object(x):
    return x * 2 if HOSTILE else x


def test_inherited_methods_are_found():
    found = [f.__qualname__ for f in list_user_functions(adapt(Derived(), x="N D", name="derived"))]
    assert {"Layer.forward", "Layer.backward", "Derived.backward"} <= set(found)


def test_an_object_that_raises_when_asked_is_passed_by():
    assert "with_a_hostile_object" in {f.__name__ for f in walk_functions((with_a_hostile_object, HOSTILE, Hostile))}
