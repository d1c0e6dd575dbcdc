"""The numbers of the code of an op."""

import numpy as np

from gradcheck import adapt, load
from gradcheck.generation.code_constants import list_constants

THRESHOLD = 4096


def helper(x):
    return np.where(x == 0.3, 0, x)


def forward(x, slope=0.125):
    return helper(x) * slope, x


def backward(dy, x):
    table = {"small": (7, 11)}
    return dy / 8 if x.size > THRESHOLD or len(x) in table["small"] else dy


class Layer:
    def __init__(self):
        self.limit = 21

    def forward(self, x):
        self.x = x
        return np.minimum(x, 77)

    def backward(self, dy):
        return dy * (self.x < 77)


def test_literals_defaults_and_what_the_module_holds_are_found():
    found = list_constants(adapt(forward, backward, x="N D", name="f"))
    assert sorted(found) == [0.125, 0.3, 7.0, 8.0, 11.0, 4096.0]


def test_those_of_a_class_are_found():
    assert {21.0, 77.0} <= set(list_constants(adapt(Layer(), x="N D", name="layer")))


def test_those_of_other_packages_are_not():
    assert list_constants(load("", "linear")) == ()
    assert list_constants(load("", "conv2d")) == (3.0,)
