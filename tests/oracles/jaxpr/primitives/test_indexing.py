"""Elements taken and put at places, in NumPy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from tests.lanes import mark_most_slow
from tests.oracles.jaxpr.primitives.agreement import (
    Draw,
    assert_agreement,
    each,
    names_with_gradients,
    with_gradients,
)

draw = Draw()
numbers = draw.numbers

STACK = numbers(2, 3, 4)
SINGLE = numbers(2, 3, 4, dtype=np.float32)

INDEXING = {
    "take": lambda x: (x[jnp.array([1, 0, 1])], x[:, jnp.array([[2, 0], [1, 1]])], jnp.take(x, jnp.array([0, 5]), 1)),
    "take, nothing": lambda x: (x[jnp.zeros(0, int)], x[:, :, jnp.zeros((2, 0), int)]),
    "take from nothing": lambda x: (x[:, :0][jnp.array([1, 0])], x[:, :0].at[jnp.array([0, 7])].add(1.0)),
    "one element": lambda x: (x[1, 2, 3], x[jnp.int32(1), 2], x[..., jnp.uint8(1)], x[jnp.array(-1)]),
    "pairs": lambda x: (x[jnp.array([0, 1]), jnp.array([2, 2])], x[jnp.array([0, 1]), :, jnp.array([3, 0])]),
    "out of bounds, filled": lambda x: x.at[jnp.array([0, 2, -3])].get(mode="fill"),
    "out of bounds, filled with a number": lambda x: x.at[:, jnp.array([0, 3])].get(mode="fill", fill_value=7),
    "out of bounds, clipped": lambda x: x.at[:, jnp.array([0, 3, -9])].get(mode="clip"),
    "promised in bounds": lambda x: x.at[:, jnp.array([0, 2])].get(mode="promise_in_bounds"),
    "one place out of bounds": lambda x: (x.at[7].get(mode="fill"), x.at[1, 9].get(mode="clip"), x.at[7].set(1)),
    "take_along_axis": lambda x: jnp.take_along_axis(x, jnp.argsort(x, 1)[:, :2], 1),
    "slices at places": lambda x: jax.vmap(lambda i: lax.dynamic_slice(x, (0, i, i), (2, 2, 3)))(jnp.arange(-1, 3)),
    "updates at places": lambda x: jax.vmap(lambda a, i: lax.dynamic_update_slice(a, a[:1] * 2, (i, 0)))(
        x, jnp.array([1, 9])
    ),
    "batched places": lambda x: jax.vmap(lambda a, i: a[i])(x, jnp.array([[0, 2], [1, 1]])),
    "batched windows": lambda x: jax.vmap(jax.vmap(lambda a, i: lax.dynamic_slice(a, (i,), (2,))))(
        x, jnp.array([[0, 1, 2], [5, -1, 0]])
    ),
    "batched scatter": lambda x: jax.vmap(lambda a, i: a.at[i].add(a[0]))(x, jnp.array([[0, 2], [1, 1]])),
    "set": lambda x: (x.at[1].set(0), x.at[:, jnp.array([2, 0])].set(x[:, :2]), x.at[0, 1, 2].set(x[1, 1, 1])),
    "add": lambda x: (x.at[jnp.array([0, 0, 1])].add(x[0]), x.at[:, 1:, jnp.array([3, 3])].add(1)),
    "subtract": lambda x: x.at[jnp.array([0, 0])].subtract(x[1]),
    "multiply": lambda x: x.at[jnp.array([1, 0])].multiply(x[::-1], unique_indices=True),
    "min, max": lambda x: (x.at[jnp.array([0, 0])].min(x[1] / 2), x.at[:, 2].max(x[:, 0])),
    "add, dropped": lambda x: x.at[jnp.array([0, 2, 1])].add(x[0, 0], mode="drop"),
    "add, clipped": lambda x: x.at[:, jnp.array([0, 7])].add(x[:, :2], mode="clip"),
    "add of windows, dropped": lambda x: lax.scatter_add(
        x,
        jnp.array([[0], [2], [1]]),
        jnp.ones((3, 2, 2, 2), x.dtype),
        lax.ScatterDimensionNumbers((1, 2, 3), (), (1,)),
        mode="drop",
    ),
    "set to nothing": lambda x: x.at[jnp.zeros(0, int)].set(x[:0]),
    "apply": lambda x: lax.stop_gradient(x).at[jnp.array([0, 0])].apply(jnp.sin),
    "segments": lambda x: jax.ops.segment_sum(x.reshape(6, 4), jnp.array([0, 0, 1, 2, 2, 5]), 4),
    "one-hot": lambda x: x * jax.nn.one_hot(jnp.array([0, 3, 1]), 4),
    "histogram": lambda x: (jnp.bincount(jnp.array([0, 2, 2]), length=4), jnp.histogram(x, jnp.arange(-2.0, 3.0))),
    "digitize": lambda x: jnp.digitize(x, jnp.array([-1.0, 0.0, 1.0])),
    "unravelled": lambda x: x.reshape(-1)[
        jnp.ravel_multi_index((jnp.array([0, 1]), jnp.array([2, 0])), (2, 12), mode="clip")
    ],
    "interpolation": lambda x: jnp.interp(x, jnp.array([-2.0, 0.0, 1.0]), jnp.array([0.0, 3.0, 1.0])),
}

CASES = {name: each(f, (STACK,), (SINGLE,)) for name, f in INDEXING.items()}

MOVING = names_with_gradients(CASES)


@pytest.mark.parametrize("name", mark_most_slow(CASES, 10))
def test_numpy_computes_what_xla_computes(name):
    f, arguments = CASES[name]
    assert assert_agreement(f, arguments).foreign == ({"scatter"} if name == "apply" else set())


@pytest.mark.parametrize("name", mark_most_slow(MOVING, 20))
def test_numpy_computes_the_gradients_that_xla_computes(name):
    f, arguments = CASES[name]
    assert_agreement(with_gradients(f, arguments), arguments)
