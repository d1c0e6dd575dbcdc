"""The law of broadcasting sums over the repeats by itself, not by what it judges."""

import numpy as np
import pytest

from gradcheck.checking.check import check
from gradcheck.discovery.library import load_library_ops
from gradcheck.laws.broadcasting import sum_over_repeats
from gradcheck.ops.arithmetic.broadcasting import unbroadcast

REPEATED = [((3,), (2, 3)), ((2, 1), (2, 3)), ((1, 1), (2, 3)), ((), (2, 3)), ((1, 3, 1), (4, 2, 3, 1)), ((1,), (0,))]


@pytest.mark.parametrize(("shape", "full"), [*REPEATED, ((2, 3), (2, 3))])
def test_each_element_gets_the_sum_of_its_repeats(shape, full):
    gradient = np.arange(np.prod(full), dtype=float).reshape(full) ** 2
    wanted = np.zeros(shape)
    sources = np.broadcast_to(np.arange(wanted.size).reshape(shape), full)
    np.add.at(wanted.reshape(-1), sources, gradient)
    np.testing.assert_array_equal(sum_over_repeats(gradient, shape), wanted)
    assert sum_over_repeats(gradient, shape).shape == shape


def test_a_fault_in_the_sum_of_the_ops_does_not_hide_in_the_law(monkeypatch):
    def halved(dy, shape):
        return dy.copy() if dy.shape == shape else np.full(shape, dy.sum() / 2)

    add = next(op for op in load_library_ops() if op.name == "add")
    assert check(add, examples=20, laws=["broadcasting"], shrink=False).status == "passed"
    monkeypatch.setattr(unbroadcast, "__code__", halved.__code__)
    assert check(add, examples=20, laws=["broadcasting"], shrink=False).status == "failed"
