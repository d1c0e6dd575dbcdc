"""Pictures of computational graphs, as in the lecture: the value above each edge, the gradient below it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Protocol
from xml.etree import ElementTree as xml

import numpy as np

COLUMN_WIDTH, ROW_HEIGHT, NODE_RADIUS, GRAPH_MARGIN = 130, 70, 22, 40
VALUE_COLOUR, GRADIENT_COLOUR, LINE_COLOUR = "#1a7f37", "#cf222e", "#57606a"  # green above, red below, as on the slides
SYMBOLS = {
    "add": "+",
    "multiply": "×",
    "subtract": "-",
    "divide": "÷",
    "maximum": "max",
    "negate": "×-1",
    "reciprocal": "1/x",
}


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


def find_symbol(name: str) -> str:
    """Return the symbol with which an op is drawn."""
    return SYMBOLS.get(name, name)


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
        f"  {quote_dot_name(key)} [shape=circle, label={quote_dot_name(find_symbol(one.op.name))}];"
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


def compute_depths(graph: Drawable) -> dict[str, int]:
    """Return the column of every node, behind all nodes that it depends on; an input stands just before its first
    use."""
    column: dict[str, int] = {}
    for key, one in graph.nodes.items():
        needs = [argument.partition(".")[0] for argument in one.arguments]
        column[key] = 1 + max((column.get(need, 0) for need in needs), default=0)
    for key in graph.inputs:
        column[key] = min(column[b] for a, b, *_ in list_edges(graph) if a == key) - 1
    return column


def compute_positions(graph: Drawable) -> dict[str, tuple[float, float]]:
    """Return the coordinates of every node: columns by depth, from top to bottom in a column, each column centred."""
    columns: dict[int, list[str]] = {}
    for key, depth in sorted(compute_depths(graph).items(), key=lambda item: item[1]):
        columns.setdefault(depth, []).append(key)
    tallest = max(map(len, columns.values()))
    return {
        key: (GRAPH_MARGIN + depth * COLUMN_WIDTH, GRAPH_MARGIN + (row + (tallest - len(keys)) / 2) * ROW_HEIGHT)
        for depth, keys in columns.items()
        for row, key in enumerate(keys)
    }


def render_graph_svg(graph: Drawable) -> str:
    """Return the graph as an SVG picture; run forward and backward first to see values and gradients."""
    places = compute_positions(graph)
    width, height = (
        max(p[i] for p in places.values()) + GRAPH_MARGIN + (COLUMN_WIDTH if i == 0 else 0) for i in (0, 1)
    )
    size = {"width": f"{width:.0f}", "height": f"{height:.0f}"}
    root = xml.Element(
        "svg", {"xmlns": "http://www.w3.org/2000/svg", **size, "font-family": "sans-serif", "font-size": "12"}
    )
    xml.SubElement(root, "title").text = graph.name
    x, y = places[graph.output]
    drawn: Counter[tuple[str, str]] = Counter()
    for a, b, value, gradient in list_edges(graph):
        aside = drawn[a, b] * NODE_RADIUS  # an argument used twice has two edges
        drawn[a, b] += 1
        (x1, y1), (x2, y2) = places[a], places.get(b, (x + COLUMN_WIDTH, y))
        draw_edge(root, (x1, y1 + aside), (x2, y2 + aside), value, gradient)
    for key, (x, y) in places.items():
        draw_node(
            root, x, y, key if key in graph.inputs else find_symbol(graph.nodes[key].op.name), key in graph.inputs
        )
    return xml.tostring(root, encoding="unicode") + "\n"


def draw_edge(root: xml.Element, a: tuple[float, float], b: tuple[float, float], value: Any, gradient: Any) -> None:
    """Draw a line between two nodes with its value above and its gradient below."""
    ends = dict(zip(("x1", "y1", "x2", "y2"), (f"{n:.1f}" for n in (*a, *b)), strict=True))
    xml.SubElement(root, "line", {**ends, "stroke": LINE_COLOUR})
    x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    for words, colour, shift in (
        (format_short(value), VALUE_COLOUR, -5),
        (format_short(gradient), GRADIENT_COLOUR, 14),
    ):
        if words:
            draw_text(root, x, y + shift, words, colour)


def draw_node(root: xml.Element, x: float, y: float, words: str, plain: bool) -> None:
    """Draw a circle with the op's symbol, or the bare name of an input."""
    look = {"stroke": "none" if plain else LINE_COLOUR, "fill": "white"}
    xml.SubElement(root, "circle", {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": str(NODE_RADIUS), **look})
    draw_text(root, x, y + 4, words, "black")


def draw_text(root: xml.Element, x: float, y: float, words: str, colour: str) -> None:
    """Draw centred text."""
    xml.SubElement(
        root, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": "middle", "fill": colour}
    ).text = words
