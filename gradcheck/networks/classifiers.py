"""Classifiers of vectors: logistic regression, and CS231n's fully connected net, with batch normalization and
dropout."""

from gradcheck.declaration.domain import bits, indices
from gradcheck.declaration.inputs import Array
from gradcheck.graphs.graph import ComputationalGraph, node
from gradcheck.ops.linear.linear import linear
from gradcheck.ops.losses.softmax_cross_entropy import softmax_cross_entropy
from gradcheck.ops.normalization.batch_norm import batch_norm
from gradcheck.ops.normalization.dropout import dropout
from gradcheck.ops.pointwise.activations import relu

logistic_regression = ComputationalGraph(
    "logistic_regression",
    inputs={"x": Array("N D"), "w": Array("D C"), "b": Array("C"), "labels": Array("N", indices("C"))},
    nodes={"scores": node(linear, "x", "w", "b"), "loss": node(softmax_cross_entropy, "scores", "labels")},
    output="loss",
    formula="loss = mean_n (log Σ_j e^s[n, j] - s[n, labels[n]]), s = x w + b",
    source="CS231n notes, linear classification, softmax classifier",
)

fully_connected_net = ComputationalGraph(
    "fully_connected_net",
    inputs={
        "x": Array("N D"),
        "w1": Array("D H"),
        "b1": Array("H"),
        "gamma1": Array("H"),
        "beta1": Array("H"),
        "mask1": Array("N H", bits()),
        "w2": Array("H G"),
        "b2": Array("G"),
        "gamma2": Array("G"),
        "beta2": Array("G"),
        "mask2": Array("N G", bits()),
        "w3": Array("G C"),
        "b3": Array("C"),
        "labels": Array("N", indices("C")),
    },
    nodes={
        "a1": node(linear, "x", "w1", "b1"),
        "n1": node(batch_norm, "a1", "gamma1", "beta1", eps=1e-5),
        "r1": node(relu, "n1"),
        "h1": node(dropout, "r1", "mask1", keep_prob=0.5),
        "a2": node(linear, "h1", "w2", "b2"),
        "n2": node(batch_norm, "a2", "gamma2", "beta2", eps=1e-5),
        "r2": node(relu, "n2"),
        "h2": node(dropout, "r2", "mask2", keep_prob=0.5),
        "scores": node(linear, "h2", "w3", "b3"),
        "loss": node(softmax_cross_entropy, "scores", "labels"),
    },
    output="loss",
    formula="loss = softmax_cross_entropy of {linear, batch_norm, relu, dropout} × 2, linear",
    source="CS231n assignment 2, FullyConnectedNet with batch normalization and dropout",
)
