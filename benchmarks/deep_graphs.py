"""What a check of a computational graph costs as the graph gets deeper: linear in its layers, or not."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.checking.check import check
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.graphs.graph import ComputationalGraph, node
from gradcheck.ops.arithmetic.add import add
from gradcheck.ops.linear.matmul import matmul
from gradcheck.ops.pointwise.activations import relu, tanh

EXAMPLES = 20
ACTIVATIONS = (relu, tanh)


def build_layers(layers: int) -> Op:
    """A chain of fully connected layers, each with weights and a bias of its own, relu and tanh in turn."""
    inputs, nodes, below = {"x": Array("N D")}, {}, "x"
    for i in range(layers):
        inputs |= {f"w{i}": Array("D D"), f"b{i}": Array("D")}
        nodes[f"z{i}"] = node(matmul, below, f"w{i}")
        nodes[f"a{i}"] = node(add, f"z{i}", f"b{i}")
        nodes[f"h{i}"] = node(ACTIVATIONS[i % len(ACTIVATIONS)], f"a{i}")
        below = f"h{i}"
    graph = ComputationalGraph(f"net_of_{layers}_layers", inputs=inputs, nodes=nodes, output=below, batch="N")
    return graph.as_op()


def measure_graph(layers: int, seed: int) -> dict[str, Any]:
    """CPU seconds of the check of a graph of so many layers by all laws, made anew, and whether it passed."""
    op = build_layers(layers)
    before = time.process_time()
    result = check(op, examples=EXAMPLES, seed=seed)
    return {"layers": layers, "seconds": time.process_time() - before, "status": result.status}


def deep_graphs(depths: Sequence[int], seed: int) -> dict[str, Any]:
    """A row per depth, and the slope of the seconds over the layers in the logarithms of both: 1 where it is linear."""
    check(build_layers(2), examples=2)  # loads the libraries
    rows = [measure_graph(layers, seed) for layers in depths]
    slope = np.polyfit(np.log(depths), np.log([row["seconds"] for row in rows]), 1)[0]
    return {"examples": EXAMPLES, "rows": rows, "slope": float(slope)}
