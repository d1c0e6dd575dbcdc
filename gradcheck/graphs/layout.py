"""Where the nodes and edges of a graph are drawn, in layers from left to right.

A node stands in the layer behind all that it depends on.  An edge that passes a layer has a lane of its own there.
Between two layers the edges first slant to the height at which they arrive, and then run straight into the next node:
there, in a strip that no slanted line enters, each edge has room for two lines of text.  Source: Sugiyama, Tagawa and
Toda 1981, Methods for visual understanding of hierarchical system structures: layers, lanes and barycentres.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

LANE_HEIGHT = 40
"""Pixels from one edge to the next where both run straight: a line of text above each, and one below."""
NODE_HEIGHT, NODE_GAP, SLANT_WIDTH, LABEL_MARGIN, GRAPH_MARGIN = 44, 14, 44, 8, 20
"""Pixels: the least height of a node, the room between two, the strip in which edges slant, the room beside a number,
and that around the picture."""
SWEEPS = 12
"""Passes over all layers, half of them forth and half back, that bring neighbours near each other."""


class Slot(NamedTuple):
    """What takes up height in a layer: a node, or the lane of a node's value that passes.  layer: where it stands."""

    key: str
    layer: int


@dataclass(frozen=True)
class Box:
    """Where a node stands: its centre and its extent."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Route:
    """How an edge runs: the points at which it bends; its last stretch is straight and level, and carries a number
    around `label`."""

    points: tuple[tuple[float, float], ...]
    label: tuple[float, float]


@dataclass(frozen=True)
class Layout:
    """A box for every node, a route for every edge in their order, and the extent of the picture."""

    boxes: Mapping[str, Box]
    routes: tuple[Route, ...]
    width: float
    height: float


@dataclass(frozen=True)
class Edges:
    """The edges of a graph.  ends: source and target of each, in the order of the arguments; layers: of every node."""

    ends: tuple[tuple[str, str], ...]
    layers: Mapping[str, int]

    def list_slots(self, edge: tuple[str, str]) -> list[Slot]:
        """List what an edge passes: its source, the lanes of the layers between, and its target."""
        source, target = edge
        return [Slot(source, layer) for layer in range(self.layers[source], self.layers[target])] + [
            Slot(target, self.layers[target])
        ]


def lay_out(
    ends: Iterable[tuple[str, str]], layers: Mapping[str, int], widths: Mapping[str, float], label_width: float
) -> Layout:
    """Lay out a graph.  ends: source and target of every edge; layers: that of every node, from 0; widths: how wide
    each node is drawn; label_width: the room for a number on an edge."""
    edges = Edges(tuple(ends), layers)
    rows = order_slots(edges)
    ports = count_ports(edges)
    extents = {slot: measure_height(slot, edges, ports) for row in rows for slot in row}
    heights = compute_heights(rows, extents, list_links(edges))
    lefts, centres, right = compute_columns(rows, edges, widths, label_width)
    boxes = {
        slot.key: Box(centres[slot.layer], heights[slot], widths[slot.key], extents[slot])
        for slot in heights
        if edges.layers[slot.key] == slot.layer
    }
    routes = route_edges(edges, heights, ports, lefts, boxes, label_width)
    bottom = max(heights[slot] + extents[slot] / 2 for slot in heights)
    return Layout(boxes, routes, right + GRAPH_MARGIN, bottom + GRAPH_MARGIN)


def list_links(edges: Edges) -> list[tuple[Slot, Slot]]:
    """List the pieces of edges between neighbouring layers, each once."""
    return list(dict.fromkeys(pair for edge in edges.ends for pair in pairwise(edges.list_slots(edge))))


def count_ports(edges: Edges) -> dict[str, int]:
    """Count the edges that arrive at each node."""
    found: dict[str, int] = {}
    for _, target in edges.ends:
        found[target] = found.get(target, 0) + 1
    return found


def measure_height(slot: Slot, edges: Edges, ports: Mapping[str, int]) -> float:
    """Measure the height that a slot takes up: of a node, room for all edges that arrive."""
    if edges.layers[slot.key] != slot.layer:
        return LANE_HEIGHT
    return max(NODE_HEIGHT, ports.get(slot.key, 0) * LANE_HEIGHT)


def order_slots(edges: Edges) -> list[list[Slot]]:
    """Order the slots of every layer by the mean place of their neighbours, and keep the order with the fewest
    crossings."""
    rows: dict[int, list[Slot]] = {layer: [] for layer in range(max(edges.layers.values()) + 1)}
    links = list_links(edges)
    for slot in dict.fromkeys(slot for link in links for slot in link):
        rows[slot.layer].append(slot)
    best = order = [rows[layer] for layer in sorted(rows)]
    for sweep in range(SWEEPS):
        order = sweep_layers(order, links, backwards=bool(sweep % 2))
        best = min(best, order, key=lambda rows: count_crossings(rows, links))
    return best


def sweep_layers(rows: Sequence[list[Slot]], links: Sequence[tuple[Slot, Slot]], backwards: bool) -> list[list[Slot]]:
    """Order each layer by the layer before it, or behind it, which is ordered already."""
    ordered = [list(row) for row in rows]
    for layer in reversed(range(len(rows) - 1)) if backwards else range(1, len(rows)):
        known = {slot: place for place, slot in enumerate(ordered[layer + 1 if backwards else layer - 1])}
        near = find_neighbours(links, backwards)
        places = {
            slot: compute_mean([known[other] for other in near.get(slot, ())], place)
            for place, slot in enumerate(rows[layer])
        }
        ordered[layer].sort(key=places.__getitem__)
    return ordered


def find_neighbours(links: Iterable[tuple[Slot, Slot]], behind: bool) -> dict[Slot, list[Slot]]:
    """Find for each slot those that it is linked with in the layer behind it, or before it."""
    found: dict[Slot, list[Slot]] = {}
    for a, b in links:
        slot, other = (a, b) if behind else (b, a)
        found.setdefault(slot, []).append(other)
    return found


def compute_mean(values: Sequence[float], otherwise: float) -> float:
    """Average numbers, if there are any."""
    return sum(values) / len(values) if values else otherwise


def count_crossings(rows: Sequence[Sequence[Slot]], links: Iterable[tuple[Slot, Slot]]) -> int:
    """Count the pairs of links that cross."""
    place = {slot: i for row in rows for i, slot in enumerate(row)}
    between: dict[int, list[tuple[int, int]]] = {}
    for a, b in links:
        between.setdefault(a.layer, []).append((place[a], place[b]))
    return sum(
        (a - c) * (b - d) < 0 for pairs in between.values() for i, (a, b) in enumerate(pairs) for c, d in pairs[:i]
    )


def compute_heights(
    rows: Sequence[Sequence[Slot]], extents: Mapping[Slot, float], links: Sequence[tuple[Slot, Slot]]
) -> dict[Slot, float]:
    """Compute the height at which each slot is centred: near its neighbours, in the order of its layer, apart from the
    next; the topmost stands at the margin."""
    heights = {slot: 0.0 for row in rows for slot in row}
    for row in rows:
        heights |= place_in_order(row, extents, dict.fromkeys(row, 0.0))
    before, behind = find_neighbours(links, behind=False), find_neighbours(links, behind=True)
    for sweep in range(SWEEPS):
        for row in reversed(rows) if sweep % 2 else rows:
            near = behind if sweep % 2 else before
            wanted = {
                slot: compute_mean([heights[other] for other in near.get(slot, ())], heights[slot]) for slot in row
            }
            heights |= place_in_order(row, extents, wanted)
    top = min(heights[slot] - extents[slot] / 2 for slot in heights)
    return {slot: y - top + GRAPH_MARGIN for slot, y in heights.items()}


def place_in_order(
    row: Sequence[Slot], extents: Mapping[Slot, float], wanted: Mapping[Slot, float]
) -> dict[Slot, float]:
    """Place slots as near as possible, in the sense of least squares, to where they want to be, apart and in order: the
    isotonic regression of their wishes less the room that those above take, by pooling adjacent violators."""
    offsets, offset = [], 0.0
    for above, slot in zip([None, *row], row, strict=False):
        offset += (extents[above] + extents[slot]) / 2 + NODE_GAP if above else 0.0
        offsets.append(offset)
    pools: list[tuple[float, int]] = []
    for slot, offset in zip(row, offsets, strict=True):
        mean, size = wanted[slot] - offset, 1
        while pools and pools[-1][0] > mean:
            other, others = pools.pop()
            mean, size = (mean * size + other * others) / (size + others), size + others
        pools.append((mean, size))
    shifts = [mean for mean, size in pools for _ in range(size)]
    return {slot: offset + shift for slot, offset, shift in zip(row, offsets, shifts, strict=True)}


def compute_columns(
    rows: Sequence[Sequence[Slot]], edges: Edges, widths: Mapping[str, float], label_width: float
) -> tuple[list[float], list[float], float]:
    """Compute for every layer where the numbers before it begin, and where its nodes are centred; and where the last
    ends."""
    lefts, centres, x = [], [], float(GRAPH_MARGIN)
    for layer, row in enumerate(rows):
        lefts.append(x)
        x += label_width + 2 * LABEL_MARGIN if layer else 0
        wide = max((widths[slot.key] for slot in row if edges.layers[slot.key] == layer), default=0.0)
        centres.append(x + wide / 2)
        x += wide + SLANT_WIDTH
    return lefts, centres, x - SLANT_WIDTH


def route_edges(
    edges: Edges,
    heights: Mapping[Slot, float],
    ports: Mapping[str, int],
    lefts: Sequence[float],
    boxes: Mapping[str, Box],
    label_width: float,
) -> tuple[Route, ...]:
    """Route every edge to a port of its own, the topmost to the topmost."""
    arriving: dict[str, list[int]] = {}
    for number, edge in enumerate(edges.ends):
        arriving.setdefault(edge[1], []).append(number)
    found: dict[int, Route] = {}
    for target, numbers in arriving.items():
        numbers.sort(key=lambda number: heights[edges.list_slots(edges.ends[number])[-2]])
        box, first = boxes[target], -(len(numbers) - 1) / 2
        for port, number in enumerate(numbers):
            y = box.y + (first + port) * LANE_HEIGHT
            points = tuple(list_bends(edges.list_slots(edges.ends[number]), heights, lefts, boxes, y))
            found[number] = Route(points, (lefts[edges.layers[target]] + LABEL_MARGIN + label_width / 2, y))
    return tuple(found[number] for number in range(len(edges.ends)))


def list_bends(
    slots: Sequence[Slot], heights: Mapping[Slot, float], lefts: Sequence[float], boxes: Mapping[str, Box], y: float
) -> Iterator[tuple[float, float]]:
    """List the points at which an edge bends; it arrives at the height y."""
    yield boxes[slots[0].key].x, heights[slots[0]]
    for slot, after in pairwise(slots):
        yield lefts[after.layer] - SLANT_WIDTH, heights[slot]
        yield lefts[after.layer], y if after is slots[-1] else heights[after]
    yield boxes[slots[-1].key].x, y
