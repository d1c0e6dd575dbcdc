"""Primitives that move elements and compute nothing, in NumPy."""

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

SHAPING = {
    "broadcast": lambda x: (jnp.broadcast_to(x, (5, *x.shape)), lax.broadcast_in_dim(x, (2, 3, 6, 4), (0, 1, 3))),
    "reshape": lambda x: (x.reshape(4, 6), x.reshape(-1), x.reshape(2, 1, 3, 1, 4)),
    "squeeze": lambda x: (jnp.squeeze(x[:1, :, :1]), jnp.squeeze(x[:1], 0), jnp.expand_dims(x, (0, 2))),
    "transpose": lambda x: (x.T, x.transpose(1, 2, 0), jnp.moveaxis(x, 0, -1)),
    "rev": lambda x: (x[::-1], jnp.flip(x, (0, 2))),
    "concatenate": lambda x: (jnp.concatenate([x, 2 * x[:, :1]], 1), jnp.hstack([x, x]), jnp.append(x, x)),
    "split": lambda x: (*jnp.split(x, 2, 2), *jnp.split(x, [1], 1), *jnp.split(x, 1)),
    "stack": lambda x: (jnp.stack([x, 2 * x]), jnp.stack([x, 2 * x], -1)),
    "unstack": lambda x: [a * b for a, b in zip(jnp.unstack(x, axis=1), jnp.unstack(x[:, ::-1], axis=1), strict=True)],
    "tile": lambda x: (jnp.tile(x, (2, 1, 3)), jnp.repeat(x, 2, 1), jnp.tile(x[0, 0], 3)),
    "iota": lambda x: x + jnp.arange(4) + lax.broadcasted_iota(x.dtype, x.shape, 1),
    "slice": lambda x: (x[1:, ::2, 1:3], x[:, 3:, :], x[-1], lax.slice(x, (0, 1, 0), (2, 3, 4), (1, 1, 3))),
    "triangles": lambda x: (jnp.tril(x), jnp.triu(x, 1), jnp.diagonal(x, axis1=1, axis2=2)),
    "roll": lambda x: (jnp.roll(x, 1, 0), jnp.roll(x, (1, -2), (1, 2))),
    "pad": lambda x: lax.pad(x, x.dtype.type(7), ((1, 2, 0), (0, 0, 1), (2, 0, 2))),
    "pad, negative": lambda x: lax.pad(x, x[0, 0, 0], ((-1, 0, 0), (-2, 3, 0), (3, -2, 0))),
    "pad, negative between elements": lambda x: lax.pad(x, x.dtype.type(7), ((0, 0, 0), (-1, -2, 1), (-3, -1, 2))),
    "pad, all taken away": lambda x: lax.pad(x, x.dtype.type(7), ((-1, -1, 0), (-2, 5, 0), (-5, 4, 0))),
    "pad, nothing left": lambda x: lax.pad(x, x.dtype.type(7), ((-2, 0, 0), (0, -3, 0), (-4, 2, 0))),
    "pad, around nothing": lambda x: lax.pad(x[:0], x.dtype.type(7), ((1, 2, 3), (0, 0, 0), (0, 0, 0))),
    "pad by reflection": lambda x: (jnp.pad(x, 1, mode="reflect"), jnp.pad(x, 2, mode="edge")),
    "dynamic_slice": lambda x: lax.dynamic_slice(x, (0, jnp.argmax(x[0, :, 0]) * 0 + 1, 1), (1, 2, 2)),
    "dynamic_slice, moved inside": lambda x: lax.dynamic_slice(x, jnp.array([9, -9, 3]), (1, 2, 3)),
    "dynamic_update_slice": lambda x: lax.dynamic_update_slice(x, 2 * x[:1, :2], (1, 0, 0)),
    "dynamic_update_slice, moved inside": lambda x: lax.dynamic_update_slice(x, 2 * x[:1, :2], jnp.array([7, 7, -7])),
    "sort": lambda x: (jnp.sort(x), jnp.sort(x, 0), jnp.sort(x, None)),
    "argsort": lambda x: (jnp.argsort(x), jnp.argsort(x, 0), jnp.median(x), jnp.quantile(x, 0.3)),
    "sort by one of two": lambda x: lax.sort((x, 2 * x + 1, jnp.ones(x.shape)), dimension=1, num_keys=1),
    "sort by two of three": lambda x: lax.sort((jnp.sign(x), -x, x), dimension=0, num_keys=2),
    "lexsort": lambda x: jnp.lexsort((x, jnp.sign(x))),
    "top_k": lambda x: lax.top_k(x, 2),
    "top_k of equals": lambda x: lax.top_k(jnp.sign(x), 3),
}

CASES = {name: each(f, (STACK,), (SINGLE,)) for name, f in SHAPING.items()}

MOVING = names_with_gradients(CASES)


@pytest.mark.parametrize("name", mark_most_slow(CASES, 10))
def test_numpy_computes_what_xla_computes(name):
    f, arguments = CASES[name]
    assert assert_agreement(f, arguments).foreign == set()


@pytest.mark.parametrize("name", mark_most_slow(MOVING, 20))
def test_numpy_computes_the_gradients_that_xla_computes(name):
    f, arguments = CASES[name]
    assert_agreement(with_gradients(f, arguments), arguments)
