"""Every network agrees with its twin, written by hand in JAX, in value and gradient; and those with a loss learn."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gradcheck.declaration.inputs import Several
from gradcheck.discovery.library import load_library_graphs

GRAPHS = load_library_graphs()
RELATIVE = 1e-9
"""Of the largest number: float64 leaves some 1e-14 of that here; a wrong formula, some 1e-1."""
STEPS = 60


def linear(x, w, b):
    return x @ w + b


def cross_entropy(scores, labels):
    return -jnp.mean(jax.nn.log_softmax(scores)[jnp.arange(len(labels)), labels])


def batch_norm(x, gamma, beta):
    axes = (0, *range(2, x.ndim))
    channels = (1, -1) + (1,) * (x.ndim - 2)
    normal = (x - x.mean(axes, keepdims=True)) / jnp.sqrt(x.var(axes, keepdims=True) + 1e-5)
    return gamma.reshape(channels) * normal + beta.reshape(channels)


def conv(x, w, b):
    return jax.lax.conv(x, w, (1, 1), "SAME") + b[:, None, None]


def max_pool(x, kernel, stride, pad):
    window, steps, sides = (1, 1, kernel, kernel), (1, 1, stride, stride), ((0, 0), (0, 0), (pad, pad), (pad, pad))
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, window, steps, sides)


def logistic_regression(x, w, b, labels):
    return cross_entropy(linear(x, w, b), labels)


def fully_connected_net(x, w1, b1, gamma1, beta1, mask1, w2, b2, gamma2, beta2, mask2, w3, b3, labels):
    h1 = jax.nn.relu(batch_norm(linear(x, w1, b1), gamma1, beta1)) * mask1 / 0.5
    h2 = jax.nn.relu(batch_norm(linear(h1, w2, b2), gamma2, beta2)) * mask2 / 0.5
    return cross_entropy(linear(h2, w3, b3), labels)


def alexnet_block(x, w, b):
    rectified = jax.nn.relu(conv(x, w, b))
    sums = jax.lax.reduce_window(
        rectified**2, 0.0, jax.lax.add, (1, 5, 1, 1), (1, 1, 1, 1), ((0, 0), (2, 2), (0, 0), (0, 0))
    )
    return max_pool(rectified / (1 + 1e-4 / 5 * sums) ** 0.75, 3, 2, 1)


def residual_block(x, w1, b1, gamma1, beta1, w2, b2, gamma2, beta2):
    inner = jax.nn.relu(batch_norm(conv(x, w1, b1), gamma1, beta1))
    return jax.nn.relu(batch_norm(conv(inner, w2, b2), gamma2, beta2) + x)


TWINS = {twin.__name__: twin for twin in (logistic_regression, fully_connected_net, alexnet_block, residual_block)}
LENGTHS = {"N": 6, "D": 5, "H": 8, "W": 7, "C": 4, "G": 7, "M": 6}
LEARNING = {"logistic_regression": 0.5, "fully_connected_net": 0.3}
"""The networks with a loss, and how far a step of gradient descent goes."""


def draw_inputs(graph, seed=3):
    """Inputs of the declared shapes: normal numbers, zeros and ones for masks, numbers of classes for labels."""
    rng, found = np.random.default_rng(seed), {}
    for name, declared in graph.inputs.items():
        assert not isinstance(declared, Several)
        shape = tuple(axis.expression.value(LENGTHS) for axis in declared.axes)
        found[name] = declared.domain.map(rng.normal(size=shape), LENGTHS)
    return found


def is_learned(graph, name):
    """Whether an input is a parameter: it has a gradient, and is not the data."""
    return graph.inputs[name].differentiable and name != "x"


@pytest.mark.parametrize("name", TWINS)
def test_a_network_agrees_with_its_twin(name):
    graph, twin = GRAPHS[name], TWINS[name]
    inputs = draw_inputs(graph)
    value = graph.forward(inputs)
    upstream = np.random.default_rng(4).normal(size=np.shape(value))
    given = graph.backward(upstream)
    moving = [key for key, one in graph.inputs.items() if one.differentiable]
    with jax.enable_x64():
        of_moving = lambda *arrays: twin(**inputs | dict(zip(moving, arrays, strict=True)))  # noqa: E731
        expected, pull = jax.vjp(of_moving, *(jnp.asarray(inputs[key]) for key in moving))
        expected, gradients = np.asarray(expected), [np.asarray(gradient) for gradient in pull(jnp.asarray(upstream))]
    assert np.abs(value - expected).max() < RELATIVE * np.abs(expected).max()
    largest = max(np.abs(gradient).max() for gradient in gradients)
    for key, gradient in zip(moving, gradients, strict=True):
        assert np.abs(given[key] - gradient).max() < RELATIVE * largest, key


@pytest.mark.parametrize("name", LEARNING)
def test_a_network_learns(name):
    graph = GRAPHS[name]
    inputs = draw_inputs(graph)
    before = graph.forward(inputs)
    for _ in range(STEPS):
        graph.forward(inputs)
        for key, gradient in graph.backward().items():
            if is_learned(graph, key):
                inputs[key] = inputs[key] - LEARNING[name] * gradient
    assert graph.forward(inputs) < before / 2


def test_every_network_with_a_twin_is_in_the_library():
    assert TWINS.keys() <= GRAPHS.keys()
