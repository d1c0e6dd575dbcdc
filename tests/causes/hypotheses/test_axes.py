"""Elements in other places: transposed, reversed, shifted, reshaped."""

import numpy as np
import pytest

from gradcheck import adapt
from gradcheck.causes.hypotheses.axes import propose_any_order, propose_moved_elements
from tests.causes.hypotheses.explaining import find_with, names
from tests.causes.ops import affine_with


def moved(change):
    """Affine, of which the elements of the gradient of w are moved."""
    return affine_with(lambda g, dy: {**g, "w": change(g["w"])})


@pytest.mark.parametrize(
    ("change", "name", "words"),
    [
        (np.transpose, "transposed", "it is transposed"),
        (lambda w: w[::-1], "axis-reversed", "it runs backwards along D"),
        (lambda w: w[::-1, ::-1], "kernel-not-flipped", "it is flipped along D and M"),
        (lambda w: np.roll(w, -1, 1), "axis-shifted", "its elements are rolled along M"),
        (lambda w: np.vstack([0 * w[:1], w[:-1]]), "axis-shifted", "its elements are shifted by one along D"),
    ],
)
def test_a_move_is_named(change, name, words):
    (cause,) = find_with(propose_moved_elements, moved(change), "w")
    assert (cause.name, cause.words) == (name, words)


def test_a_reshape_for_a_transpose_is_named():
    op = adapt(lambda x: (x.T.copy(), x), lambda dy, x: dy.reshape(x.shape), name="transpose", x="N D")
    assert names(find_with(propose_moved_elements, op, "x")) == ["axes-permuted"]


def test_an_order_of_more_axes_is_named():
    op = adapt(lambda x: (2 * x, x), lambda dy, x: 2 * dy.transpose(2, 0, 1), name="double", x="N T D")
    (cause,) = find_with(propose_moved_elements, op, "x")
    assert cause.words == "its axes are in the order 2, 0, 1"
    assert cause.hint == "Put them in order: .transpose(1, 2, 0)."


def test_exchanged_gates_are_named():
    def backward(dy, x):
        a, b = np.split(x, 2, axis=1)
        return np.concatenate([dy * a, dy * b], axis=1)  # the other way round

    op = adapt(lambda x: (np.multiply(*np.split(x, 2, axis=1)), x), backward, name="gated", x="N 2*D")
    assert names(find_with(propose_moved_elements, op, "x"))[:1] == ["gates-exchanged"]


def test_parts_of_an_axis_in_another_order_are_told():
    def forward(x):
        n, channels, t = x.shape
        return x.reshape(n, channels // 2, 2, t).transpose(0, 2, 1, 3).copy(), (x,)

    def backward(dy, cache):
        (x,) = cache
        return dy.reshape(x.shape)  # the two parts of an axis, and their transpose forgotten

    op = adapt(forward, backward, name="shuffled", x="N 2*C T")
    assert "axes-permuted" in names(find_with(propose_moved_elements, op, "x"))


def test_a_shift_by_two_is_named():
    op = moved(lambda w: np.roll(w, 2, 0))
    assert [cause.words for cause in find_with(propose_moved_elements, op, "w")] == ["its elements are rolled along D"]


def test_any_other_order_is_told_where_nothing_more_exact_is():
    def scramble(w):
        return np.random.default_rng(0).permutation(w.ravel()).reshape(w.shape)

    assert not find_with(propose_moved_elements, moved(scramble), "w")
    assert names(find_with(propose_any_order, moved(scramble), "w")) == ["wrong-index"]
    assert not find_with(propose_any_order, moved(lambda w: w[::-1]), "w")
    assert not find_with(propose_any_order, moved(lambda w: w[::-1] * 2), "w")
