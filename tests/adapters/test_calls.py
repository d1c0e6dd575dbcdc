"""Forward and backward of an Op around code that is called by the names of its parameters."""

import numpy as np
import pytest

from gradcheck.adapters.calls import Calls, align_gradients, find_gradient_by_name, resolve_parameter
from gradcheck.adapters.parameters import FixedValue, ParameterDict
from gradcheck.declaration.settings import choice

X, W = np.ones((4, 3)), np.ones(3)


def run(arguments):
    """(outputs, cache) of code that returns its arguments."""
    return (arguments["x"].sum(),), arguments


def make_calls(**parts):
    """Calls of code with inputs x and w, whose gradients are ones."""
    rest = {
        "run": run,
        "pull": lambda upstream, cache: (upstream[0] * np.ones((4, 3)), upstream[0] * np.ones(3)),
        "names": ("x", "w"),
        "differentiable": (True, True),
        "rest": {},
        "averaged": (None, None),
    }
    return Calls(**{**rest, **parts})


def test_arrays_are_passed_by_name_and_settings_beside_them():
    calls = make_calls(rest={"mode": choice("sum", "mean"), "eps": FixedValue(1e-5)})
    arguments = calls.arguments((X, W), {"mode": "mean"})
    assert list(arguments) == ["x", "w", "mode", "eps"]
    assert arguments["x"] is X
    assert (arguments["mode"], arguments["eps"]) == ("mean", 1e-5)


def test_the_last_name_may_stand_for_any_number_of_arrays():
    calls = make_calls(several=True)
    assert calls.arguments((X, W, W), {})["w"] == (W, W)
    assert calls.arguments((X,), {})["w"] == ()


def test_one_output_stands_for_itself_and_several_as_a_tuple():
    y, _ = make_calls().forward(X, W)
    assert y == 12
    several = make_calls(run=lambda arguments: ((1, 2), None))
    assert several.forward(X, W)[0] == (1, 2)


def test_a_gradient_that_is_an_average_is_multiplied_by_the_length():
    calls = make_calls(averaged=(None, (0, 0)))
    _, context = calls.forward(X, W)
    dx, dw = calls.backward(2.0, context)
    assert dx.tolist() == (2 * np.ones((4, 3))).tolist()
    assert dw.tolist() == [8, 8, 8]


def test_gradients_that_a_framework_gives_unasked_are_dropped():
    calls = make_calls(differentiable=(True, False), drops=True)
    _, context = calls.forward(X, W)
    assert calls.backward(1.0, context)[1] is None


def test_the_functions_stand_where_the_gradient_is_written():
    def written():
        """Never called."""

    forward, backward = make_calls().build_functions(run, written)
    assert (forward.__module__, backward.__module__) == (__name__, __name__)
    assert (forward.written_at, backward.written_at) == (run, written)
    y, context = forward(X, W)
    assert y == 12
    assert backward(1.0, context)[1].tolist() == [1, 1, 1]


def test_values_are_new_ones_for_every_call():
    kept, scales = FixedValue([1, 2]), [3]
    assert resolve_parameter("a", kept, {}) == [1, 2]
    assert resolve_parameter("a", kept, {}) is not kept.value
    given = ParameterDict({"mode": choice("train", "test"), "scales": scales})
    resolved = resolve_parameter("param", given, {"mode": "test"})
    assert resolved == {"mode": "test", "scales": [3]}
    assert resolved["scales"] is not scales


@pytest.mark.parametrize("spelling", ["w", "dw", "d_w", "grad_w", "w_grad"])
def test_a_gradient_that_came_by_name_is_found(spelling):
    assert find_gradient_by_name({spelling: W, "other": X}, "w") is W
    assert find_gradient_by_name({"other": X}, "w") is None


def test_gradients_are_given_to_the_inputs_that_have_one():
    assert align_gradients({"dw": W}, ["x", "w"], [True, True]) == (None, W)
    assert align_gradients((W,), ["i", "w"], [False, True]) == (None, W)
    assert align_gradients([X, W], ["x", "w"], [True, True]) == (X, W)
    assert align_gradients(X, ["x"], [True]) == (X,)
