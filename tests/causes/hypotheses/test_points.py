"""Points at which backward takes the derivative in place of the right one."""

import numpy as np
import pytest

from gradcheck import Array, adapt, bits, distinct
from gradcheck.causes.hypotheses.points import propose_other_point
from tests.causes.hypotheses.explaining import find_with, names


def gated(change):
    """sin(a) * tanh(b), whose gradient of a is taken with another b."""

    def backward(dy, cache):
        a, b = cache
        a_used, b_used = change(a, b, dy)
        return dy * np.cos(a_used) * np.tanh(b_used), dy * np.sin(a) * (1 - np.tanh(b) ** 2)

    return adapt(lambda a, b: (np.sin(a) * np.tanh(b), (a, b)), backward, name="gated", a="N D", b="N D")


AT_OUTPUT = "the derivative is taken at the output y in place of a"


@pytest.mark.parametrize(
    ("change", "name", "words"),
    [
        (lambda a, b, u: (a, a), "wrong-variable", "a is used for b"),
        (lambda a, b, u: (a, np.abs(b)), "wrong-variable", "the absolute value of b is used for b"),
        (lambda a, b, u: (a, 1 - b), "complement", "(1 - b) is used for b"),
        (lambda a, b, u: (b, a), "wrong-variable", "a and b are exchanged in it"),
        (lambda a, b, u: (u, b), "wrong-variable", "the upstream gradient is used for a"),
        (lambda a, b, u: (np.sin(a) * np.tanh(b), b), "slope-at-output", AT_OUTPUT),
        (lambda a, b, u: (a, np.roll(b, 1, 0)), "wrong-index", "the element of b before or after it along N is used"),
    ],
)  # fmt: skip
def test_another_point_is_named(change, name, words):
    (cause,) = find_with(propose_other_point, gated(change), "a")
    assert (cause.name, cause.words) == (name, words)


def test_a_point_that_no_name_fits_has_none():
    assert not find_with(propose_other_point, gated(lambda a, b, u: (a, b + 0.25)), "a")


def test_a_factor_within_a_product_is_missed():
    def backward(dy, cache):
        x, w, v = cache
        return dy[:, None] * w, (dy[:, None] * v * x).sum(0), (dy[:, None] * w * x).sum(0)

    op = adapt(lambda x, w, v: ((x * w * v).sum(1), (x, w, v)), backward, name="dot", x="N D", w="D", v="D")
    assert [cause.words for cause in find_with(propose_other_point, op, "x")] == ["the factor v is missing"]


@pytest.mark.slow
def test_a_mask_that_is_not_applied_is_named():
    op = adapt(
        lambda x, mask: (np.exp(x * mask).sum(1), (x, mask)),
        lambda dy, cache: (dy[:, None] * np.exp(cache[0]), None),
        name="masked",
        x="N D",
        mask=Array("N D", bits()),
    )
    assert names(find_with(propose_other_point, op, "x")) == ["mask-missing"]


def test_a_transposed_weight_is_named():
    op = adapt(
        lambda x, w: (x @ w, w), lambda dy, w: (dy @ w, None), name="turn", x="N D", w=Array("D D", gradient=False)
    )
    assert names(find_with(propose_other_point, op, "x")) == ["transposed"]


def pool_over_places(place_of):
    """The largest element of each channel, whose way back chooses its place by something else."""

    def backward(dy, x):
        n, c, _ = x.shape
        dx, places = np.zeros_like(x), place_of(x)
        dx[np.arange(n)[:, None], np.arange(c), places] = dy
        return dx

    return adapt(lambda x: (x.max(2), x), backward, name="pool", x=Array("N C L", distinct()))


def test_a_place_that_all_channels_share_is_told_from_another_wrong_place():
    largest = pool_over_places(lambda x: np.repeat(x.max(1).argmax(1)[:, None], x.shape[1], 1))
    assert names(find_with(propose_other_point, largest, "x")) == ["channels-mixed"]
    first = pool_over_places(lambda x: np.repeat(x[:, :1].argmax(2), x.shape[1], 1))
    assert names(find_with(propose_other_point, first, "x")) == ["channels-mixed"]
    smallest = pool_over_places(lambda x: x.argmin(2))
    assert "channels-mixed" not in names(find_with(propose_other_point, smallest, "x"))


def correlate(use):
    """The correlation of a signal with a kernel, whose way back uses another kernel."""

    def forward(x, w):
        n = x.shape[1] - len(w) + 1
        return sum(x[:, k : k + n] * w[k] for k in range(len(w))), (x, w)

    def backward(dy, cache):
        x, w = cache
        dx, used = np.zeros_like(x), use(w)
        for k in range(len(w)):
            dx[:, k : k + dy.shape[1]] += dy * used[k]
        return dx, np.array([np.sum(x[:, k : k + dy.shape[1]] * dy) for k in range(len(w))])

    return adapt(forward, backward, name="correlate", x="N T+K-1", w="K")


@pytest.mark.parametrize(
    ("use", "name", "words"),
    [
        (lambda w: w[::-1], "kernel-not-flipped", "w is reversed along K"),
        (lambda w: w[:1].repeat(len(w)), "wrong-index", "the first of w along K is used for all"),
    ],
)
def test_another_order_of_a_kernel_is_told_from_one_element_for_all(use, name, words):
    first, *_ = find_with(propose_other_point, correlate(use), "x")
    assert (first.name, first.words) == (name, words)


def test_an_array_that_is_reversed_along_an_axis_of_the_input_is_no_kernel():
    assert not find_with(propose_other_point, gated(lambda a, b, u: (a, b[:, ::-1])), "a")
