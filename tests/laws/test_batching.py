"""batching: each row gives the same result alone and in the batch."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.laws.registry import load_laws
from tests.laws.observing import claims

X, W = np.array([[1.0, 2.0], [3.0, -4.0], [0.5, 6.0]]), np.array([2.0, -1.0])
SCALE = Op(
    "scale",
    lambda x, w: (x * w, (x, w)),
    lambda dy, cache: (dy * cache[1], (dy * cache[0]).sum(0)),
    inputs={"x": Array("N D"), "w": Array("D")},
    batch="N",
)


def test_rows_that_do_not_depend_on_each_other_are_right():
    assert claims("batching", SCALE, X, W) == []


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"forward": lambda x, w: (x * w - x.mean(0), (x, w))}, "one row at a time, y is "),
        ({"backward": lambda dy, c: (dy * c[1], (dy * c[0]).mean(0))}, "one row at a time, the gradient of w is "),
        ({"backward": lambda dy, c: (dy * c[1], (dy * c[0])[:1].sum(0))}, "in a permuted batch, the gradient of w is "),
        ({"backward": lambda dy, c: (dy * c[1], (dy * c[0]).mean(0) * len(dy))}, "beside an empty batch, "),
    ],
    ids=["mean in forward", "mean of gradients", "first row alone", "0/0 for no rows"],
)
def test_rows_that_do_are_found(parts, words):
    said = claims("batching", replace(SCALE, **parts), X, W)
    assert any(claim.startswith(words) for claim in said), said


def test_outputs_without_the_batch_in_front_are_told_first():
    (claim,) = claims("batching", replace(SCALE, forward=lambda x, w: ((x * w).T, (x, w))), X, W)
    assert claim == "the batch N has length 3, the outputs have shapes [(2, 3)]"


def test_without_a_batch_axis_there_is_nothing_to_say():
    assert load_laws()["batching"].explain_inapplicability(replace(SCALE, batch=None)) == "no batch axis is declared"
    assert load_laws()["batching"].explain_inapplicability(SCALE) == ""


def test_a_row_that_another_one_makes_nan_is_found():
    def mean_of_roots(dy, cache):
        x, w = cache
        return dy * w + 0 * np.sqrt(x).mean(), (dy * x).sum(0)

    (claim, *_) = claims("batching", replace(SCALE, backward=mean_of_roots), np.abs(X) - [[0.0], [9.0], [0.0]], W)
    assert claim == "one row at a time, the gradient of x is 1.08060461 at [0, 0], expected nan"


def test_a_row_that_is_nan_by_itself_is_left_alone():
    root = Op(
        "root", lambda x: (np.sqrt(x), x), lambda dy, x: dy / (2 * np.sqrt(x)), inputs={"x": Array("N D")}, batch="N"
    )
    assert claims("batching", root, X) == []
