"""A layout keeps nodes apart, and no line runs through a number or a node, whatever the graph."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.graphs.layout import LANE_HEIGHT, lay_out

LABEL_WIDTH, TEXT_HEIGHT = 50, 16
DIAMOND = [("x", "a"), ("x", "b"), ("a", "f"), ("b", "f"), ("f", "")]
CHAIN = [("x", "a"), ("a", "b"), ("b", "f"), ("x", "f"), ("f", "")]


def lay_out_plainly(ends, width=44):
    """Lay out with each node behind all that it depends on, and with nodes of one width."""
    layers = {}
    for source, target in sorted(ends, key=lambda edge: (edge[1] == "", edge[1])):
        layers.setdefault(source, 0)
        layers[target] = max(layers.get(target, 0), layers[source] + 1)
    return lay_out(ends, layers, dict.fromkeys(layers, width) | {"": 0}, LABEL_WIDTH)


def rectangle(box):
    """Left, top, right, bottom of a node."""
    return box.x - box.width / 2, box.y - box.height / 2, box.x + box.width / 2, box.y + box.height / 2


def list_texts(route):
    """The rectangles of the two texts of an edge."""
    x, y = route.label
    for top in (y - TEXT_HEIGHT - 2, y + 2):
        yield x - LABEL_WIDTH / 2, top, x + LABEL_WIDTH / 2, top + TEXT_HEIGHT


def overlap(a, b):
    """Whether two rectangles have more than their borders in common."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def crosses(a, b, box):
    """Whether a stretch from a to b, to the right, runs through a rectangle."""
    start, end = max(a[0], box[0]), min(b[0], box[2])
    if start >= end:
        return False
    heights = [a[1] + (b[1] - a[1]) * (x - a[0]) / (b[0] - a[0]) for x in (start, end)]
    return max(heights) > box[1] and min(heights) < box[3]


@st.composite
def edges_of_graphs(draw):
    """Edges among numbered nodes, each from a lower number to a higher one; every node but the last is used."""
    count = draw(st.integers(2, 12))
    keys = [f"{i:02}" for i in range(count)]
    ends = [
        (keys[i], keys[j])
        for i in range(count - 1)
        for j in draw(st.lists(st.integers(i + 1, count - 1), min_size=1, max_size=3))
    ]
    return [*ends, (keys[-1], "")]


@settings(max_examples=60, deadline=None)
@given(edges_of_graphs())
def test_nothing_lies_on_anything_else(ends):
    layout = lay_out_plainly(ends)
    nodes = {key: rectangle(box) for key, box in layout.boxes.items() if key}
    texts = [text for route in layout.routes for text in list_texts(route)]
    assert not any(overlap(a, b) for a, b in combinations([*nodes.values(), *texts], 2))
    for route, edge in zip(layout.routes, ends, strict=True):
        others = [box for key, box in nodes.items() if key not in edge]
        for a, b in pairwise(route.points):
            assert not any(crosses(a, b, box) for box in [*others, *texts])


@settings(max_examples=60, deadline=None)
@given(edges_of_graphs())
def test_everything_stands_inside_the_picture_and_edges_run_to_the_right(ends):
    layout = lay_out_plainly(ends)
    for left, top, right, bottom in map(rectangle, layout.boxes.values()):
        assert 0 < left <= right < layout.width
        assert 0 < top <= bottom < layout.height
    for route in layout.routes:
        assert all(a[0] < b[0] for a, b in pairwise(route.points))


def test_an_edge_ends_at_its_nodes_and_each_has_a_port_of_its_own():
    layout = lay_out_plainly(DIAMOND)
    for route, (source, target) in zip(layout.routes, DIAMOND, strict=True):
        assert route.points[0] == (layout.boxes[source].x, layout.boxes[source].y)
        assert route.points[-1][0] == layout.boxes[target].x
        assert route.label[1] == route.points[-1][1]
    assert abs(layout.routes[2].label[1] - layout.routes[3].label[1]) == LANE_HEIGHT


def test_an_edge_that_passes_a_layer_runs_beside_its_nodes():
    layout = lay_out_plainly(CHAIN)
    passing = layout.routes[3].points
    assert len(passing) > len(layout.routes[0].points)
    assert all(not crosses(a, b, rectangle(layout.boxes[key])) for a, b in pairwise(passing) for key in "ab")


def test_lines_that_need_not_cross_do_not():
    layout = lay_out_plainly([("a", "d"), ("b", "c"), ("c", "f"), ("d", "f"), ("f", "")])
    above = {key: box.y for key, box in layout.boxes.items()}
    assert (above["a"] < above["b"]) == (above["d"] < above["c"])


@pytest.mark.parametrize("width", [44, 200])
def test_a_wide_node_moves_what_stands_behind_it(width):
    layout = lay_out_plainly([("x", "f"), ("f", "")], width)
    assert layout.boxes["f"].x - layout.boxes["x"].x > width + LABEL_WIDTH
