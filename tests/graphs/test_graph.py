"""A computational graph orders its nodes, adds gradients at forks, is an op itself, and says what does not fit."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from gradcheck import DeclarationError
from gradcheck.checking.check import check
from gradcheck.declaration.inputs import Array
from gradcheck.graphs.graph import ComputationalGraph, GraphError, node
from gradcheck.ops.arithmetic.add import add
from gradcheck.ops.arithmetic.multiply import multiply
from gradcheck.ops.linear.matmul import matmul
from gradcheck.ops.pointwise.activations import sigmoid
from gradcheck.ops.pointwise.elementary import add_constant, exp
from gradcheck.ops.recurrent.lstm_step import lstm_step
from gradcheck.ops.shaping.concat import concat
from gradcheck.ops.shaping.fork import fork

X, Y = np.array([2.0, -3.0]), np.array([0.5, 4.0])
CIRCUIT = {"q": node(add, "x", "y"), "e": node(exp, "y"), "p": node(multiply, "q", "e"), "f": node(add, "p", "q")}
CELL = {name: np.linspace(-1, 1, n).reshape(s) for name, n, s in (
    ("x", 2, (2, 1)), ("h", 2, (2, 1)), ("c", 2, (2, 1)), ("wx", 4, (1, 4)), ("wh", 4, (1, 4)), ("b", 4, (4,)),
)}  # fmt: skip


def graph(nodes, output="f", inputs="xy", name="g", **declared):
    """A graph with inputs of any one shape."""
    return ComputationalGraph(name, inputs={key: Array("*S") for key in inputs}, nodes=nodes, output=output, **declared)


def ran(one, upstream=1.0, **inputs):
    """The value and the gradients of the inputs."""
    return one.forward(inputs), one.backward(upstream)


def cell(nodes, output="f"):
    """A graph around one step of an LSTM."""
    return ComputationalGraph(
        "g", inputs=lstm_step.inputs, nodes={"cell": node(lstm_step, *lstm_step.inputs), **nodes}, output=output
    )


@pytest.mark.parametrize("order", list(permutations(CIRCUIT)))
def test_nodes_run_in_topological_order_however_they_are_written(order):
    one = graph({key: CIRCUIT[key] for key in order})
    placed = list(one.nodes)
    assert sorted(placed) == sorted(CIRCUIT)
    assert all(placed.index(a) < placed.index(key) for key in placed for a in CIRCUIT[key].arguments if a in CIRCUIT)
    f, gradients = ran(one, x=X, y=Y)
    np.testing.assert_allclose(f, (X + Y) * np.exp(Y) + X + Y)
    np.testing.assert_allclose(gradients["x"], np.exp(Y) + 1)
    np.testing.assert_allclose(gradients["y"], np.exp(Y) + (X + Y) * np.exp(Y) + 1)


def test_every_value_and_gradient_on_the_way_is_kept():
    one = graph({"q": node(add, "x", "y"), "f": node(multiply, "q", "y")})
    assert one.values == one.gradients == {}
    ran(one, 2.0, x=3, y=4)
    assert {key: float(v) for key, v in one.values.items()} == {"x": 3, "y": 4, "q": 7, "f": 28}
    assert {key: float(v) for key, v in one.gradients.items()} == {"f": 2, "q": 8, "x": 8, "y": 22}


def test_gradients_add_where_two_nodes_use_one_value():
    one = graph({"a": node(exp, "x"), "b": node(sigmoid, "x"), "f": node(multiply, "a", "b")}, inputs="x")
    s = 1 / (1 + np.exp(-X))
    np.testing.assert_allclose(ran(one, x=X)[1]["x"], np.exp(X) * s + np.exp(X) * s * (1 - s))


def test_gradients_add_where_one_node_uses_a_value_twice():
    square = graph({"f": node(multiply, "x", "x")}, inputs="x")
    assert ran(square, x=X)[1]["x"].tolist() == (2 * X).tolist()
    thrice = graph({"f": node(concat, "x", "x", "x", axis=0)}, inputs="x")
    assert ran(thrice, np.arange(6.0), x=X)[1]["x"].tolist() == [0 + 2 + 4, 1 + 3 + 5]


def test_the_upstream_reaches_the_inputs():
    one = graph({"f": node(multiply, "x", "y")})
    up = np.array([3.0, -1.0])
    assert ran(one, up, x=X, y=Y)[1]["x"].tolist() == (up * Y).tolist()


def test_an_upstream_is_not_changed_and_not_handed_out():
    up = np.array([3.0, -1.0])
    one = graph({"f": node(add, "x", "y")})
    gradients = ran(one, up, x=X, y=Y)[1]
    gradients["x"] += 1
    assert up.tolist() == [3, -1]


def test_settings_reach_the_op():
    one = graph({"f": node(add_constant, "x", c=5.0)}, inputs="x")
    assert one.forward({"x": X}).tolist() == (X + 5).tolist()


def test_an_output_of_several_is_named_behind_a_dot():
    one = cell({"f": node(multiply, "cell.h_next", "cell.c_next")})
    (h, c), cache = lstm_step.forward(*CELL.values())
    f, gradients = ran(one, **CELL)
    assert f.tolist() == (h * c).tolist()
    for name, wanted in zip(lstm_step.inputs, lstm_step.backward((c, h), cache), strict=True):
        assert gradients[name].tolist() == wanted.tolist()


def test_an_output_of_several_that_nothing_uses_sends_back_zeros():
    one = cell({"f": node(exp, "cell.c_next")})
    (h, c), cache = lstm_step.forward(*CELL.values())
    wanted = lstm_step.backward((np.zeros_like(h), np.exp(c)), cache)
    for gradient, right in zip(ran(one, **CELL)[1].values(), wanted, strict=True):
        assert gradient.tolist() == right.tolist()


def test_both_outputs_of_a_fork_come_back_to_its_input():
    one = graph({"s": node(fork, "x"), "f": node(multiply, "s.y", "s.z")}, inputs="x")
    assert ran(one, x=X)[1]["x"].tolist() == (2 * X).tolist()


def test_one_output_of_several_can_be_the_result():
    one = cell({}, "cell.h_next")
    assert one.forward(CELL).tolist() == lstm_step.forward(*CELL.values())[0][0].tolist()


WRONG = {
    "cycle": ({"a": node(add, "x", "b"), "b": node(add, "a", "y"), "f": node(exp, "b")}, "a cycle: [ab] ← [ab] ← [ab]"),
    "a node that needs itself": ({"e": node(add, "x", "y"), "f": node(add, "e", "f")}, "a cycle: f ← f"),
    "unknown argument": (
        {"f": node(add, "x", "yy")},
        r"node 'f' = add\(x, yy\): 'yy' is neither an input nor a node; there are x, y, f",
    ),
    "unknown output": ({"s": node(fork, "x"), "f": node(add, "s.y", "s.w")}, r"'s.w' is neither .* s\.y, s\.z, f"),
    "several without a name": ({"s": node(fork, "x"), "f": node(add, "s", "y")}, "'s' is neither"),
    "unused input": ({"f": node(exp, "x")}, "input 'y' is not used; remove it, or use it"),
    "unused node": ({"f": node(add, "x", "y"), "e": node(exp, "x")}, "node 'e' is not used; remove it, or use it"),
    "too few arguments": ({"f": node(add, "x"), "e": node(exp, "y")}, r"add takes 2 inputs \(x, y\), given 1"),
    "too many arguments": ({"f": node(exp, "x", "y")}, r"exp takes 1 inputs \(x\), given 2"),
    "output that is no node": ({"e": node(add, "x", "y")}, "the output 'f' is no node; nodes are e"),
    "output that is an input": ({"e": node(add, "x", "y")}, "the output 'x' is no node"),
    "both input and node": ({"x": node(exp, "y"), "f": node(add, "x", "y")}, "'x' is an input and a node; rename one"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", WRONG)
def test_a_graph_that_does_not_fit_together_is_refused(mistake):
    nodes, told = WRONG[mistake]
    with pytest.raises(GraphError, match=f"^graph 'g': .*{told}"):
        graph(nodes, "x" if mistake == "output that is an input" else "f")


def test_a_graph_error_is_a_declaration_error():
    assert issubclass(GraphError, DeclarationError)


@pytest.mark.parametrize(
    ("inputs", "told"),
    [({"x": 1}, "input 'y' is missing; the inputs are x, y"), ({"x": 1, "y": 1, "z": 1}, "input 'z' is unknown")],
)
def test_inputs_that_do_not_fit_are_named(inputs, told):
    with pytest.raises(GraphError, match=told):
        graph(CIRCUIT).forward(inputs)


def test_shapes_that_do_not_fit_are_told_with_the_node():
    with pytest.raises(GraphError, match=r"^graph 'g': node 'z' = matmul\(x, w\) at x \(2, 3\), w \(2, 3\): ") as told:
        ComputationalGraph(
            "g",
            inputs={"x": Array("N D"), "w": Array("D M")},
            nodes={"z": node(matmul, "x", "w"), "f": node(exp, "z")},
            output="f",
        ).forward({"x": np.ones((2, 3)), "w": np.ones((2, 3))})
    assert told.value.__cause__ is not None


def test_a_setting_that_the_op_does_not_know_is_told_with_the_node():
    with pytest.raises(GraphError, match=r"node 'f' = exp\(x, axis=1\)"):
        graph({"f": node(exp, "x", axis=1)}, inputs="x").forward({"x": X})


def test_backward_before_forward_is_refused():
    with pytest.raises(GraphError, match="graph 'g': call forward before backward"):
        graph(CIRCUIT).backward()


def test_an_upstream_of_another_shape_is_refused():
    one = graph(CIRCUIT)
    one.forward({"x": X, "y": Y})
    with pytest.raises(GraphError, match="graph 'g'"):
        one.backward(np.ones(3))


def test_float32_stays_float32():
    one = graph({**CIRCUIT, "g": node(sigmoid, "f")}, "g")
    f, gradients = ran(one, x=X.astype(np.float32), y=Y.astype(np.float32))
    assert {v.dtype.name for v in (f, *one.values.values())} == {"float32"}
    assert {v.dtype.name for v in gradients.values()} == {"float32"}


def test_plain_numbers_are_float64():
    one = graph({"f": node(multiply, "x", "y")})
    assert {v.dtype.name for v in ran(one, x=3, y=[1, 2])[1].values()} == {"float64"}


def test_a_second_forward_forgets_the_gradients_of_the_first():
    one = graph(CIRCUIT)
    _, first = ran(one, x=X, y=Y)
    one.forward({"x": 2 * X, "y": Y})
    assert one.gradients == {}
    assert one.flow.edge_gradients == {}
    assert one.backward()["x"].tolist() == first["x"].tolist()


def test_a_second_backward_adds_nothing_to_the_first():
    one = graph(CIRCUIT)
    _, first = ran(one, x=X, y=Y)
    assert one.backward()["y"].tolist() == first["y"].tolist()


@pytest.mark.slow
def test_a_graph_is_an_op_that_the_engine_passes():
    nodes = {"q": node(add, "x", "y"), "s": node(sigmoid, "q"), "f": node(multiply, "s", "q")}
    result = check(graph(nodes, name="swish", batch=None).as_op(), examples=20, shrink=False)
    assert result.status == "passed"
    assert {"autodiff", "differences"} <= set(result.witnesses)


@pytest.mark.slow
def test_a_wrong_node_makes_the_gradient_of_the_graph_wrong():
    wrong = sigmoid.implemented_by(sigmoid.forward, lambda dy, cache: 0.5 * sigmoid.backward(dy, cache))
    nodes = {"q": node(add, "x", "y"), "s": node(wrong, "q"), "f": node(multiply, "s", "q")}
    result = check(graph(nodes).as_op(), examples=20, shrink=False)
    assert {f.law for f in result.findings if f.status == "failed"} >= {"gradient"}
    assert {f.law for f in result.findings if not f.follows} == {"gradient"}
    assert all(f.file == __file__ for f in result.findings)


def test_as_op_leaves_the_state_of_the_graph_alone():
    one = graph(CIRCUIT)
    ran(one, x=X, y=Y)
    before = dict(one.values), dict(one.gradients)
    op = one.as_op()
    op.backward(np.ones(2), op.forward(5 * X, Y)[1])
    assert (one.values, one.gradients) == before


def test_a_node_without_a_reference_leaves_the_graph_without_one():
    assert graph({"f": node(replace(exp, reference=None), "x")}, inputs="x").as_op().reference is None
    assert graph({"f": node(exp, "x")}, inputs="x").as_op().reference is not None


def test_the_reference_of_a_graph_goes_through_several_outputs():
    one = cell({"f": node(multiply, "cell.h_next", "cell.c_next")})
    np.testing.assert_allclose(one.as_op().reference(*CELL.values()), one.forward(CELL), rtol=1e-14)
