"""The shapes and settings for which a wrong gradient is right are told in words."""

import numpy as np
import pytest

from gradcheck import Array, Op, adapt, namespace, whole
from gradcheck.causes.conditions import FEWEST_TOGETHER, find_condition, find_value_condition
from gradcheck.causes.telling_cases import draw_telling_points
from gradcheck.generation.search import generate_cases
from tests.causes.ops import affine_with


def condition_of(op, label):
    """The cause that a condition tells of, None for none."""
    cases = [*generate_cases(op, 24, 0), *draw_telling_points(op, 0)]
    found = find_condition(op, label, cases)
    assert found is None or FEWEST_TOGETHER <= found[1] <= len(cases)
    return found and found[0]


def test_right_for_one_row_only():
    op = affine_with(lambda g, dy: {**g, "b": g["b"] + len(dy) ** 2 - 1})
    found = condition_of(op, "b")
    assert found.name == "right-only-where"
    assert found.words == "it is right only where the length of N is 1"


@pytest.mark.slow
def test_right_for_one_stride_only():
    def backward(dy, cache):
        shape, _stride = cache
        gradient = np.zeros(shape)
        gradient[: len(dy)] = dy
        return gradient

    op = adapt(
        lambda x, stride=1: (x[::stride].copy(), (x.shape, stride)),
        backward,
        name="strided",
        x="stride*(N-1)+1",
        stride=whole(1, 3),
    )
    found = condition_of(op, "x")
    assert (found.name, found.words) == ("stride-ignored", "it is right only where stride is 1")


@pytest.mark.slow
def test_a_gradient_that_is_wrong_everywhere_has_no_condition():
    assert condition_of(affine_with(lambda g, dy: {**g, "b": 2 * g["b"]}), "b") is None


def make_value(formula):
    """A sum whose forward computes something else."""
    inputs, reference = {"x": Array("N D")}, lambda x: namespace(x).sum(x**3, axis=(0, 1))
    return Op("value", lambda x: (formula(x), x), lambda dy, x: 3 * dy * x**2, reference, inputs=inputs)


@pytest.mark.slow
@pytest.mark.parametrize(("power", "words"), [(3, "it is right only where N equals D"), (2, None)])
def test_an_output_that_is_right_for_square_inputs_alone_is_told_from_one_that_is_always_wrong(power, words):
    op = make_value(lambda x: (x**power).sum() if x.shape[0] == x.shape[1] else np.sin(x).sum())
    found = find_value_condition(op, 0, list(generate_cases(op, 40, 0)))
    assert (found and found[0].words) == words
