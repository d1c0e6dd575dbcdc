"""The lecture's 2-layer network in 20 lines: loss = Σ (σ(x w1) w2 - y)², by hand as on the slide, and as a graph.

x: (N, D), w1: (D, H), w2: (H, M), y: (N, M) → loss: ().  Source: CS231n lecture 4, 2-layer neural network ~20 lines.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.graphs.graph import ComputationalGraph, node
from gradcheck.ops.linear.matmul import matmul
from gradcheck.ops.losses.summed_squared_error import summed_squared_error
from gradcheck.ops.pointwise.activations import sigmoid

INPUTS = {"x": Array("N D", real(2)), "w1": Array("D H", real(2)), "w2": Array("H M"), "y": Array("N M")}
# The slide's h (1 - h) loses the digits of saturated units: |x w1| stays below 16, where half of them are left.
LEARNING_RATE, STEPS = 1e-4, 2000


def forward(x: Values, w1: Values, w2: Values, y: Values) -> tuple[Any, Any]:
    """Lines 9 to 11."""
    h = 1 / (1 + np.exp(-x.dot(w1)))
    y_pred = h.dot(w2)
    loss = np.square(y_pred - y).sum()
    return loss, (x, w1, w2, y, h, y_pred)


def backward(dloss: Any, cache: Any) -> tuple[Values, ...]:
    """Lines 14 to 17, times the upstream, and the same for x and y."""
    x, w1, w2, y, h, y_pred = cache
    grad_y_pred = dloss * 2 * (y_pred - y)
    grad_w2 = h.T.dot(grad_y_pred)
    grad_h = grad_y_pred.dot(w2.T)
    grad_z = grad_h * h * (1 - h)
    return grad_z.dot(w1.T), x.T.dot(grad_z), grad_w2, -grad_y_pred


def reference(x: Any, w1: Any, w2: Any, y: Any) -> Any:
    """The loss in one line."""
    xp = namespace(x)
    return xp.sum((1 / (1 + xp.exp(-(x @ w1))) @ w2 - y) ** 2)


twenty_line_net = Op(
    "twenty_line_net",
    forward,
    backward,
    reference,
    inputs=INPUTS,
    family="networks",
    formula="loss = Σ (σ(x w1) w2 - y)²",
    source="CS231n lecture 4, 2-layer neural network ~20 lines",
)

twenty_line_graph = ComputationalGraph(
    "twenty_line_graph",
    inputs=INPUTS,
    nodes={
        "z": node(matmul, "x", "w1"),
        "h": node(sigmoid, "z"),
        "y_pred": node(matmul, "h", "w2"),
        "loss": node(summed_squared_error, "y_pred", "y"),
    },
    output="loss",
    formula="loss = Σ (σ(x w1) w2 - y)²",
    source="CS231n lecture 4, 2-layer neural network ~20 lines",
)


def train(rng: np.random.RandomState, steps: int = STEPS) -> Iterator[float]:
    """The losses of gradient descent from random numbers drawn as on the slide: N, D, H, M = 64, 1000, 100, 10."""
    x, y = rng.randn(64, 1000), rng.randn(64, 10)
    w1, w2 = rng.randn(1000, 100), rng.randn(100, 10)
    for _ in range(steps):
        loss, cache = forward(x, w1, w2, y)
        yield float(loss)
        _, grad_w1, grad_w2, _ = backward(1.0, cache)
        w1 -= LEARNING_RATE * grad_w1
        w2 -= LEARNING_RATE * grad_w2
