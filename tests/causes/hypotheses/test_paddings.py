"""Padding that is not cut off, cut off at one end, or by another length, whatever pads."""

import numpy as np
import pytest

from gradcheck import Array, Op, whole
from gradcheck.causes.hypotheses.paddings import propose_longer_gradient, propose_padding
from tests.causes.hypotheses.explaining import find_with, names
from tests.causes.hypotheses.windows import windows


@pytest.mark.parametrize(
    ("cut", "name", "words"),
    [
        (lambda p, n: slice(p, -p), "padding-kept", "the slice pad:-pad is empty where pad is 0"),
        (lambda p, n: slice(None), "padding-kept", "the padding is not cut off"),
        (
            lambda p, n: slice(1, n + 2 * p - 1),
            "padding-kept",
            "one element of padding is cut off on each side, not pad",
        ),
        (lambda p, n: slice(n), "padding-ignored", "pad is ignored: its first element is that of the padding"),
        (lambda p, n: slice(2 * p, None), "padding-ignored", "pad is ignored: its last element is that of the padding"),
    ],
)
@pytest.mark.slow
def test_padding_that_is_cut_off_elsewhere_is_named(cut, name, words):
    first, *_ = find_with(propose_padding, windows(lambda n, stride: n * stride, cut), "x")
    assert (first.name, first.words) == (name, words)


def smooth(cut):
    """Sums over the neighbours within a radius, which pads by itself; its way back cuts off other padding."""

    def forward(x, radius):
        padded = np.pad(x, ((0, 0), (radius, radius)))
        return sum(padded[:, k : k + x.shape[1]] for k in range(2 * radius + 1)), (x.shape, radius)

    def backward(dy, cache):
        (n, length), radius = cache
        padded = np.zeros((n, length + 2 * radius))
        for k in range(2 * radius + 1):
            padded[:, k : k + length] += dy
        return padded[:, cut(radius, length)]

    return Op("smooth", forward, backward, inputs={"x": Array("N T")}, settings={"radius": whole(0, 3)})


@pytest.mark.slow
def test_a_setting_that_pads_under_another_name_is_found_by_what_it_does():
    ignored, *_ = find_with(propose_padding, smooth(lambda radius, n: slice(n)), "x")
    assert (ignored.name, ignored.words[:17]) == ("padding-ignored", "radius is ignored")
    others = find_with(propose_padding, smooth(lambda radius, n: slice(radius + 1, radius + 1 + n)), "x")
    assert "padding-ignored" not in names(others)


def accumulate(cut):
    """Sums of the last elements, of a signal that is padded in front by the length of the kernel."""

    def forward(x, w):
        k = len(w) - 1
        padded = np.pad(x, ((0, 0), (k, 0)))
        return sum(padded[:, j : j + x.shape[1]] * w[j] for j in range(k + 1)), (padded, w)

    def backward(dy, cache):
        padded, w = cache
        back = np.zeros_like(padded)
        for j in range(len(w)):
            back[:, j : j + dy.shape[1]] += dy * w[j]
        dw = [np.sum(padded[:, j : j + dy.shape[1]] * dy) for j in range(len(w))]
        return back[:, cut(len(w) - 1, dy.shape[1])], np.array(dw)

    return Op("accumulate", forward, backward, inputs={"x": Array("N T"), "w": Array("K")})


@pytest.mark.slow
def test_padding_that_no_setting_tells_of_is_found_in_the_longer_gradient():
    first, *_ = find_with(propose_longer_gradient, accumulate(lambda k, n: slice(None)), "x")
    assert first.name == "padding-kept"
    assert first.words.endswith("lies at the end of a longer one")
    assert find_with(propose_longer_gradient, accumulate(lambda k, n: slice(n)), "x") == []


@pytest.mark.slow
def test_a_gradient_that_moves_with_the_length_of_a_window_ignores_no_padding():
    def backward(dy, cache):
        x, k = cache
        dx = np.zeros_like(x)
        for j in range(k):
            dx[:, j : j + dy.shape[1]] += dy
        return np.roll(dx, k, axis=1)

    def forward(x, k):
        return sum(x[:, j : x.shape[1] - k + 1 + j] for j in range(k)), (x, k)

    sizes = {"T": whole("2*k", None)}
    op = Op("valid", forward, backward, inputs={"x": Array("N T")}, sizes=sizes, settings={"k": whole(2, 3)})
    assert find_with(propose_padding, op, "x") == []
