"""Everything that the lecture shows, with its numbers.  Source: CS231n lecture 4, and its figures as computed with
jax.grad."""

from itertools import islice

import numpy as np
import pytest

from gradcheck.discovery.library import load_library_graphs, load_library_ops
from gradcheck.networks.circuit import circuit, patterns
from gradcheck.networks.multilayer import feedforward, three_layer_net, two_layer_net
from gradcheck.networks.neuron import fused_neuron, neuron, neuron_tick
from gradcheck.networks.twenty_line_net import backward, forward, reference, train, twenty_line_graph

OPS = {op.name: op for op in load_library_ops()}


def worked(graph):
    """Values and gradients of every input and node at the graph's example, to two decimals as on the slides."""
    graph.forward(graph.example)
    graph.backward()
    round_off = lambda found: {key: round(float(value), 2) for key, value in found.items()}  # noqa: E731
    return round_off(graph.values), round_off(graph.gradients)


def test_the_simple_example_with_every_intermediate():
    values, gradients = worked(circuit)
    assert values == {"x": -2, "y": 5, "z": -4, "q": 3, "f": -12}
    assert gradients == {"f": 1, "z": 3, "q": -4, "x": -4, "y": -4}


def test_the_sigmoid_neuron_forward_and_backward_by_stage():
    values, gradients = worked(neuron)
    stages = ["w0x0", "w1x1", "dot", "biased", "negated", "exponential", "plus_one", "f"]
    assert [values[key] for key in stages] == [-2, 6, 4, 1, -1, 0.37, 1.37, 0.73]
    assert [gradients[key] for key in reversed(stages)] == [1, -0.53, -0.53, -0.2, 0.2, 0.2, 0.2, 0.2]
    leaves = {key: gradients[key] for key in ("w0", "x0", "w1", "x1", "w2")}
    assert leaves == {"w0": -0.2, "x0": 0.39, "w1": -0.39, "x1": -0.59, "w2": 0.2}


def test_the_fused_sigmoid_gate_equals_the_staged_one():
    for graph in (neuron, fused_neuron):
        graph.forward(neuron.example)
        graph.backward()
    for key in neuron.inputs:
        assert fused_neuron.gradients[key] == pytest.approx(neuron.gradients[key], abs=1e-15)
    assert fused_neuron.gradients["biased"] == pytest.approx((1 - 0.7310585786300049) * 0.7310585786300049)


def test_add_distributes_max_routes_and_multiply_switches():
    values, gradients = worked(patterns)
    assert values["f"] == -20
    assert gradients["product"] == gradients["largest"] == gradients["total"] == 2
    assert (gradients["z"], gradients["w"]) == (2, 0)
    assert (gradients["x"], gradients["y"]) == (-8, 6)


def test_the_squared_norm_of_a_product():
    w, x = np.array([[0.1, 0.5], [-0.3, 0.8]]), np.array([0.2, 0.4])
    op = OPS["squared_norm"]
    by_name = {"W": w, "w": w, "x": x}
    f, cache = op.forward(*(by_name[name] for name in op.inputs))
    gradients = dict(zip(op.inputs, op.backward(np.array(1.0), cache), strict=True))
    assert f == pytest.approx(0.116)
    np.testing.assert_allclose(gradients.get("W", gradients.get("w")), [[0.088, 0.176], [0.104, 0.208]], atol=1e-15)
    np.testing.assert_allclose(gradients["x"], [-0.112, 0.636], atol=1e-15)


def test_the_multiply_gate_keeps_what_backward_needs():
    gate = OPS["multiply"].as_gate()
    assert gate.forward(np.array(3.0), np.array(-4.0)) == -12
    assert gate.backward(np.array(2.0)) == [-8, 6]


def test_a_gate_that_has_not_run_forward_says_so():
    with pytest.raises(RuntimeError, match="gate multiply: call forward before backward"):
        OPS["multiply"].as_gate().backward(np.array(1.0))


def test_the_caffe_sigmoid_layer_computes_its_gradient_from_its_output():
    bottom, top_diff = np.linspace(-6, 6, 25), np.linspace(1, 2, 25)
    top, cache = OPS["sigmoid"].forward(bottom)
    np.testing.assert_allclose(OPS["sigmoid"].backward(top_diff, cache), top_diff * top * (1 - top), rtol=1e-12)


def test_the_neuron_of_the_class_with_neuron_tick():
    rate = neuron_tick.forward(neuron_tick.example)
    assert rate == pytest.approx(1 / (1 + np.exp(-1)))
    np.testing.assert_allclose(neuron_tick.backward()["weights"], [-0.196612, -0.393224], atol=1e-6)


def test_the_networks_compute_what_the_slides_write():
    rng = np.random.default_rng(0)
    x, w1, w2, w3 = (rng.normal(size=s) for s in ((5, 3), (3, 4), (4, 4), (4, 2)))
    hidden = np.maximum(0, x @ w1)
    np.testing.assert_allclose(two_layer_net.forward({"x": x, "w1": w1, "w2": w2}), hidden @ w2)
    three = three_layer_net.forward({"x": x, "w1": w1, "w2": w2, "w3": w3})
    np.testing.assert_allclose(three, np.maximum(0, hidden @ w2) @ w3)


def test_the_feedforward_example_of_three_inputs_and_two_hidden_layers_of_four():
    rng = np.random.default_rng(1)
    f = lambda x: 1.0 / (1.0 + np.exp(-x))  # noqa: E731 - as on the slide
    shapes = {"x": (3, 1), "w1": (4, 3), "b1": (4, 1), "w2": (4, 4), "b2": (4, 1), "w3": (1, 4), "b3": (1, 1)}
    v = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    h1 = f(np.dot(v["w1"], v["x"]) + v["b1"])
    h2 = f(np.dot(v["w2"], h1) + v["b2"])
    np.testing.assert_allclose(feedforward.forward(v), np.dot(v["w3"], h2) + v["b3"])


@pytest.mark.slow
def test_all_parameters_of_the_20_line_net_have_the_gradients_of_the_graph_and_of_jax():
    import jax

    rng = np.random.RandomState(0)
    x, y, w1, w2 = rng.randn(64, 1000), rng.randn(64, 10), rng.randn(1000, 100) / np.sqrt(1000), rng.randn(100, 10)
    _, cache = forward(x, w1, w2, y)
    by_hand = backward(1.0, cache)[1:3]
    assert sum(g.size for g in by_hand) == 101_000
    twenty_line_graph.forward({"x": x, "w1": w1, "w2": w2, "y": y})
    by_graph = twenty_line_graph.backward()
    with jax.enable_x64(True):
        by_jax = jax.grad(reference, argnums=(1, 2))(*(jax.numpy.asarray(a) for a in (x, w1, w2, y)))
    for hand, graph, exact in zip(by_hand, (by_graph["w1"], by_graph["w2"]), by_jax, strict=True):
        scale = 1e-12 * np.max(np.abs(hand))
        np.testing.assert_allclose(hand, graph, rtol=0, atol=scale)
        np.testing.assert_allclose(hand, np.asarray(exact), rtol=0, atol=scale)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "first", "last"), [(0, 24635.8935, 4.3485)])
def test_two_thousand_steps_reproduce_the_loss_curve(seed, first, last):
    losses = list(train(np.random.RandomState(seed)))
    assert losses[0] == pytest.approx(first, abs=1e-3)
    assert losses[-1] == pytest.approx(last, abs=1e-3)
    assert all(a >= b for a, b in zip(losses, islice(losses, 1, None), strict=False))


def test_the_networks_are_ops_of_the_library():
    assert load_library_graphs().keys() <= OPS.keys()
    assert len(OPS) >= 55
