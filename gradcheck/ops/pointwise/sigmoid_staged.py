"""The sigmoid as a chain of the lecture's unit gates: y = 1 / (1 + exp(-x)) by ×(-1), exp, +1, 1/x.

x: (*S) → y: (*S).  At x = 1 the stages are -1 → 0.368 → 1.368 → 0.731 and, backwards from 1, -0.534 → -0.534 →
-0.197 → 0.197: the product of four local slopes is (1 - σ) σ.  Its range is that of its largest stage, e^-x.
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.pointwise.elementary import add_constant, exp, multiply_by_constant, reciprocal

GATES: tuple[tuple[Op, dict[str, float]], ...] = (
    (multiply_by_constant, {"a": -1.0}),
    (exp, {}),
    (add_constant, {"c": 1.0}),
    (reciprocal, {}),
)


def forward(x: Values) -> tuple[Values, list[Any]]:
    """Gate after gate, each leaving what its backward needs."""
    caches = []
    for gate, settings in GATES:
        x, cache = gate.forward(x, **settings)
        caches.append(cache)
    return x, caches


def backward(dy: Values, caches: list[Any]) -> Values:
    """The chain rule, from the last gate to the first: [upstream gradient] × [local gradient] at each."""
    for (gate, _), cache in zip(reversed(GATES), reversed(caches), strict=True):
        dy = gate.backward(dy, cache)
    return dy


def reference(x: Any) -> Any:
    """The whole function in one line."""
    return 1 / (1 + namespace(x).exp(-x))


sigmoid_staged = Op(
    "sigmoid_staged",
    forward,
    backward,
    reference,
    inputs={"x": Array("*S", real(-40, 40))},  # e^80, the square of the largest stage, is in the range of float32
    formula="y = 1 / (1 + e^-x), by ×(-1), exp, +1, 1/x",
    source="CS231n lecture 4, the sigmoid neuron worked stage by stage",
)
