"""Computational graphs of ops: forward in topological order, backward in reverse, and gradients add at forks.

Source: CS231n lecture 4, "Graph (or Net) object".  A graph stores its values and gradients, as the lecture's does;
as_op() gives an op without state that computes the graph, for gradcheck to check.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np

from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op
from gradcheck.declaration.shape import DeclarationError
from gradcheck.evaluation.private_copies import choose_copy
from gradcheck.graphs import drawing


class GraphError(DeclarationError):
    """A graph that does not fit together, or inputs that do not fit it; the message names the node.

    Examples
    --------
    >>> from gradcheck import Array, ComputationalGraph, node
    >>> from gradcheck.ops.pointwise.trigonometric import sin
    >>> ComputationalGraph("f", inputs={"x": Array("")}, nodes={"y": node(sin, "z")}, output="y")
    Traceback (most recent call last):
        ...
    gradcheck.graphs.graph.GraphError: graph 'f': node 'y' = sin(z): 'z' is neither an input nor a node; there are x, y
    """


@dataclass(frozen=True)
class Node:
    """One op in a graph.  arguments: inputs or other nodes by name; "cell.h" is the output h of a node with several."""

    op: Op
    arguments: tuple[str, ...]
    settings: Mapping[str, Any]

    @property
    def words(self) -> str:
        """The node as it is written in code: add(x, y)."""
        settings = (f"{name}={value!r}" for name, value in self.settings.items())
        return f"{self.op.name}({', '.join([*self.arguments, *settings])})"


def node(op: Op, *arguments: str, **settings: Any) -> Node:
    """A node of a `ComputationalGraph`: an op at named inputs or nodes.

    Parameters
    ----------
    op : Op
        The op, such as one of the library.
    *arguments : str
        Inputs of the graph or other nodes by name, in the order of forward; "cell.h" is the output h of a node with
        several.
    **settings
        The settings of the op.

    Returns
    -------
    Node
        For the nodes of a graph.

    Examples
    --------
    >>> from gradcheck import node
    >>> from gradcheck.ops.pointwise.trigonometric import sin
    >>> node(sin, "x").words
    'sin(x)'
    """
    return Node(op, arguments, settings)


@dataclass(frozen=True)
class Tape:
    """The result of a forward that backward needs: the value of every input and node, and each node's cache."""

    values: dict[str, Any]
    caches: dict[str, Any]


@dataclass(frozen=True)
class GradientFlow:
    """The result of a backward: the gradient of every input and node, and the gradient along each edge, by the node at
    its end and the position of the argument."""

    gradients: dict[str, Any]
    edge_gradients: dict[tuple[str, int], Any]

    def add(self, argument: str, key: str, position: int, gradient: Any) -> None:
        """Add a gradient to the sum at an input or a node, and store it for its edge."""
        self.edge_gradients[key, position] = gradient
        known = self.gradients.get(argument)
        self.gradients[argument] = gradient if known is None else known + gradient


class ComputationalGraph:
    """Ops in a graph: forward in topological order, backward in reverse, and gradients add at forks.

    After forward, `values` holds the value of every input and node; after backward, `gradients` the gradient of each.

    Parameters
    ----------
    name : str
        The name of the graph, and of the op that `as_op` makes of it.
    inputs : mapping of str to Array
        The inputs and their shapes.
    nodes : mapping of str to Node
        The nodes by name, in any order, as `node` makes them.
    output : str
        The node whose value is the result.
    example : mapping, optional
        Inputs at which `gradcheck show` works the graph through.
    **declared
        Whatever else `Op` takes: source, formula and so on.

    Raises
    ------
    GraphError
        For a cycle, an argument that names nothing, inputs and nodes that the output does not depend on, and a wrong
        number of arguments.

    Notes
    -----
    Source: CS231n lecture 4, "Graph (or Net) object".

    Examples
    --------
    >>> from gradcheck import Array, ComputationalGraph, node
    >>> from gradcheck.ops.pointwise.elementary import exp
    >>> from gradcheck.ops.pointwise.trigonometric import sin
    >>> graph = ComputationalGraph(
    ...     "f", inputs={"x": Array("")}, nodes={"s": node(sin, "x"), "y": node(exp, "s")}, output="y"
    ... )
    >>> float(graph.forward({"x": 0.0})), float(graph.backward()["x"])
    (1.0, 1.0)
    """

    def __init__(
        self,
        name: str,
        *,
        inputs: Mapping[str, Array],
        nodes: Mapping[str, Node],
        output: str,
        example: Mapping[str, Any] | None = None,
        **declared: Any,
    ) -> None:
        self.name, self.inputs, self.output = name, dict(inputs), output
        self.example = dict(example or {})
        self.declared = {"family": "networks", **declared}
        self.nodes = {key: nodes[key] for key in self.sort_nodes(nodes)}
        self.tape: Tape | None = None
        self.flow = GradientFlow({}, {})
        frame = inspect.currentframe()
        caller = frame.f_back if frame else None
        self.written_at = (caller.f_code.co_filename, caller.f_lineno) if caller else ("", 0)

    @property
    def values(self) -> dict[str, Any]:
        """The value of every input and node in the last forward; empty before."""
        return self.tape.values if self.tape else {}

    @property
    def gradients(self) -> dict[str, Any]:
        """The gradient of every input and node in the last backward; empty before."""
        return self.flow.gradients

    def sort_nodes(self, nodes: Mapping[str, Node]) -> list[str]:
        """Return the nodes in topological order.  Raises GraphError for a cycle and for all that `check` finds."""
        self.check(nodes)
        needs = {
            key: [find_source_node(a) for a in n.arguments if find_source_node(a) in nodes] for key, n in nodes.items()
        }
        try:
            return list(TopologicalSorter(needs).static_order())
        except CycleError as error:
            raise GraphError(f"graph {self.name!r}: a cycle: {' ← '.join(error.args[1])}") from None

    def check(self, nodes: Mapping[str, Node]) -> None:
        """Raise GraphError for each mistake that can be found before values are known, except cycles."""
        results = [name for key, one in nodes.items() for name in list_output_names(key, one.op)]
        if self.output not in results:
            raise GraphError(
                f"graph {self.name!r}: the output {self.output!r} is no node; nodes are {', '.join(results)}"
            )
        if both := sorted(nodes.keys() & self.inputs.keys()):
            raise GraphError(f"graph {self.name!r}: {both[0]!r} is an input and a node; rename one")
        known = dict.fromkeys([*self.inputs, *results])
        for key, one in nodes.items():
            for complaint in find_node_errors(one, known):
                raise GraphError(f"graph {self.name!r}: node {key!r} = {one.words}: {complaint}")
        used = {find_source_node(a) for one in nodes.values() for a in one.arguments} | {find_source_node(self.output)}
        for key in (*self.inputs, *nodes):
            if key not in used:
                kind = "input" if key in self.inputs else "node"
                raise GraphError(f"graph {self.name!r}: {kind} {key!r} is not used; remove it, or use it")

    def forward(self, inputs: Mapping[str, Any]) -> Any:
        """Compute the value of the output.  Raises GraphError for missing and unknown inputs, and naming the node whose
        op fails."""
        for key in sorted(inputs.keys() ^ self.inputs.keys()):
            state = "missing" if key in self.inputs else "unknown"
            raise GraphError(f"graph {self.name!r}: input {key!r} is {state}; the inputs are {', '.join(self.inputs)}")
        self.tape = self.run({key: np.asarray(inputs[key], choose_compute_dtype(inputs[key])) for key in self.inputs})
        self.flow = GradientFlow({}, {})
        return self.values[self.output]

    def backward(self, upstream: Any = 1.0) -> dict[str, Any]:
        """Compute the gradient of each input, None where it has none.  upstream: gradient of the output, broadcast to
        its shape.  Raises GraphError before any forward, and for an upstream that does not broadcast."""
        if self.tape is None:
            raise GraphError(f"graph {self.name!r}: call forward before backward")
        result = np.asarray(self.values[self.output])
        dtype = result.dtype if result.dtype.kind == "f" else np.float64
        try:
            given = np.broadcast_to(np.asarray(upstream, dtype), result.shape).copy()
        except ValueError:
            wanted = f"the output has shape {result.shape}, the upstream {np.shape(upstream)}"
            raise GraphError(f"graph {self.name!r}: {wanted}") from None
        self.flow = self.pull(given, self.tape)
        return {key: self.gradients.get(key) for key in self.inputs}

    def run(self, values: dict[str, Any]) -> Tape:
        """Compute every node in topological order."""
        caches: dict[str, Any] = {}
        for key, one in self.nodes.items():
            arguments = [values[a] for a in one.arguments]
            try:
                y, caches[key] = choose_copy(one.op.forward)(*arguments, **one.settings)
            except Exception as error:
                shapes = ", ".join(f"{a} {np.shape(v)}" for a, v in zip(one.arguments, arguments, strict=True))
                raise GraphError(f"graph {self.name!r}: node {key!r} = {one.words} at {shapes}: {error}") from error
            store_outputs(values, key, one.op, y)
        return Tape(values, caches)

    def pull(self, upstream: Any, tape: Tape) -> GradientFlow:
        """Compute the gradients in reverse order; the gradients from all uses of a node add up."""
        flow = GradientFlow({self.output: upstream}, {})
        for key, one in reversed(self.nodes.items()):
            names = list_output_names(key, one.op)
            ups = tuple(
                flow.gradients[name] if name in flow.gradients else np.zeros_like(tape.values[name]) for name in names
            )
            pulled = choose_copy(one.op.backward)(ups if len(names) > 1 else ups[0], tape.caches[key])
            for position, gradient in enumerate(pulled if isinstance(pulled, (tuple, list)) else (pulled,)):
                if gradient is not None:
                    flow.add(one.arguments[position], key, position, gradient)
        return flow

    def as_op(self) -> Op:
        """Return the graph as an op without state, its reference composed of the references of its nodes."""

        def forward(*inputs: Any) -> tuple[Any, Tape]:
            tape = self.run(dict(zip(self.inputs, inputs, strict=True)))
            return tape.values[self.output], tape

        def backward(upstream: Any, tape: Tape) -> tuple[Any, ...]:
            gradients = self.pull(upstream, tape).gradients
            return tuple(gradients.get(key) for key in self.inputs)

        backward.written_at = self.written_at  # type: ignore[attr-defined]
        reference = self.reference if all(one.op.reference for one in self.nodes.values()) else None
        return Op(self.name, forward, backward, reference, inputs=self.inputs, **self.declared)

    def to_dot(self) -> str:
        """Return the graph in the DOT language, with the value and the gradient of the last forward and backward on
        every edge."""
        return drawing.render_graph_dot(self)

    def to_svg(self) -> str:
        """Return the graph as an SVG picture, the value above each edge and the gradient below it."""
        return drawing.render_graph_svg(self)

    def reference(self, *inputs: Any) -> Any:
        """Compute the formula: every node's reference, in topological order."""
        values = dict(zip(self.inputs, inputs, strict=True))
        for key, one in self.nodes.items():
            formula: Callable[..., Any] = one.op.reference  # type: ignore[assignment]
            y = formula(*(values[a] for a in one.arguments), **one.settings)
            store_outputs(values, key, one.op, y)
        return values[self.output]


def find_source_node(argument: str) -> str:
    """Return the node that an argument comes from: "cell" for "cell.h"."""
    return argument.partition(".")[0]


def list_output_names(key: str, op: Op) -> list[str]:
    """Return the names of a node's outputs."""
    return [key] if len(op.outputs) == 1 else [f"{key}.{name}" for name in op.outputs]


def store_outputs(values: dict[str, Any], key: str, op: Op, y: Any) -> None:
    """Add what an op returned to the values, by the names of a node's outputs."""
    if len(op.outputs) == 1:
        values[key] = y
    else:
        values |= zip(list_output_names(key, op), y, strict=True)


def find_node_errors(one: Node, known: Mapping[str, Any]) -> Iterator[str]:
    """Yield each error of one node: a wrong number of arguments, an unknown argument.  known: the inputs, and the
    outputs of nodes, by name."""
    if not any(isinstance(a, Several) for a in one.op.inputs.values()) and len(one.arguments) != len(one.op.inputs):
        names = ", ".join(one.op.inputs)
        yield f"{one.op.name} takes {len(one.op.inputs)} inputs ({names}), given {len(one.arguments)}"
    for argument in one.arguments:
        if argument not in known:
            yield f"{argument!r} is neither an input nor a node; there are {', '.join(known)}"


def choose_compute_dtype(value: Any) -> Any:
    """Return the dtype to compute in: the array's own for floating-point and whole-number arrays, float64 for plain
    numbers."""
    return np.asarray(value).dtype if isinstance(value, np.ndarray) else np.float64
