"""The op that is made of somebody's code: what is declared, inferred, refused and told."""

import numpy as np
import pytest

from gradcheck import Array, adapt, choice, indices, whole
from gradcheck.adapters import AdapterError
from gradcheck.adapters.inference import NoShapes
from gradcheck.adapters.parameters import FixedValue, ParameterDict
from gradcheck.adapters.pipeline import format_argument, keep_leading_gradients, locate_averaged_axes
from gradcheck.declaration.inputs import Several
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


def test_without_shapes_usual_ones_are_inferred():
    op = adapt(affine, affine_backward)
    assert op.origin.shapes_inferred
    assert [a.shape for a in op.inputs.values()] == ["N D", "D M", "M"]


def test_several_outputs_are_named():
    op = adapt(lambda x: ((x, 2 * x), None), lambda dys, cache: dys[0] + 2 * dys[1], x="N")
    assert op.outputs == ("y0", "y1")


def test_an_op_without_any_gradient_is_refused():
    with pytest.raises(AdapterError, match="no input has a gradient, since ids holds no real numbers"):
        adapt(lambda ids: (ids, None), lambda dy, cache: None, ids=Array("N", indices(3)))


def test_a_forward_without_inputs_is_refused():
    with pytest.raises(NoShapes, match="op: forward has no inputs"):
        adapt(lambda: (1, None), lambda dy, cache: None)


def test_what_was_kept_at_its_default_is_told():
    op = adapt(lambda x, power=2: (x**power, x), lambda dy, x: 2 * x * dy, x="N")
    (note,) = op.origin.notes
    assert note == "kept at their defaults: power=2; annotate with whole(…) or choice(…) to vary them"


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        (choice("sum", "mean"), "{mode}"),
        (FixedValue(3), "3"),
        (FixedValue({"a": 1}), "{{'a': 1}}"),
        (ParameterDict({"pad": whole(0, 2), "stride": 1}), "{{'pad': {pad}, 'stride': 1}}"),
    ],
)
def test_a_parameter_that_is_no_input_is_an_argument_in_a_script(declared, text):
    assert format_argument("mode", declared) == text


INPUTS = {"x": Array("N D"), "w": Array("D"), "i": Array("N", indices(3))}


@pytest.mark.parametrize(
    ("gradients", "owed"), [(1.0, ["x"]), ((1.0, 2.0), ["x", "w"]), ([1.0], ["x"]), ({"dw": 1.0}, ["w"])]
)
def test_fewer_gradients_than_inputs_are_those_of_the_first(gradients, owed):
    kept = keep_leading_gradients(INPUTS, gradients)
    assert [n for n, a in kept.items() if a.differentiable] == owed


def test_an_average_is_over_an_axis_of_an_input():
    assert locate_averaged_axes("f", INPUTS, {"w": "D", "x": "N"}) == ((2, 0), (1, 0), None)
    assert locate_averaged_axes("f", {"x": Array("N"), "ys": Several(Array("N"))}, {}) == (None, None)
    with pytest.raises(AdapterError, match=r"averaged=\{'w': 'B'\} wants an input \(x, w, i\) and an axis of one"):
        locate_averaged_axes("f", INPUTS, {"w": "B"})
