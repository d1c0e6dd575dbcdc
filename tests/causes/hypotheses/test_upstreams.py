"""Upstreams that are ignored, used twice, summed, scaled or moved."""

import numpy as np
import pytest

from gradcheck import Array, Op, adapt
from gradcheck.causes.hypotheses.upstreams import (
    is_mask,
    propose_other_upstream,
    propose_transposed_factor,
    propose_unchanged_upstream,
)
from tests.causes.hypotheses.explaining import find_with, names
from tests.lanes import mark_most_slow


def weighted(upstream):
    """tanh(x) @ w * s, whose gradient of x is made of another upstream."""

    def forward(x, w, s):
        t = np.tanh(x)
        return t @ w * s, (t, w, s)

    def backward(dy, cache):
        t, w, s = cache
        return (upstream(dy, s) * s @ w.T) * (1 - t * t), t.T @ (dy * s), (dy * (t @ w)).sum(0)

    return adapt(forward, backward, name="weighted", x="N D", w="D M", s="M")


SUMMED = "the upstream gradient is summed over M before it is used"
RESHAPED = "the upstream gradient is reshaped where its axes must be transposed, which mixes its elements"
SHIFTED = "the upstream gradient is shifted by one along M"


UPSTREAMS = [
    (lambda u, s: np.ones_like(u), "upstream-ignored", "the upstream gradient is ignored"),
    (lambda u, s: u * u, "upstream-twice", "the upstream gradient is used twice"),
    (lambda u, s: np.sign(u), "upstream-sign", "the sign of the upstream gradient is used for it"),
    (lambda u, s: u.mean() + 0 * u, "upstream-summed", "the upstream gradient is averaged before it is used"),
    (lambda u, s: u.sum(1, keepdims=True) + 0 * u, "upstream-summed", SUMMED),
    (lambda u, s: u / s, "factor-missing", "the factor s is missing"),
    (lambda u, s: u * s, "factor-extra", "the factor s is one too many"),
    (lambda u, s: u[:, ::-1], "axis-reversed", "the upstream gradient is read backwards along M"),
    (lambda u, s: u.T.reshape(u.shape), "axes-permuted", RESHAPED),
    (lambda u, s: np.pad(u, ((0, 0), (1, 0)))[:, :-1], "off-by-one", SHIFTED),
]  # fmt: skip


@pytest.mark.parametrize("row", mark_most_slow(UPSTREAMS, 5), ids=lambda row: row[1])
def test_another_upstream_is_named(row):
    upstream, name, words = row
    (cause,) = find_with(propose_other_upstream, weighted(upstream), "x")
    assert (cause.name, cause.words) == (name, words)


def two_outputs(change, last):
    """The states of h = tanh(x + h * w), and the last of them."""

    def forward(x, h, w):
        states = []
        for row in x:
            h = np.tanh(row + h * w)
            states.append(h)
        states = np.array(states)
        return (states, states[-1] if last else states.sum((0, 1))), (x, w, states)

    def backward(upstreams, cache):
        (x, w, states), (dstates, dlast) = cache, change(*upstreams)
        extra = np.broadcast_to(dlast, states.shape) if not last else np.zeros_like(states)
        dx, dh = np.zeros_like(x), dlast if last else np.zeros_like(states[0])
        for t in reversed(range(len(x))):
            dx[t] = (dstates[t] + extra[t] + dh) * (1 - states[t] ** 2)
            dh = dx[t] * w
        return dx, dh, None

    inputs = {"x": Array("T N H"), "h": Array("N H"), "w": Array("H", gradient=False)}
    return Op("states", forward, backward, inputs=inputs, outputs=("states", "total"))


@pytest.mark.slow
def test_a_missing_output_is_named():
    (cause,) = find_with(propose_other_upstream, two_outputs(lambda a, b: (a, 0 * b), False), "x")
    assert (cause.name, cause.words) == ("output-missing", "the gradient through the output total is missing")


@pytest.mark.slow
def test_the_gradient_of_a_last_state_is_named():
    causes = find_with(propose_other_upstream, two_outputs(lambda a, b: (a, 0 * b), True), "x")
    assert names(causes) == ["state-gradient-missing"]


def test_an_upstream_that_is_returned_as_it_is_lacks_the_slope():
    op = adapt(lambda x: (np.sin(x), x), lambda dy, x: 1.0 * dy, name="sine", x="N D")
    assert names(find_with(propose_unchanged_upstream, op, "x")) == ["slope-missing"]


def test_a_factor_of_the_output_is_named_where_it_has_underflowed_as_well():
    op = adapt(lambda x: (np.exp(x), x), lambda dy, x: 1.0 * dy, name="exp", x="N D")
    (cause,) = find_with(propose_other_upstream, op, "x")
    assert cause.words == "the factor y is missing"
    assert not find_with(propose_unchanged_upstream, op, "x")


def test_an_exponent_of_the_input_is_named():
    op = adapt(lambda x: (x**3 / 3, x), lambda dy, x: dy * x, name="cube", x="N D")
    assert names(find_with(propose_other_upstream, op, "x")) == ["power"]


def test_a_transposed_factor_is_named():
    op = adapt(
        lambda x, w: (x @ w, w), lambda dy, w: (dy @ w, None), name="turn", x="N N", w=Array("N N", gradient=False)
    )
    assert not find_with(propose_other_upstream, op, "x")
    inverse = adapt(
        lambda x: (np.linalg.inv(x + 9 * np.eye(len(x))),) * 2, lambda dy, y: -(y @ dy @ y), name="inverse", x="N N"
    )
    assert names(find_with(propose_transposed_factor, inverse, "x")) == ["transposed"]


def test_a_mask_has_zeros_and_ones():
    assert is_mask(np.array([0.0, 1.0]))
    assert not is_mask(np.ones(2))
    assert not is_mask(np.array([0.0, 2.0]))


def recurrence(drop):
    """A sum over time that begins with a state and ends with two, one of whose gradients backward may drop."""

    def forward(x, h0, c0):
        return (h0 + x.sum(1), c0 + (x**2).sum(1)), x

    def backward(dh, dc, x):
        dc = 0 * dc if drop else dc
        return dh[:, None] + 2 * x * dc[:, None], dh.copy(), dc.copy()

    inputs = {"x": Array("N T D"), "h0": Array("N D"), "c0": Array("N D")}
    return Op("recurrence", forward, lambda d, x: backward(*d, x), inputs=inputs, outputs=("h", "c"))


@pytest.mark.slow
def test_states_that_go_in_and_come_out_are_last_states():
    first, *_ = find_with(propose_other_upstream, recurrence(True), "x")
    assert (first.name, first.words[-13:]) == ("state-gradient-missing", "c, is missing")
