"""An op of whatever holds a forward and a backward: which convention is chosen, and what is refused."""

import numpy as np
import pytest

from gradcheck import Array, Op, adapt
from gradcheck.adapters import AdapterError, recognise_convention
from gradcheck.adapters.inference import NoShapes
from tests.adapters import example_layers as at
from tests.adapters.test_inference import affine, affine_backward, square, square_backward


@pytest.mark.parametrize(
    ("thing", "convention"),
    [
        (at.MultiplyGate, "layer"),
        (at.Line(), "layer"),
        (at.TwoLayerNet(2, 2, 2), "model"),
        (at.softmax_loss, None),
        (at.relu, None),
        (at.TwoLayerNet, None),
        (3, None),
    ],
)
def test_a_convention_is_recognised_where_looking_tells_it(thing, convention):
    found = recognise_convention(thing)
    assert (found and found.name) == convention


def test_an_op_is_named_for_what_it_is_made_of():
    def cube_forward(x):
        return x**3, x

    assert adapt(cube_forward, lambda dy, x: 3 * x**2 * dy).name == "cube"
    assert adapt(at.MultiplyGate).name == "MultiplyGate"
    assert adapt(lambda x: (x * x, x), square_backward).name == "op"
    assert adapt(square, square_backward, name="power").name == "power"


def test_an_op_without_a_reference_gets_its_own_forward_for_one():
    op = Op("square", square, square_backward, inputs={"x": Array("N")})
    adapted = adapt(op)
    assert adapted.origin.reference_is_forward
    assert float(adapted.reference(np.array(3.0))) == 9
    complete = Op("square", square, square_backward, lambda x: x * x, inputs={"x": Array("N")})
    assert adapt(complete) is complete


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"W": "D M"}, r"affine has no parameter 'W'; did you mean 'w'\? It has: x, w, b"),
        ({"w": "D M"}, "the shape of x, b is missing"),
        ({"x": "N+", "w": "D M", "b": "M"}, "affine: x: .*'N\\+'"),
        ({"x": [[np.nan]], "w": "D M", "b": "M"}, "affine: x must be an array of finite real numbers"),
        ({"inputs": ["N D"]}, "inputs is .*; write inputs="),
        ({"adapter": "pairs"}, "there is no adapter 'pairs'; did you mean 'pair'"),
        ({"adapter": "layer"}, "adapter='layer' wants one thing"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_to_write(given, words):
    with pytest.raises((AdapterError, NoShapes), match=words):
        adapt(affine, affine_backward, **given)


@pytest.mark.parametrize("thing", [np.add, 3, affine], ids=["a ufunc", "a number", "a function"])
def test_what_has_no_backward_for_certain_is_refused(thing):
    with pytest.raises(AdapterError, match=r"the backward is missing|nothing that holds a forward and a backward"):
        adapt(thing)


def test_a_function_without_a_signature_is_refused():
    with pytest.raises(AdapterError, match="has no signature"):
        adapt(max, affine_backward, x="N")


def test_an_op_declares_itself():
    op = adapt(affine, affine_backward)
    with pytest.raises(AdapterError, match="affine is an Op, which declares itself"):
        adapt(op, x="N D")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((3, affine_backward), "the forward is 3, which cannot be called"),
        ((affine, 3), "the backward is 3, which cannot be called"),
        ((at.MultiplyGate.forward,), "the backward is missing"),
        ((at.TwoLayerNet,), r"give an instance, as in TwoLayerNet\(…\), not the class"),
    ],
)
def test_what_holds_no_forward_and_backward_is_named(given, words):
    with pytest.raises(AdapterError, match=words):
        adapt(*given)


@pytest.mark.parametrize("adapter", ["pair", "array_api"])
def test_a_convention_of_two_functions_wants_two(adapter):
    with pytest.raises(AdapterError, match=f"affine: the backward is missing; adapter='{adapter}' wants two functions"):
        adapt(affine, adapter=adapter)
