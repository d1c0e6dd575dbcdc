"""The sigmoid neuron: staged from the lecture's unit gates, with the sigmoid as one gate, and as the biologist's
neuron_tick."""

from gradcheck.declaration.domain import real
from gradcheck.declaration.inputs import Array
from gradcheck.graphs.graph import ComputationalGraph, Node, node
from gradcheck.ops.arithmetic.add import add
from gradcheck.ops.arithmetic.multiply import multiply
from gradcheck.ops.pointwise.activations import sigmoid
from gradcheck.ops.pointwise.elementary import add_constant, exp, negate, reciprocal
from gradcheck.ops.reductions.sum import sum as sum_over_axis

WEIGHTED_SUM: dict[str, Node] = {
    "w0x0": node(multiply, "w0", "x0"),
    "w1x1": node(multiply, "w1", "x1"),
    "dot": node(add, "w0x0", "w1x1"),
    "biased": node(add, "dot", "w2"),
}
INPUTS = {name: Array("*S", real(3)) for name in ("w0", "x0", "w1", "x1", "w2")}  # so that no stage overflows
EXAMPLE = {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}
FORMULA = "f = 1 / (1 + e^-(w0 x0 + w1 x1 + w2))"

neuron = ComputationalGraph(
    "neuron",
    inputs=INPUTS,
    nodes={
        **WEIGHTED_SUM,
        "negated": node(negate, "biased"),
        "exponential": node(exp, "negated"),
        "plus_one": node(add_constant, "exponential", c=1.0),
        "f": node(reciprocal, "plus_one"),
    },
    output="f",
    example=EXAMPLE,
    formula=FORMULA,
    source="CS231n lecture 4, backpropagation: another example",
)

fused_neuron = ComputationalGraph(
    "fused_neuron",
    inputs=INPUTS,
    nodes={**WEIGHTED_SUM, "f": node(sigmoid, "biased")},
    output="f",
    example=EXAMPLE,
    formula=FORMULA,
    source="CS231n lecture 4, sigmoid gate",
)

neuron_tick = ComputationalGraph(
    "neuron_tick",
    inputs={"inputs": Array("D"), "weights": Array("D"), "bias": Array("")},
    nodes={
        "products": node(multiply, "inputs", "weights"),
        "weighted": node(sum_over_axis, "products", axis=0, keepdims=False),
        "cell_body_sum": node(add, "weighted", "bias"),
        "firing_rate": node(sigmoid, "cell_body_sum"),
    },
    output="firing_rate",
    example={"inputs": [-1.0, -2.0], "weights": [2.0, -3.0], "bias": -3.0},
    formula="firing_rate = σ(Σ inputs · weights + bias)",
    source="CS231n lecture 4, Neuron.neuron_tick",
)
