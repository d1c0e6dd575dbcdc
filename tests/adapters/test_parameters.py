"""Inputs are declared by example arrays, by annotations, or in the call."""

import numpy as np
import pytest

from gradcheck import adapt, check, whole
from gradcheck.adapters import AdapterError
from gradcheck.adapters.inference import NoShapes
from gradcheck.checking.op_check import format_declared_shapes
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


def test_whole_numbers_for_which_no_bound_fits_are_refused():
    jaxtyping = pytest.importorskip("jaxtyping")

    def forward(x, y):
        return x * np.array([1.0])[y], y

    forward.__annotations__ = {"x": "N", "y": jaxtyping.Int[np.ndarray, "N"]}
    with pytest.raises(NoShapes, match=r"y holds whole numbers, and no bound fits; .*indices\('C'\)"):
        adapt(forward, lambda dy, y: dy)
