"""Forward is called at other shapes and with other settings, the same for all cases of an op, where it takes them."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck import choice
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.calls_elsewhere import call_at_other_shapes, call_with_other_settings
from tests.laws.observing import make_case

CALLS = []


def forward(x, factor):
    """A product; it takes down what it is called with."""
    CALLS.append((x.shape, factor))
    return factor * x, factor


SCALE = Op(
    "scale_by",
    forward,
    lambda dy, factor: factor * dy,
    inputs={"x": Array("N")},
    settings={"factor": choice(1, 2)},
)


def make_evaluator(op=SCALE, n=3, factor=1):
    """The evaluator of a case, which has not called forward yet."""
    evaluator = Evaluator(op, make_case(op, np.ones(n), factor=factor))
    CALLS.clear()
    return evaluator


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_the_other_shapes_are_others(n):
    (((x,),), ((shape, _),)) = call_at_other_shapes(make_evaluator(n=n)), CALLS
    assert x.shape == shape != (n,)


def test_the_other_shapes_are_those_of_another_case_as_well():
    op = replace(SCALE)
    points = [call_at_other_shapes(make_evaluator(op, n=50 + n))[0] for n in range(2)]
    assert points[0] is points[1]
    assert call_at_other_shapes(make_evaluator(replace(op), n=50))[0] is not points[0]


@pytest.mark.parametrize("factor", [1, 2])
def test_the_other_settings_are_others(factor):
    call_with_other_settings(make_evaluator(factor=factor))
    assert [((3,), 3 - factor)] == CALLS


def test_without_settings_nothing_is_called():
    op = Op("plain", lambda x: forward(x, 1), lambda dy, factor: dy * 1.0, inputs={"x": Array("N")})
    evaluator = Evaluator(op, make_case(op, np.ones(3)))
    CALLS.clear()
    call_with_other_settings(evaluator)
    assert CALLS == []


def refuse(x, factor):
    raise ValueError("never")


def test_where_forward_refuses_all_of_them_there_is_no_other_call():
    evaluator = make_evaluator()
    refusing = Evaluator(replace(SCALE, forward=refuse), evaluator.case)
    assert call_at_other_shapes(refusing) == ()
    call_with_other_settings(refusing)
