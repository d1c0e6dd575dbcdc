"""The lecture's stateful gate around an op of two outputs or one."""

import numpy as np
import pytest

from gradcheck.declaration.gate import Gate
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice

X, DY = np.array([1.0, -2.0]), np.array([3.0, 5.0])
SCALE = Op(
    "scale",
    lambda x, by: (x * by, by),
    lambda dy, by: dy * by,
    inputs={"x": Array("N")},
    settings={"by": choice(2, 3)},
)
SPLIT = Op(
    "split",
    lambda x: ((x[:1], x[1:]), None),
    lambda dys, cache: np.concatenate(dys),
    inputs={"x": Array("N")},
    outputs=("head", "tail"),
)


def test_a_gate_keeps_its_settings_and_its_cache():
    gate = Gate(SCALE, by=3)
    assert gate.forward(X).tolist() == [3, -6]
    assert gate.cache == 3
    (dx,) = gate.backward(DY)
    assert dx.tolist() == [9, 15]


def test_a_gate_with_several_outputs_takes_an_upstream_for_each():
    gate = Gate(SPLIT)
    head, tail = gate.forward(X)
    assert (head.tolist(), tail.tolist()) == ([1], [-2])
    (dx,) = gate.backward(DY[:1], DY[1:])
    assert dx.tolist() == DY.tolist()


def test_a_cache_of_none_counts_as_a_forward():
    gate = Gate(SPLIT)
    with pytest.raises(RuntimeError, match=r"^gate split: call forward before backward$"):
        gate.backward(DY[:1], DY[1:])
    gate.forward(X)
    assert gate.cache is None
    assert len(gate.backward(DY[:1], DY[1:])) == 1
