"""Sums over axes that are missing, extra, or over the wrong axis, and other shapes."""

import numpy as np
import pytest

from gradcheck import adapt
from gradcheck.causes.hypotheses.shapes import propose_extra_sum, propose_missing_sum, propose_other_shape
from tests.causes.hypotheses.explaining import find_with, names
from tests.causes.ops import affine_with


def bias(change):
    """Affine, with another gradient of the bias, made of the upstream."""
    return affine_with(lambda g, dy: {**g, "b": change(dy)})


def scale_of_rows(change):
    """x * gamma for x of any number of axes, with another gradient of gamma, made of what its elements contribute."""

    def backward(dy, cache):
        x, gamma = cache
        return dy * gamma, change(dy * x)

    return adapt(lambda x, gamma: (x * gamma, (x, gamma)), backward, name="scale", x="*S D", gamma="D")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda dy: dy, "the sum over N is missing"),
        (lambda dy: dy.sum(1), "it is summed over M where the sum over N is right"),
        (lambda dy: dy.mean(1), "it is averaged over M where the sum over N is right"),
    ],
)
def test_a_wrong_sum_for_a_bias_is_named(change, words):
    assert [cause.words for cause in find_with(propose_missing_sum, bias(change), "b")] == [words]


def test_a_missing_sum_of_a_product_is_named():
    def backward(dy, cache):
        x, w = cache
        return dy @ w.T, x[:, :, None] * dy[:, None, :]

    op = adapt(lambda x, w: (x @ w, (x, w)), backward, name="linear", x="N D", w="D M")
    assert [cause.words for cause in find_with(propose_missing_sum, op, "w")] == ["the sum over N is missing"]


def test_a_sum_over_axes_whose_number_varies_is_named():
    (cause,) = find_with(propose_missing_sum, scale_of_rows(lambda g: g), "gamma")
    assert cause.words == "it is not summed over the axes along which the input is broadcast"
    (cause,) = find_with(propose_missing_sum, scale_of_rows(lambda g: g.sum(0) if g.ndim > 1 else g), "gamma")
    assert cause.words == "it is summed over the first axis alone"


def test_an_extra_sum_is_named():
    summed = affine_with(lambda g, dy: {**g, "x": g["x"].sum(0)})
    assert [c.words for c in find_with(propose_extra_sum, summed, "x")] == ["it is summed over N, which must be kept"]
    by_chance = affine_with(lambda g, dy: {**g, "x": g["x"].mean(1, keepdims=True) + 0 * g["x"]})
    (cause,) = find_with(propose_extra_sum, by_chance, "x")
    assert cause.words == "it is averaged over D, which must be kept"
    assert names(find_with(propose_extra_sum, bias(np.sum), "b")) == ["sum-extra"]


def test_another_shape_is_named():
    assert names(find_with(propose_other_shape, bias(lambda dy: dy.sum(0, keepdims=True)), "b")) == ["keepdims"]
    flat = affine_with(lambda g, dy: {**g, "w": g["w"].ravel()})
    assert names(find_with(propose_other_shape, flat, "w")) == ["reshaped"]
    assert not find_with(propose_other_shape, bias(lambda dy: dy.mean(0, keepdims=True)), "b")
