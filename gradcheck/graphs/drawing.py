"""Pictures of computational graphs, as in the lecture: the value above each edge, the gradient below it."""

from collections.abc import Iterator
from typing import Any, Protocol
from xml.etree import ElementTree as xml

import numpy as np

from gradcheck.graphs.layout import LABEL_MARGIN, NODE_HEIGHT, Box, Layout, Route, lay_out

CHARACTER_WIDTH = 8
"""Pixels of a character of the picture's font at its size, a wide one."""
VALUE_COLOUR, GRADIENT_COLOUR, LINE_COLOUR = "#1a7f37", "#cf222e", "#57606a"  # green above, red below, as on the slides
SYMBOLS = {
    "add": "+",
    "multiply": "×",
    "subtract": "-",
    "divide": "÷",
    "maximum": "max",
    "negate": "×-1",
    "reciprocal": "1/x",
    "add_constant": "+{c:g}",
    "multiply_by_constant": "×{a:g}",
}
"""What is written into a node for its op, with its settings between braces."""


class Drawable(Protocol):
    """The parts of a graph that a picture needs: names, arguments, and the values and gradients of the last forward and
    backward."""

    name: str
    output: str
    inputs: Any
    nodes: Any
    flow: Any

    @property
    def values(self) -> dict[str, Any]:
        """The value of every input and node."""

    @property
    def gradients(self) -> dict[str, Any]:
        """The gradient of every input and node."""


def format_short(value: Any) -> str:
    """Format a number with three digits, an array as its shape, and None as ""."""
    if value is None:
        return ""
    return f"{np.asarray(value).item():.3g}" if np.size(value) == 1 else "×".join(map(str, np.shape(value)))


def find_symbol(node: Any) -> str:
    """Return the symbol with which a node is drawn."""
    return SYMBOLS[node.op.name].format(**node.settings) if node.op.name in SYMBOLS else str(node.op.name)


def list_edges(graph: Drawable) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield every edge as source node, target node, value and gradient; the last edge leaves the graph, and its target
    is ""."""
    for key, one in graph.nodes.items():
        for place, argument in enumerate(one.arguments):
            yield (
                argument.partition(".")[0],
                key,
                graph.values.get(argument),
                graph.flow.edge_gradients.get((key, place)),
            )
    yield graph.output, "", graph.values.get(graph.output), graph.gradients.get(graph.output)


def render_graph_dot(graph: Drawable) -> str:
    """Return the graph in the DOT language of Graphviz, with value and gradient on every edge that has them."""
    lines = [f"digraph {quote_dot_name(graph.name)} {{", "  rankdir=LR;"]
    lines += [f"  {quote_dot_name(key)} [shape=plaintext];" for key in graph.inputs]
    lines += [
        f"  {quote_dot_name(key)} [shape=circle, label={quote_dot_name(find_symbol(one))}];"
        for key, one in graph.nodes.items()
    ]
    lines += [
        '  "" [shape=none];',
        *(
            f"  {quote_dot_name(a)} -> {quote_dot_name(b)}{format_edge_label(*carried)};"
            for a, b, *carried in list_edges(graph)
        ),
        "}",
    ]
    return "\n".join(lines) + "\n"


def quote_dot_name(name: str) -> str:
    """Quote a name for DOT."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def format_edge_label(value: Any, gradient: Any) -> str:
    """Format value over gradient as DOT's HTML-like label."""
    rows = [(value, VALUE_COLOUR), (gradient, GRADIENT_COLOUR)]
    words = "<br/>".join(
        f'<font color="{colour}">{format_short(value)}</font>' for value, colour in rows if format_short(value)
    )
    return f" [label=<{words}>]" if words else ""


def compute_layers(graph: Drawable) -> dict[str, int]:
    """Return the layer of every node, behind all nodes that it depends on; an input stands just before its first use,
    and the way out, "", behind the output."""
    layers: dict[str, int] = {}
    for key, one in graph.nodes.items():
        needs = [argument.partition(".")[0] for argument in one.arguments]
        layers[key] = 1 + max((layers.get(need, 0) for need in needs), default=0)
    layers[""] = layers[graph.output.partition(".")[0]] + 1
    for key in graph.inputs:
        layers[key] = min(layers[b] for a, b, *_ in list_edges(graph) if a == key) - 1
    return layers


def measure_text(words: str) -> float:
    """Measure how wide a text is, at most, in pixels."""
    return CHARACTER_WIDTH * len(words)


def name_nodes(graph: Drawable) -> dict[str, str]:
    """Return what is written into every node: the name of an input, the symbol of an op."""
    return {key: key for key in graph.inputs} | {key: find_symbol(one) for key, one in graph.nodes.items()}


def lay_out_graph(graph: Drawable) -> Layout:
    """Lay out a graph with room for the texts in its nodes and on its edges."""
    edges = list(list_edges(graph))
    widths = {key: max(NODE_HEIGHT, measure_text(words) + 2 * LABEL_MARGIN) for key, words in name_nodes(graph).items()}
    numbers = [measure_text(format_short(number)) for *_, value, gradient in edges for number in (value, gradient)]
    return lay_out([(a, b) for a, b, *_ in edges], compute_layers(graph), widths | {"": 0.0}, max(numbers))


def render_graph_svg(graph: Drawable) -> str:
    """Return the graph as an SVG picture; run forward and backward first to see values and gradients."""
    layout = lay_out_graph(graph)
    size = {"width": f"{layout.width:.0f}", "height": f"{layout.height:.0f}"}
    root = xml.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            **size,
            "viewBox": "0 0 {width} {height}".format(**size),
            "font-family": "sans-serif",
            "font-size": "12",
        },
    )
    xml.SubElement(root, "title").text = graph.name
    for route, (*_, value, gradient) in zip(layout.routes, list_edges(graph), strict=True):
        draw_edge(root, route, value, gradient)
    for key, words in name_nodes(graph).items():
        draw_node(root, layout.boxes[key], words, plain=key in graph.inputs)
    return xml.tostring(root, encoding="unicode") + "\n"


def draw_edge(root: xml.Element, route: Route, value: Any, gradient: Any) -> None:
    """Draw a line between two nodes with its value above and its gradient below."""
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in route.points)
    xml.SubElement(root, "polyline", {"points": points, "fill": "none", "stroke": LINE_COLOUR})
    x, y = route.label
    for words, colour, shift in (
        (format_short(value), VALUE_COLOUR, -5),
        (format_short(gradient), GRADIENT_COLOUR, 14),
    ):
        if words:
            draw_text(root, x, y + shift, words, colour)


def draw_node(root: xml.Element, box: Box, words: str, plain: bool) -> None:
    """Draw a round box with the op's symbol, or the bare name of an input."""
    place = {"x": f"{box.x - box.width / 2:.1f}", "y": f"{box.y - box.height / 2:.1f}"}
    extent = {"width": f"{box.width:.1f}", "height": f"{box.height:.1f}", "rx": str(NODE_HEIGHT // 2)}
    look = {"stroke": "none" if plain else LINE_COLOUR, "fill": "white"}
    xml.SubElement(root, "rect", {**place, **extent, **look})
    draw_text(root, box.x, box.y + 4, words, "black")


def draw_text(root: xml.Element, x: float, y: float, words: str, colour: str) -> None:
    """Draw centred text."""
    xml.SubElement(
        root, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": "middle", "fill": colour}
    ).text = words
