"""Inputs are declared or inferred, and what cannot be is refused with what to write."""

import numpy as np
import pytest

from gradcheck import adapt
from gradcheck.adapters import AdapterError
from gradcheck.adapters.inference import NoShapes
from tests.adapters.test_inference import affine, affine_backward


def test_without_shapes_usual_ones_are_inferred():
    op = adapt(affine, affine_backward)
    assert op.origin.shapes_inferred
    assert [a.shape for a in op.inputs.values()] == ["N D", "D M", "M"]


def test_a_forward_without_inputs_is_refused():
    with pytest.raises(NoShapes, match="op: forward has no inputs"):
        adapt(lambda: (1, None), lambda dy, cache: None)


def test_where_some_shapes_are_given_the_others_are_asked_for():
    with pytest.raises(NoShapes, match=r'op: the shape of w, b is missing; .* or say it in the call, as in w="N D"'):
        adapt(affine, affine_backward, name="op", x="N D")


def test_shapes_and_examples_are_not_mixed():
    with pytest.raises(AdapterError, match="w is given as a shape, x, b as an example"):
        adapt(affine, affine_backward, x=np.ones((2, 3)), w="D M", b=np.ones(4))


def test_examples_are_what_the_op_is_tried_on():
    examples = {"x": np.ones((2, 3)), "w": np.ones((3, 4)), "b": np.ones(4)}
    op = adapt(affine, affine_backward, **examples)
    assert list(op.example) == list(examples)
    assert all(np.array_equal(op.example[name], array) for name, array in examples.items())
    assert op.origin.shapes_inferred
