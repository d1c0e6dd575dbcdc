"""An op is called as directly as can be, and says what was left out."""

import numpy as np
import pytest

from gradcheck import Array, adapt, indices
from gradcheck.adapters import AdapterError
from tests.adapters.test_inference import affine, affine_backward

SHAPES = {"x": "N D", "w": "D M", "b": "M"}


def test_forward_and_backward_are_called_as_they_are_where_that_can_be():
    op = adapt(affine, affine_backward, **SHAPES)
    assert op.forward is affine
    assert op.backward is affine_backward
    assert not op.origin.shapes_inferred


def test_a_gradient_that_is_left_out_is_filled_in():
    def take(ids, table):
        return table[ids], (ids, table.shape)

    def take_backward(dy, cache):
        dtable = np.zeros(cache[1])
        np.add.at(dtable, cache[0], dy)
        return dtable

    op = adapt(take, take_backward, ids=Array("N", indices("V")), table="V D")
    assert op.backward is not take_backward
    y, cache = op.forward(np.array([1, 1]), np.ones((3, 2)))
    dids, dtable = op.backward(np.ones_like(y), cache)
    assert dids is None
    assert dtable.tolist() == [[0, 0], [2, 2], [0, 0]]


def test_several_outputs_are_named():
    op = adapt(lambda x: ((x, 2 * x), None), lambda dys, cache: dys[0] + 2 * dys[1], x="N")
    assert op.outputs == ("y0", "y1")


def test_an_op_without_any_gradient_is_refused():
    with pytest.raises(AdapterError, match="no input has a gradient, since ids holds no real numbers"):
        adapt(lambda ids: (ids, None), lambda dy, cache: None, ids=Array("N", indices(3)))


def test_what_was_kept_at_its_default_is_told():
    op = adapt(lambda x, power=2: (x**power, x), lambda dy, x: 2 * x * dy, x="N")
    (note,) = op.origin.notes
    assert note == "kept at their defaults: power=2; annotate with whole(…) or choice(…) to vary them"
