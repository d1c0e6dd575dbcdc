"""Fully connected networks of the lecture: two and three layers, and its feedforward example.  Source: CS231n lecture
4."""

from gradcheck.declaration.inputs import Array
from gradcheck.graphs.graph import ComputationalGraph, node
from gradcheck.ops.arithmetic.add import add
from gradcheck.ops.linear.matmul import matmul
from gradcheck.ops.pointwise.activations import relu, sigmoid

two_layer_net = ComputationalGraph(
    "two_layer_net",
    inputs={"x": Array("N D"), "w1": Array("D H"), "w2": Array("H M")},
    nodes={"z": node(matmul, "x", "w1"), "h": node(relu, "z"), "scores": node(matmul, "h", "w2")},
    output="scores",
    batch="N",
    formula="f = max(0, x W1) W2",
    source="CS231n lecture 4, neural networks: without the brain stuff; rows are examples",
)

three_layer_net = ComputationalGraph(
    "three_layer_net",
    inputs={"x": Array("N D"), "w1": Array("D H"), "w2": Array("H G"), "w3": Array("G M")},
    nodes={
        "z1": node(matmul, "x", "w1"),
        "h1": node(relu, "z1"),
        "z2": node(matmul, "h1", "w2"),
        "h2": node(relu, "z2"),
        "scores": node(matmul, "h2", "w3"),
    },
    output="scores",
    batch="N",
    formula="f = max(0, max(0, x W1) W2) W3",
    source="CS231n lecture 4, neural networks: without the brain stuff; rows are examples",
)

feedforward = ComputationalGraph(
    "feedforward",
    inputs={
        "x": Array("D N"),
        "w1": Array("H D"),
        "b1": Array("H 1"),
        "w2": Array("G H"),
        "b2": Array("G 1"),
        "w3": Array("M G"),
        "b3": Array("M 1"),
    },
    nodes={
        "z1": node(matmul, "w1", "x"),
        "a1": node(add, "z1", "b1"),
        "h1": node(sigmoid, "a1"),
        "z2": node(matmul, "w2", "h1"),
        "a2": node(add, "z2", "b2"),
        "h2": node(sigmoid, "a2"),
        "z3": node(matmul, "w3", "h2"),
        "out": node(add, "z3", "b3"),
    },
    output="out",
    formula="out = W3 σ(W2 σ(W1 x + b1) + b2) + b3",
    source="CS231n lecture 4, forward pass of a 3-layer neural network; columns are examples",
)
