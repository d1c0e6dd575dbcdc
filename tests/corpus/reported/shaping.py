"""Axes rolled to another place."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from tests.corpus.corpus import Fault


def places(axis, start, rank=3):
    """Where np.rollaxis takes its axis from and to."""
    axis = axis % rank
    return axis, start - (start > axis)


def forward(x, axis, start):
    return np.rollaxis(x, axis, start).copy(), (axis, start)


def backward(dy, cache):
    source, destination = places(*cache)
    return np.moveaxis(dy, destination, source).copy()


def without_negative_axes(dy, cache):
    axis, start = cache
    return (np.rollaxis(dy, start - 1, axis) if start > axis else np.rollaxis(dy, start, axis + 1)).copy()


def rolling_the_last(dy, cache):
    """Nothing was rolled, and the axis before the first is the last."""
    return np.rollaxis(dy, -1).copy() if cache == (0, 0) else backward(dy, cache)


rollaxis = Op(
    "rollaxis",
    forward,
    backward,
    lambda x, axis, start: namespace(x).moveaxis(x, *places(axis, start)),
    inputs={"x": Array("A B C")},
    settings={"axis": choice(0, 1, 2, -1, -2), "start": choice(0, 2)},
)

FAULTS = (
    Fault(
        "rollaxis: a negative axis",
        replace(rollaxis, backward=without_negative_axes),
        rollaxis,
        ("contract", "gradient"),
        "axis < 0",
        "autograd#350",
    ),
    Fault(
        "rollaxis: the last axis rolled where nothing was",
        replace(rollaxis, backward=rolling_the_last),
        rollaxis,
        ("contract", "gradient"),
        "axis == start == 0",
        "chainer#4836",
    ),
)
