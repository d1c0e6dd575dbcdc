"""An op is judged on the shapes that its forward accepts; which it refuses is said."""

import numpy as np
import pytest

from gradcheck import adapt, check
from tests.adapters.test_inference import square_backward


def slide(x, w):
    return np.lib.stride_tricks.sliding_window_view(x, w.shape, axis=(1, 2))


def correlate(x: "B H W", w: "K L"):  # noqa: F722
    return np.einsum("bhwkl,kl->bhw", slide(x, w), w), (x, w)


def correlate_backward(dy, cache):
    x, w = cache
    dx = np.zeros_like(x)
    for (i, j), weight in np.ndenumerate(w):
        dx[:, i : i + dy.shape[1], j : j + dy.shape[2]] += dy * weight
    return dx, np.einsum("bhwkl,bhw->kl", slide(x, w), dy)


def swapped_backward(dy, cache):
    dx, dw = correlate_backward(dy, cache)
    return dx, dw[::-1]


def test_a_kernel_is_never_longer_than_the_image_and_the_report_says_so():
    result = check(adapt(correlate, correlate_backward), examples=12)
    assert (result.status, result.cases) == ("passed", 12)
    (part,) = result.not_checked
    assert part.name == "shapes with H < K or W < L"
    assert part.reason.startswith("forward raised ValueError: ")
    assert part.reason.endswith('; declare x: "B H+K-1 W+L-1"')


def test_a_wrong_gradient_of_such_an_op_is_found():
    result = check(adapt(correlate, swapped_backward), examples=12)
    assert result.status == "failed"
    assert {(f.law, f.input) for f in result.findings} == {("gradient", "w")}


def refuse_one_row(x):
    if len(x) == 1:
        np.zeros(2)[5]
    return x * x, x


def refuse_unequal(x):
    return x * x + np.zeros((len(x), len(x)))[: x.shape[0], : x.shape[1]], x


@pytest.mark.parametrize(
    ("forward", "declared", "where"),
    [
        (refuse_one_row, {}, "N < 2"),
        (refuse_one_row, {"x": "N D"}, "N < 2"),
        (refuse_unequal, {"x": "N+1 D+1"}, "D < N"),
    ],
)
def test_a_mistake_that_looks_like_a_refused_shape_stays_a_crash(forward, declared, where):
    result = check(adapt(forward, square_backward, **declared), examples=12, laws=("contract", "purity"))
    assert result.status == "crashed"


def test_a_crash_does_not_hide_a_wrong_gradient():
    result = check(adapt(refuse_one_row, lambda dy, x: x * dy, x="N D"), examples=24)
    assert {(f.law, f.status, f.follows) for f in result.findings} >= {
        ("contract", "crashed", ""),
        ("gradient", "failed", ""),
    }


def refuse_by_no_rule(x, w):
    if (5 * len(x) + 3 * len(w)) % 7 < 2:
        raise ValueError("not these")
    return np.sum(x) + np.sum(w), (x, w)


def test_refused_shapes_that_no_relation_explains_are_named_by_one_of_them():
    op = adapt(refuse_by_no_rule, lambda dy, c: (dy * np.ones_like(c[0]), dy * np.ones_like(c[1])), x="N", w="M")
    result = check(op, examples=24)
    assert result.status == "passed"
    assert " shapes, such as x (" in result.not_checked[0].name
    assert any(
        note.endswith("left out, which forward refused: forward raised ValueError: not these") for note in result.notes
    )


def test_an_op_that_refuses_nearly_all_shapes_is_inconclusive():
    def forward(x, w):
        if (5 * len(x) + 3 * len(w)) % 7:
            raise ValueError("not these")
        return np.sum(x) + np.sum(w), (x, w)

    op = adapt(forward, lambda dy, c: (dy * np.ones_like(c[0]), dy * np.ones_like(c[1])), x="N", w="M")
    gradient = check(op, examples=24).verdict("gradient")
    assert gradient.status == "inconclusive"
    assert gradient.reason.startswith("forward refused ")


def halve(x):
    return x.reshape(len(x), 2, -1).sum(1), x


def test_a_guess_that_forward_refuses_for_some_lengths_is_narrowed():
    op = adapt(halve, lambda dy, x: np.concatenate([dy, dy], 1))
    assert op.inputs["x"].shape == "N 2*D"
    assert check(op, examples=8).status == "passed"


def test_at_a_point_no_shapes_are_tried():
    calls = []

    def forward(x):
        calls.append(x.shape)
        return x * x, x

    adapt(forward, square_backward, at=[np.ones(3)])
    assert len(calls) <= 2  # a trial, and under jax.numpy
