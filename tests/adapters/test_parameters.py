"""Inputs are declared by example arrays, by annotations, or in the call."""

import inspect

import numpy as np
import pytest

from gradcheck import Array, adapt, check, choice, whole
from gradcheck.adapters import AdapterError
from gradcheck.adapters.inference import NoShapes
from gradcheck.adapters.parameters import is_certainly_shape
from gradcheck.adapters.trial_cases import draw_trial_case
from gradcheck.checking.op_check import format_declared_shapes
from gradcheck.report.text import render_findings
from tests.adapters import example_layers as at
from tests.adapters.test_inference import affine, affine_backward


def loss(x, y):
    value, dx = at.softmax_loss(x, y)
    return value, dx


def loss_backward(dy, dx):
    return dy * dx


# examples


def test_shapes_vary_around_examples_and_the_report_says_so():
    seen = set()

    def forward(x, w, b):
        seen.add(x.shape)
        return affine(x, w, b)

    op = adapt(forward, affine_backward, name="affine", x=np.ones((3, 4)), w=np.ones((4, 5)), b=np.ones(5))
    result = check(op, examples=40)
    assert (result.status, result.shapes > 5) == ("passed", True)
    assert result.notes[0] == "shapes were inferred: x: (N D), w: (D M), b: (M)"
    assert (3, 4) in seen


@pytest.mark.slow
def test_the_example_itself_is_examined_first():
    def backward(dy, x):
        return 2 * x * dy * (1 + (x.shape == (7, 11)))

    op = adapt(lambda x: (x * x, x), backward, name="square", x=np.ones((7, 11)))
    assert check(op, examples=1, laws=("gradient",)).status == "failed"


def test_an_axis_that_must_not_vary_stays():
    def forward(x):
        return x @ np.ones((4, 2)), None

    op = adapt(forward, lambda dy, cache: dy @ np.ones((2, 4)), x=np.ones((3, 4)))
    assert format_declared_shapes(op) == "x: (N 4)"


def test_whole_numbers_index_the_axis_that_fits():
    op = adapt(loss, loss_backward, x=np.ones((4, 3)), y=np.array([0, 2, 1, 1]))
    assert (format_declared_shapes(op), op.inputs["y"].domain.name) == ("x: (N D), y: (N)", "indices(D)")
    assert check(op, examples=24).status == "passed"


@pytest.mark.parametrize("given", [{"x": np.array([[1, 2], [3, 4]])}, {"at": (np.array([1, 2]),)}])
def test_whole_numbers_alone_are_refused_where_real_ones_are_meant(given):
    with pytest.raises(AdapterError, match=r"no input has a gradient, since x holds no real numbers"):
        adapt(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, **given)


def test_examples_on_which_forward_raises_are_refused_in_its_words():
    with pytest.raises(AdapterError, match=r"on the examples themselves forward raised ValueError: matmul"):
        adapt(
            lambda x, w: (x @ w, (x, w)), lambda dy, c: (dy @ c[1].T, c[0].T @ dy), x=np.ones((3, 4)), w=np.ones((3, 4))
        )


def test_whole_numbers_of_a_fixed_range_stay_below_what_was_seen():
    def forward(x, y):
        return x * np.array([1.0, 2.0, 4.0])[y], y

    op = adapt(forward, lambda dy, y: dy * np.array([1.0, 2.0, 4.0])[y], x=np.ones(5), y=np.array([0, 2, 1, 1, 0]))
    assert op.inputs["y"].domain.name == "indices(3)"
    assert check(op, examples=24).status == "passed"


def test_negative_whole_numbers_and_truth_values_stay_as_they_are():
    def forward(x, mask):
        return x * mask, mask

    op = adapt(forward, lambda dy, mask: dy * mask, x=np.ones((2, 3)), mask=np.array([True, False, True]))
    assert format_declared_shapes(op) == "x: (N 3), mask: (3)"


def test_shapes_and_examples_do_not_mix():
    with pytest.raises(AdapterError, match="x is given as a shape, w, b as an example"):
        adapt(affine, affine_backward, x="N D", w=np.ones((4, 5)), b=np.ones(5))


# settings and bounds


def test_a_setting_without_a_default_varies():
    def forward(x, power: whole(1, 3)):
        return x**power, (x, power)

    op = adapt(forward, lambda dy, c: dy * c[1] * c[0] ** (c[1] - 1), x="N")
    assert check(op, examples=24).status == "passed"
    assert list(op.settings) == ["power"]


@pytest.mark.parametrize("given", [{}, {"param": {"power": whole(2, 3), "shift": 0.0}}], ids=["alone", "overruled"])
@pytest.mark.parametrize("default", [inspect.Parameter.empty, None], ids=["without a default", "with one"])
def test_a_dictionary_may_be_an_annotation(default, given):
    def forward(x: "N", param: {"power": whole(1, 3), "shift": 0.5}):  # noqa: F821
        y = x ** param["power"] + param.pop("shift")
        return y, (x, param["power"])

    forward.__defaults__ = None if default is inspect.Parameter.empty else (default,)
    op = adapt(forward, lambda dy, cache: dy * cache[1] * cache[0] ** (cache[1] - 1), **given)
    assert op.settings == {"power": whole(*((2, 3) if given else (1, 3)))}
    assert op.forward(np.zeros(1), power=2)[0] == (0 if given else 0.5)
    assert check(op, examples=12).status == "passed"


def test_whole_numbers_for_which_no_bound_fits_are_refused():
    jaxtyping = pytest.importorskip("jaxtyping")

    def forward(x, y):
        return x * np.array([1.0])[y], y

    forward.__annotations__ = {"x": "N", "y": jaxtyping.Int[np.ndarray, "N"]}
    with pytest.raises(NoShapes, match=r"y holds whole numbers, and no bound fits; .*indices\('C'\)"):
        adapt(forward, lambda dy, y: dy)


# dictionaries


def affine_of_dictionary(x, params):
    return x @ params["W"] + params["b"], (x, params)


def return_pair(dy, cache):
    x, params = cache
    return dy @ params["W"].T, {"W": x.T @ dy, "b": dy.sum(axis=0)}


def return_one_dictionary(dy, cache):
    dx, grads = return_pair(dy, cache)
    return {"x": dx, **grads}


def return_nested(dy, cache):
    dx, grads = return_pair(dy, cache)
    return {"dx": dx, "params": {"dW": grads["W"], "db": grads["b"]}}


def wrong_pair(dy, cache):
    dx, grads = return_pair(dy, cache)
    return dx, {**grads, "b": 2 * grads["b"]}


SHAPES = {"x": "N D", "params": {"W": "D M", "b": "M"}}


@pytest.mark.parametrize("backward", [return_pair, return_one_dictionary, return_nested])
@pytest.mark.parametrize("params", [{"W": "D M", "b": "M"}, {"W": Array("D 4*H"), "b": "4*H"}])
def test_shapes_in_a_dictionary_are_inputs(backward, params):
    op = adapt(affine_of_dictionary, backward, x="N D", params=params)
    assert list(op.inputs) == ["x", "W", "b"]
    result = check(op, examples=8)
    assert result.status == "passed", [f.claim for f in result.findings]
    case = draw_trial_case(op)
    scope = {"affine_of_dictionary": affine_of_dictionary, backward.__name__: backward, **case.inputs}
    script = op.origin.script
    exec("\n".join([script.forward, script.backward]).format(y="y", dy="dy"), {**scope, "dy": case.upstream[0]}, scope)
    assert np.array_equal(scope["db"], case.upstream[0].sum(axis=0))


def test_a_wrong_gradient_in_a_dictionary_is_caught_and_shown():
    result = check(adapt(affine_of_dictionary, wrong_pair, **SHAPES), examples=8, laws=("gradient",))
    assert {f.input for f in result.findings} == {"b"}
    text = render_findings(result.findings, result.script)
    assert "y, cache = affine_of_dictionary(x, {'W': W, 'b': b})" in text
    assert "dx, dparams = wrong_pair(dy, cache)" in text
    assert "db = dparams['b']" in text


def test_a_gradient_that_the_dictionary_lacks_is_a_finding():
    op = adapt(affine_of_dictionary, lambda dy, c: (return_pair(dy, c)[0], {"b": dy.sum(axis=0)}), **SHAPES)
    assert "gradient of W is None" in check(op, examples=4).findings[0].claim


def test_a_key_that_is_the_name_of_another_input_is_told_apart():
    def forward(x, params):
        return x * params["x"], (x, params)

    op = adapt(forward, lambda dy, c: (dy * c[1]["x"], {"x": dy * c[0]}), x="N D", params={"x": "N D"})
    assert list(op.inputs) == ["x", "params_x"]
    assert check(op, examples=8).status == "passed"


@pytest.mark.parametrize("text", ["D M", "M", "4*H", "D1", "3", "Din Dout", "*S"])
def test_a_text_of_axes_is_certainly_a_shape(text):
    assert is_certainly_shape(text)


@pytest.mark.parametrize("text", ["train", "SAME", "Adam", "n d", "", "mean", "D-", "zeros N"])
def test_any_other_text_is_a_value(text):
    assert not is_certainly_shape(text)


def test_values_and_settings_in_a_dictionary_stay_what_they_are():
    def forward(x, param):
        assert (param["mode"], param["order"]) == ("train", "C")
        return x * param["k"], param

    param = {"mode": "train", "order": choice("C"), "k": whole(1, 3)}
    op = adapt(forward, lambda dy, param: dy * param["k"], x="N", param=param)
    assert (list(op.inputs), list(op.settings)) == (["x"], ["order", "k"])
    assert check(op, examples=8).status == "passed"


@pytest.mark.parametrize("params", [["D M", "M"], ("D M", "M"), [Array("D M"), Array("M")]])
def test_shapes_in_a_row_are_inputs(params):
    def forward(x, params):
        return x @ params[0] + params[1], (x, params[0], type(params))

    def backward(dy, cache):
        x, w, kind = cache
        return dy @ w.T, kind([x.T @ dy, dy.sum(axis=0)])

    op = adapt(forward, backward, name="op", x="N D", params=params)
    assert list(op.inputs) == ["x", "params_0", "params_1"]
    assert check(op, examples=8).status == "passed"
    assert "(x, [params_0, params_1])" in op.origin.script.forward.replace(
        "(params_0, params_1,)", "[params_0, params_1]"
    )
    assert op.origin.script.backward.endswith("dparams_0 = dparams[0]\ndparams_1 = dparams[1]")
    wrong = adapt(
        forward,
        lambda dy, c: (backward(dy, c)[0], [2 * backward(dy, c)[1][0], backward(dy, c)[1][1]]),
        x="N D",
        params=params,
    )
    assert {f.input for f in check(wrong, examples=4, laws=("gradient",), shrink=False).findings} == {"params_0"}


def test_arrays_of_several_shapes_in_a_row_are_refused_with_what_to_write():
    with pytest.raises(AdapterError, match=r"params=\['N D', 'N'\]"):
        adapt(affine_of_dictionary, return_pair, x="N D", params=[np.ones((3, 4)), np.ones(4)])


def test_an_example_in_a_dictionary_is_refused_with_what_to_write():
    with pytest.raises(AdapterError, match=r"params\['W'\] is an array; declare its shape"):
        adapt(affine_of_dictionary, return_pair, x="N D", params={"W": np.ones((2, 3))})


# parameters that are no arrays


def batch_norm(x, gamma, bn_param):
    assert bn_param["mode"] == "train"
    std = np.sqrt(x.var(axis=0) + bn_param.get("eps", 1e-5))
    hat = (x - x.mean(axis=0)) / std
    return gamma * hat, (hat, std, gamma)


def batch_norm_backward(dy, cache):
    hat, std, gamma = cache
    d = dy * gamma
    return (d - d.mean(axis=0) - hat * (d * hat).mean(axis=0)) / std, (dy * hat).sum(axis=0)


@pytest.mark.parametrize("given", [{}, {"x": "N D", "gamma": "D"}])
def test_a_dictionary_of_settings_that_nobody_gives_is_tried_and_told(given):
    op = adapt(batch_norm, batch_norm_backward, **given)
    assert "bn_param: taken as {'mode': 'train'}" in op.origin.notes
    assert check(op, examples=12).status == "passed"


def test_a_dictionary_that_may_be_empty_is():
    op = adapt(lambda x, conv_param: (x * conv_param.get("k", 2), None), lambda dy, cache: 2 * dy)
    assert "conv_param: taken as {}" in op.origin.notes


def test_a_dictionary_that_nobody_can_guess_is_refused():
    with pytest.raises(NoShapes, match="runs on none of the shapes tried"):
        adapt(lambda x, drop_param: (x * drop_param["p"], None), lambda dy, cache: dy)


def test_a_tuple_is_no_shape_and_the_message_says_what_to_write():
    with pytest.raises(NoShapes, match=r"x=\(3, 4\) is a value, not a shape; write x='3 4' .* or x=np.array"):
        adapt(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, x=(3, 4))


def test_a_name_near_an_option_of_the_fixture_is_asked_about():
    with pytest.raises(AdapterError, match="did you mean 'examples'"):
        adapt(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, x="N", exmples=3)
