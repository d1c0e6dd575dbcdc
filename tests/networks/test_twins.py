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


def layer_norm(x, gamma, beta):
    return gamma * (x - x.mean(-1, keepdims=True)) / jnp.sqrt(x.var(-1, keepdims=True) + 1e-5) + beta


def conv(x, w, b, padding="SAME"):
    return jax.lax.conv(x, w, (1, 1), padding) + b[:, None, None]


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


def three_layer_conv_net(x, w1, b1, w2, b2, w3, b3, labels):
    rows = max_pool(jax.nn.relu(conv(x, w1, b1)), 2, 2, 0).reshape(len(x), -1)
    return cross_entropy(linear(jax.nn.relu(linear(rows, w2, b2)), w3, b3), labels)


def lenet(x, w1, b1, w2, b2, w3, b3, w4, b4, labels):
    images = max_pool(conv(x, w1, b1, "VALID"), 2, 2, 0)
    rows = max_pool(conv(images, w2, b2, "VALID"), 2, 2, 0).reshape(len(x), -1)
    return cross_entropy(linear(jax.nn.relu(linear(rows, w3, b3)), w4, b4), labels)


def temporal_loss(h, w, b, targets, mask):
    picked = jnp.take_along_axis(jax.nn.log_softmax(h @ w + b), targets[..., None], axis=2)[..., 0]
    return -jnp.sum(jnp.where(mask, picked, 0)) / len(targets)


def run(step, states, x):
    """The first of the states after every time, (N, T, H)."""
    _, after = jax.lax.scan(lambda states, now: (new := step(states, now), new[0]), states, jnp.moveaxis(x, 1, 0))
    return jnp.moveaxis(after, 0, 1)


def step_lstm(wx, wh, bh):
    def step(states, now):
        i, f, o, g = jnp.split(now @ wx + states[0] @ wh + bh, 4, axis=1)
        c = jax.nn.sigmoid(f) * states[1] + jax.nn.sigmoid(i) * jnp.tanh(g)
        return jax.nn.sigmoid(o) * jnp.tanh(c), c

    return step


def character_rnn(ids, table, h0, wx, wh, bh, w, b, targets, mask):
    h = run(lambda states, now: (jnp.tanh(now @ wx + states[0] @ wh + bh),), (h0,), table[ids])
    return temporal_loss(h, w, b, targets, mask)


def lstm_language_model(ids, table, h0, wx, wh, bh, w, b, targets, mask):
    return temporal_loss(run(step_lstm(wx, wh, bh), (h0, 0 * h0), table[ids]), w, b, targets, mask)


def sequence_tagger(ids, table, h0, wx, wh, bh, w, b, targets, mask):
    x = table[ids]
    step = lambda k: lambda states, now: (jnp.tanh(now @ wx[k] + states[0] @ wh[k] + bh[k]),)  # noqa: E731
    ahead, behind = run(step(0), (h0[0],), x), run(step(1), (h0[1],), x[:, ::-1])[:, ::-1]
    return temporal_loss(jnp.concatenate([ahead, behind], axis=2), w, b, targets, mask)


def transformer_block(x, gamma1, beta1, wq, bq, wk, bk, wv, bv, wo, bo, gamma2, beta2, w1, b1, w2, b2):
    n1 = layer_norm(x, gamma1, beta1)
    q, k, v = (linear(n1, *pair) for pair in ((wq, bq), (wk, bk), (wv, bv)))
    scores = jnp.einsum("ntd,nsd->nts", q, k) / jnp.sqrt(q.shape[-1])
    weights = jax.nn.softmax(jnp.where(jnp.tri(x.shape[1], dtype=bool), scores, -jnp.inf))
    s1 = x + linear(weights @ v, wo, bo)
    return s1 + linear(jax.nn.gelu(linear(layer_norm(s1, gamma2, beta2), w1, b1), approximate=False), w2, b2)


def vae(x, w1, b1, w2, b2, w3, b3, noise, w4, b4):
    h = jnp.tanh(linear(x, w1, b1))
    mean, ln_var = linear(h, w2, b2), linear(h, w3, b3)
    guess = linear(mean + noise * jnp.exp(ln_var / 2), w4, b4)
    return jnp.sum((guess - x) ** 2) + jnp.sum(mean**2 + jnp.exp(ln_var) - ln_var - 1) / 2


TWINS = {
    twin.__name__: twin
    for twin in (
        logistic_regression,
        fully_connected_net,
        three_layer_conv_net,
        lenet,
        alexnet_block,
        residual_block,
        character_rnn,
        lstm_language_model,
        sequence_tagger,
        transformer_block,
        vae,
    )
}
LENGTHS = {"N": 6, "D": 5, "H": 4, "W": 3, "C": 4, "G": 7, "M": 6, "F": 2, "T": 4, "V": 5, "Z": 3}
LEARNING = {
    "logistic_regression": 0.5,
    "fully_connected_net": 0.3,
    "three_layer_conv_net": 0.03,
    "lenet": 0.003,
    "character_rnn": 0.1,
    "lstm_language_model": 0.1,
    "sequence_tagger": 0.1,
    "vae": 0.003,
}
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
    return graph.inputs[name].differentiable and not name.startswith("x")


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
    assert graph.forward(inputs) < 0.75 * before


def test_every_network_with_a_twin_is_in_the_library():
    assert TWINS.keys() <= GRAPHS.keys()
