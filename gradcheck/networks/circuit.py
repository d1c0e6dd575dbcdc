"""f = (x + y) z, the lecture's first circuit, and its patterns of backward flow: add distributes, max routes,
multiply switches."""

from gradcheck.declaration.inputs import Array
from gradcheck.graphs.graph import ComputationalGraph, node
from gradcheck.ops.arithmetic.add import add
from gradcheck.ops.arithmetic.maximum import maximum
from gradcheck.ops.arithmetic.multiply import multiply
from gradcheck.ops.pointwise.elementary import multiply_by_constant

circuit = ComputationalGraph(
    "circuit",
    inputs={"x": Array("*S"), "y": Array("*S"), "z": Array("*S")},
    nodes={"q": node(add, "x", "y"), "f": node(multiply, "q", "z")},
    output="f",
    example={"x": -2, "y": 5, "z": -4},
    formula="f = (x + y) z",
    source="CS231n lecture 4, backpropagation: a simple example",
)

patterns = ComputationalGraph(
    "patterns",
    inputs={"x": Array("*S"), "y": Array("*S"), "z": Array("*S"), "w": Array("*S")},
    nodes={
        "product": node(multiply, "x", "y"),
        "largest": node(maximum, "z", "w"),
        "total": node(add, "product", "largest"),
        "f": node(multiply_by_constant, "total", a=2.0),
    },
    output="f",
    example={"x": 3, "y": -4, "z": 2, "w": -1},
    formula="f = 2 (x y + max(z, w))",
    source="CS231n notes, patterns in backward flow",
)
