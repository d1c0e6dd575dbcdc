"""A parameter whose default is None is tried absent and present, within one op."""

import numpy as np
import pytest

from gradcheck import Array, adapt, booleans, check
from gradcheck.report.text import render_findings
from tests.adapters.verdicts import assert_caught, assert_passes


def linear(x, w, b=None):
    return (x @ w if b is None else x @ w + b), (x, w, b)


def linear_keyword(x, w, *, b=None):
    return linear(x, w, b)


def return_none(dy, cache):
    x, w, b = cache
    return dy @ w.T, x.T @ dy, None if b is None else dy.sum(axis=0)


def return_fewer(dy, cache):
    return return_none(dy, cache)[: 2 if cache[2] is None else 3]


def return_gradient(dy, cache):
    x, w, _ = cache
    return dy @ w.T, x.T @ dy, dy.sum(axis=0)


def return_zeros(dy, cache):
    return (*return_gradient(dy, cache)[:2], dy.sum(axis=0) * (cache[2] is not None))


def return_by_name(dy, cache):
    return dict(zip(("dx", "dw", "db"), return_none(dy, cache), strict=True))


def wrong_bias(dy, cache):
    x, w, b = cache
    return dy @ w.T, x.T @ dy, None if b is None else 7 * dy.mean(axis=0)


def wrong_without_bias(dy, cache):
    x, w, b = cache
    return dy @ w.T, x.T @ dy * (1 if b is not None else 2), None if b is None else dy.sum(axis=0)


def forget_bias(dy, cache):
    x, w, _ = cache
    return dy @ w.T, x.T @ dy


RIGHT = {f.__name__: f for f in (return_none, return_fewer, return_gradient, return_zeros, return_by_name)}


@pytest.mark.parametrize("backward", RIGHT.values(), ids=RIGHT)
def test_whatever_backward_returns_for_an_absent_input_is_right(backward):
    op = adapt(linear, backward)
    assert ([a.shape for a in op.inputs.values()], op.origin.not_checked) == (["N D", "D M", "M"], ())
    result = check(op, examples=16)
    assert (result.status, result.not_checked) == ("passed", ()), [f.claim for f in result.findings]


@pytest.mark.slow
def test_a_wrong_gradient_is_caught_present_and_absent():
    assert_caught(adapt(linear, wrong_bias), "b")
    assert_caught(adapt(linear, wrong_without_bias), "w")
    assert_caught(adapt(linear_keyword, wrong_bias), "b")


def test_absent_cases_are_a_minority_and_both_come():
    seen = []

    def forward(x, w, b=None):
        seen.append(b is None)
        return linear(x, w, b)

    op = adapt(forward, return_none)
    seen.clear()
    check(op, examples=40, laws=("contract",))
    assert 0 < sum(seen) < len(seen) / 2


@pytest.mark.parametrize(
    "given",
    [
        {"x": "N D", "w": "D M"},
        {"x": "N D", "w": "D M", "b": "M"},
        {"x": np.ones((3, 4)), "w": np.ones((4, 5))},
        {"at": (np.ones((3, 4)), np.ones((4, 5)), np.ones(5))},
        {"reference": lambda x, w, b=None: x @ w if b is None else x @ w + b},
    ],
    ids=["shapes", "all shapes", "examples", "point", "reference"],
)
def test_both_are_tried_however_the_others_are_declared(given):
    op = adapt(linear, return_none, **given)
    assert (list(op.inputs), list(op.settings)) == (["x", "w", "b"], ["left_out"])
    assert check(op, examples=12).status == "passed"


def test_a_shape_in_the_annotation_is_taken_and_its_gradient_owed():
    def forward(x: "N D", w: "D M", b: "M" = None):  # noqa: F722, F821 - shapes
        return linear(x, w, b)

    assert check(adapt(forward, return_none), examples=8).status == "passed"
    (finding, *_) = check(adapt(forward, forget_bias), examples=8).findings
    assert "2 gradients" in finding.claim


def test_an_optional_number_is_owed_no_gradient():
    def forward(q, k, scale: float = None):  # noqa: RUF013 - as people write
        return q @ k.T * (0.5 if scale is None else scale), (q, k, scale)

    def backward(dy, cache):
        q, k, scale = cache
        d = dy * (0.5 if scale is None else scale)
        return d @ k, d.T @ q

    op = adapt(forward, backward, q="N D", k="M D")
    assert [part.name for part in op.origin.not_checked] == ["scale"]
    assert check(op, examples=8).status == "passed"


def test_an_optional_input_for_which_nothing_is_returned_stays_none_and_is_told():
    (told,) = adapt(linear, forget_bias).origin.not_checked
    assert str(told) == "b (backward returns None; declare it, as in b=Array('N D', booleans()))"


def scale(x, w, mask=None):
    return (x * w if mask is None else x * w * mask), (x, w, mask)


def scale_backward(dy, cache):
    x, w, mask = cache
    dy = dy if mask is None else dy * mask
    return dy * w, dy * x, None


def test_a_mask_without_a_gradient_is_told_and_checked_where_it_is_declared():
    op = adapt(scale, scale_backward)
    assert [part.name for part in op.origin.not_checked] == ["mask"]
    assert check(op, examples=8).status == "passed"
    declared = adapt(scale, scale_backward, x="N D", w="N D", mask=Array("N D", booleans()))
    assert declared.origin.not_checked == ()
    assert check(declared, examples=12).status == "passed"


def test_what_is_no_array_stays_none_and_is_told():
    def forward(x, rng=None, axis=None, out=None, p=0.5):
        rng = rng or np.random.default_rng(0)
        return np.multiply(x, rng.random(x.shape) > p, out=out), rng

    op = adapt(lambda x, out=None: (np.add(x, 1, out=out), x), lambda dy, x: 1 * dy)
    assert [part.name for part in op.origin.not_checked] == ["out"]
    op = adapt(forward, lambda dy, rng: 1 * dy)
    assert [part.name for part in op.origin.not_checked] == ["rng", "axis", "out"]
    assert op.origin.not_checked[0].reason == "default None kept; declare it, as in rng='N D' or rng=choice(…)"
    assert "kept at their defaults: p=0.5; annotate with whole(…) or choice(…) to vary them" in op.origin.notes


def test_an_array_as_default_is_told_and_numbers_are_a_note():
    one = np.ones(1)
    op = adapt(lambda x, w=one, eps=1e-5: (x * w + eps, w), lambda dy, w: dy * w)
    assert [str(part) for part in op.origin.not_checked] == ["w (default array kept; declare it, as in w='N')"]


def test_none_that_is_declared_is_no_question():
    assert adapt(linear, forget_bias, x="N D", w="D M", b=None).origin.not_checked == ()


def test_a_reference_that_does_not_take_it_is_told():
    op = adapt(linear, return_none, reference=lambda x, w: x @ w)
    assert [str(part) for part in op.origin.not_checked] == [
        "b (default None kept, since the reference does not take it)"
    ]
    assert check(op, examples=8).status == "passed"


def test_a_bias_that_is_a_row_is_found():
    def backward(dy, cache):
        x, w, b = cache
        return dy @ w.T, x.T @ dy, None if b is None else dy.sum(axis=0, keepdims=True)

    op = adapt(linear, backward)
    assert op.inputs["b"].shape == "1 M"
    assert check(op, examples=8).status == "passed"


def test_an_optional_input_of_a_forward_with_two_outputs_is_tried():
    def forward(x, b=None):
        y = x if b is None else x + b
        return y * 1, y * y, (x, b)

    def backward(da, dz, cache):
        x, b = cache
        dx = da + 2 * dz * (x if b is None else x + b)
        return dx, None if b is None else dx.sum(axis=0)

    op = adapt(forward, backward)
    assert (list(op.inputs), op.outputs) == (["x", "b"], ("y0", "y1"))
    assert check(op, examples=8).status == "passed"


@pytest.mark.parametrize(
    "backward",
    [
        lambda dy, x, w, b: return_none(dy, (x, w, b)),
        lambda dy, x, w, b=None: return_none(dy, (x, w, b)),
    ],
    ids=["required", "optional"],
)
def test_a_backward_that_takes_the_inputs_by_name_is_given_the_optional_one(backward):
    op = adapt(lambda x, w, b=None: linear(x, w, b)[0], backward)
    assert list(op.inputs) == ["x", "w", "b"]
    assert check(op, examples=8).status == "passed"


def test_a_reference_that_wants_an_array_is_never_given_none():
    op = adapt(linear, return_none, x="N D", w="D M", b="M", reference=lambda x, w, b: x @ w + b)
    assert op.settings == {}
    assert check(op, examples=8).status == "passed"


def test_inputs_that_come_only_together_are_tried_together():
    def forward(x, gamma=None, beta=None):
        return (x if gamma is None else gamma * x + beta), (x, gamma)

    def backward(dy, cache):
        x, gamma = cache
        return (dy * 1, None, None) if gamma is None else (dy * gamma, (dy * x).sum(axis=0), dy.sum(axis=0))

    op = adapt(forward, backward)
    assert list(op.inputs) == ["x", "gamma", "beta"]
    assert check(op, examples=16).status == "passed"


def test_a_backward_that_raises_where_it_is_an_array_is_not_accused():
    def forward(x, mask=None):
        return (x * x if mask is None else x * x * mask), (x, mask)

    def backward(dy, cache):
        x, mask = cache
        return 2 * x * (dy if mask is None else np.where(~mask, 0, dy)), None

    op = adapt(forward, backward)
    assert "since backward raises where it is an array" in op.origin.not_checked[0].reason
    assert check(op, examples=8).status == "passed"


# conventions


class Linear:
    """A layer whose bias is optional."""

    factor = 1

    def __init__(self, weight, bias=None):
        self.weight, self.bias = weight, bias

    def forward(self, x):
        self.x = x
        return x @ self.weight + (0 if self.bias is None else self.bias)

    def backward(self, dy):
        self.dweight = self.x.T @ dy
        self.dbias = None if self.bias is None else self.factor * dy.sum(axis=0)
        return dy @ self.weight.T


class WrongLinear(Linear):
    """The gradient of the bias is wrong."""

    factor = 7


class ScaleGate:
    """A gate with an optional input."""

    factor = 1

    def forward(self, x, s=None):
        self.x, self.s = x, s
        return x * 1 if s is None else x * s

    def backward(self, dy):
        return 1 * dy if self.s is None else (dy * self.s, self.factor * dy * self.x)


class WrongScaleGate(ScaleGate):
    """The gradient of the optional input is wrong."""

    factor = 3


def shift(x, b=None):
    return x if b is None else x + b, lambda dy: (1 * dy, None if b is None else dy.sum(axis=0))


def wrong_shift(x, b=None):
    return x if b is None else x + b, lambda dy: (1 * dy, None if b is None else 2 * dy.sum(axis=0))


@pytest.mark.slow
def test_right_code_of_every_convention_passes():
    assert_passes(adapt(Linear))
    assert_passes(adapt(ScaleGate))
    assert_passes(adapt(shift, adapter="closure"))


@pytest.mark.slow
def test_wrong_code_of_every_convention_is_caught():
    assert_caught(adapt(WrongLinear), "bias")
    assert_caught(adapt(WrongScaleGate), "s")
    assert_caught(adapt(wrong_shift, adapter="closure"), "b")


# counterexamples


def paste(op, **scope):
    """The counterexample of the first wrong gradient, run as a person would; what it prints, and the program."""
    result = check(op, examples=24, laws=("gradient",))
    text = render_findings(result.findings[:1], result.script)
    program = "\n".join(line[6:] for line in text.split("\n") if line.startswith(" " * 6))
    shown = []
    exec(program, {**scope, "print": shown.append})
    return shown, program


@pytest.mark.slow
@pytest.mark.parametrize("backward", [wrong_bias, wrong_without_bias, lambda dy, c: wrong_without_bias(dy, c)[:2]])
def test_the_counterexample_runs_with_and_without_the_input(backward):
    shown, program = paste(adapt(linear, backward, name="linear"), forward=linear, linear=linear, backward=backward)
    assert len(shown) == 1
    assert ("linear(x, w, None)" in program) == (backward is not wrong_bias)


class HalfGate(ScaleGate):
    """Wrong where the optional input is absent, for which it returns None."""

    def backward(self, dy):
        return (dy / 2, None) if self.s is None else (dy * self.s, dy * self.x)


@pytest.mark.slow
def test_the_counterexample_of_a_layer_takes_what_backward_returns():
    shown, program = paste(adapt(HalfGate))
    assert "y = layer.forward(x, None)\ndx, _ = layer.backward(dy)" in program
    assert shown[0].shape
