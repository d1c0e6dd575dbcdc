"""A picture of a graph holds every node, and on every edge its value and the gradient that ran along it."""

import re
from collections import Counter
from xml.etree import ElementTree as xml

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.graphs.drawing import GRADIENT_COLOUR, VALUE_COLOUR, format_short, measure_text
from gradcheck.graphs.graph import ComputationalGraph, node
from gradcheck.networks.circuit import circuit
from gradcheck.networks.neuron import neuron
from gradcheck.ops.arithmetic.add import add
from gradcheck.ops.arithmetic.multiply import multiply
from gradcheck.ops.pointwise.elementary import add_constant, multiply_by_constant
from gradcheck.ops.shaping.fork import fork

SVG = "{http://www.w3.org/2000/svg}"
WORD = r'"((?:[^"\\]|\\.)*)"'
EDGE = re.compile(rf"^  {WORD} -> {WORD}(?: \[label=<(.*)>\])?;$", re.MULTILINE)
AWKWARD = 'a<&">'


def graph(nodes, inputs="x", name="g"):
    return ComputationalGraph(name, inputs={key: Array("*S") for key in inputs}, nodes=nodes, output="f")


def ran(one, inputs):
    one.forward(inputs)
    one.backward()
    return one


def forked():
    """x goes two ways: 3 comes back on the one, 5 on the other, 8 in all."""
    nodes = {"a": node(multiply_by_constant, "x", a=3.0), "b": node(multiply_by_constant, "x", a=5.0)}
    return ran(graph({**nodes, "f": node(add, "a", "b")}), {"x": 2})


def dot_edges(one):
    """Every edge of the DOT text: from, to, and its numbers by colour."""
    for a, b, words in EDGE.findall(one.to_dot()):
        label = xml.fromstring(f"<label>{words}</label>")
        yield a, b, {font.get("color"): font.text for font in label.iter("font")}


def svg_texts(one, colour):
    """The words of one colour in the picture, and how often each is there."""
    return Counter(t.text for t in xml.fromstring(one.to_svg()).iter(f"{SVG}text") if t.get("fill") == colour)


def list_lines(root):
    """The points of every edge in the picture."""
    for line in root.iter(f"{SVG}polyline"):
        yield [tuple(map(float, point.split(","))) for point in line.get("points").split()]


def carried(one):
    """The DOT edges as (from, to, value, gradient)."""
    return sorted((a, b, c.get(VALUE_COLOUR), c.get(GRADIENT_COLOUR)) for a, b, c in dot_edges(one))


def test_dot_holds_every_node_and_edge_with_value_and_gradient():
    one = ran(circuit, circuit.example)
    assert carried(one) == [
        ("f", "", "-12", "1"),
        ("q", "f", "3", "-4"),
        ("x", "q", "-2", "-4"),
        ("y", "q", "5", "-4"),
        ("z", "f", "-4", "3"),
    ]
    text = one.to_dot()
    assert text.startswith('digraph "circuit" {\n')
    assert text.endswith("}\n")
    assert all(f'  "{key}" [' in text for key in (*one.inputs, *one.nodes))


def test_svg_holds_every_node_and_edge_with_value_and_gradient():
    one = ran(circuit, circuit.example)
    root = xml.fromstring(one.to_svg())
    assert root.tag == f"{SVG}svg"
    assert root.find(f"{SVG}title").text == "circuit"
    assert len(list(root.iter(f"{SVG}rect"))) == 5
    assert len(list(root.iter(f"{SVG}polyline"))) == 5
    assert svg_texts(one, "black") == Counter(["x", "y", "z", "+", "×"])
    assert svg_texts(one, VALUE_COLOUR) == Counter(["-2", "5", "3", "-4", "-12"])
    assert svg_texts(one, GRADIENT_COLOUR) == Counter(["-4", "-4", "-4", "3", "1"])


def test_the_value_is_above_its_edge_and_the_gradient_below():
    root = xml.fromstring(ran(graph({"f": node(add_constant, "x", c=1.0)}), {"x": 6}).to_svg())
    line = next(list_lines(root))
    heights = {t.text: float(t.get("y")) for t in root.iter(f"{SVG}text") if t.get("fill") != "black"}
    assert heights["6"] < line[-1][1] < heights["1"]


def test_an_edge_out_of_a_fork_carries_its_own_contribution_and_not_the_total():
    one = forked()
    assert float(one.gradients["x"]) == 8
    edges = [
        ("a", "f", "6", "1"),
        ("b", "f", "10", "1"),
        ("f", "", "16", "1"),
        ("x", "a", "2", "3"),
        ("x", "b", "2", "5"),
    ]
    assert carried(one) == edges
    assert svg_texts(one, GRADIENT_COLOUR) == Counter(["1", "1", "1", "3", "5"])


def test_a_value_used_twice_by_one_node_is_two_edges():
    one = ran(graph({"f": node(multiply, "x", "x")}), {"x": 7})
    assert carried(one) == [("f", "", "49", "1"), ("x", "f", "7", "7"), ("x", "f", "7", "7")]
    assert len(set(map(tuple, list_lines(xml.fromstring(one.to_svg()))))) == 3


def test_an_edge_of_a_node_with_several_outputs_carries_the_one_it_leaves():
    nodes = {"s": node(fork, "x"), "a": node(multiply_by_constant, "s.y", a=3.0), "f": node(add, "a", "s.z")}
    one = ran(graph(nodes), {"x": 2})
    assert carried(one)[2:] == [("s", "a", "2", "3"), ("s", "f", "2", "1"), ("x", "s", "2", "4")]


def test_before_forward_there_are_nodes_and_edges_without_numbers():
    one = graph({"q": node(add, "x", "y"), "f": node(multiply, "q", "y")}, "xy")
    assert [c for _, _, c in dot_edges(one)] == [{}] * 5
    assert not svg_texts(one, VALUE_COLOUR)
    assert not svg_texts(one, GRADIENT_COLOUR)
    assert svg_texts(one, "black") == Counter(["x", "y", "+", "×"])


def test_between_forward_and_backward_there_are_values_alone():
    one = graph({"f": node(add, "x", "y")}, "xy")
    one.forward({"x": 1, "y": 2})
    assert carried(one) == [("f", "", "3", None), ("x", "f", "1", None), ("y", "f", "2", None)]
    assert not svg_texts(one, GRADIENT_COLOUR)


def test_names_are_escaped():
    awkward = add.implemented_by(add.forward, add.backward)
    object.__setattr__(awkward, "name", AWKWARD)
    nodes = {f"n{AWKWARD}": node(awkward, f"x{AWKWARD}", f"x{AWKWARD}"), "f": node(add_constant, f"n{AWKWARD}", c=1.0)}
    one = ran(graph(nodes, [f"x{AWKWARD}"], f"g{AWKWARD}"), {f"x{AWKWARD}": 2})
    root = xml.fromstring(one.to_svg())
    assert root.find(f"{SVG}title").text == f"g{AWKWARD}"
    assert {f"x{AWKWARD}", AWKWARD} <= {t.text for t in root.iter(f"{SVG}text")}
    quoted = AWKWARD.replace('"', r"\"")
    assert {a for a, _, _ in dot_edges(one)} == {f"x{quoted}", f"n{quoted}", "f"}
    assert len(list(dot_edges(one))) == 4
    assert one.to_dot().startswith(f'digraph "g{quoted}" {{\n')
    assert f'label="{quoted}"' in one.to_dot()


def test_an_op_with_a_constant_is_drawn_with_it():
    nodes = {"a": node(multiply_by_constant, "x", a=-0.5), "f": node(add_constant, "a", c=1.0)}
    assert svg_texts(graph(nodes), "black") == Counter(["x", "×-0.5", "+1"])


def test_every_text_fits_into_its_node():
    root = xml.fromstring(ran(neuron, neuron.example).to_svg())
    boxes = {(float(b.get("x")) + float(b.get("width")) / 2): float(b.get("width")) for b in root.iter(f"{SVG}rect")}
    for text in (t for t in root.iter(f"{SVG}text") if t.get("fill") == "black"):
        assert measure_text(text.text) < min(w for x, w in boxes.items() if abs(x - float(text.get("x"))) < 0.1)


def test_edges_run_from_left_to_right():
    lines = list(list_lines(xml.fromstring(ran(neuron, neuron.example).to_svg())))
    assert len(lines) >= len(neuron.inputs)
    for line in lines:
        assert line == sorted(line)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (2.0, "2"),
        (1 / 3, "0.333"),
        (np.float32(0.5), "0.5"),
        (np.nan, "nan"),
        (np.ones((1, 1)), "1"),
        (np.ones((2, 3)), "2×3"),
        (np.ones((0, 3)), "0×3"),
    ],
)
def test_a_number_is_told_in_three_digits_and_an_array_by_its_shape(value, words):
    assert format_short(value) == words
