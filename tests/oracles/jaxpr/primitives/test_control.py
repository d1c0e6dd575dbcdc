"""Loops, branches and implicit solutions in NumPy."""

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


def newton(f, r):
    """A root, by a fixed number of steps."""
    return lax.fori_loop(0, 60, lambda _, r: r - f(r) / jax.jvp(f, (r,), (jnp.ones_like(r),))[1], r)


CONTROL = {
    "scan": lambda x: lax.scan(lambda c, a: (c * 0.5 + a, (c, jnp.sin(a))), x[0, 0], x.reshape(6, 4)),
    "scan, backwards": lambda x: lax.scan(lambda c, a: (c * a, c), x[0, 0], x.reshape(6, 4), reverse=True),
    "scan of nothing": lambda x: lax.scan(lambda c, a: (c + a, (c[:2], c > 0)), x[0, 0], x.reshape(6, 4)[:0]),
    "scan without rows": lambda x: lax.scan(lambda c, _: (jnp.sin(c), c[0]), x, None, length=3),
    "scan without a carry": lambda x: lax.map(lambda a: a @ a.T, x),
    "scan of scalars": lambda x: lax.scan(lambda c, a: (c + a, c * a), x.dtype.type(0), x.reshape(-1)),
    "scan in a scan": lambda x: lax.scan(lambda c, a: lax.scan(lambda d, b: (d + b, d * b), c, a), x[0, 0], x),
    "a recurrence": lambda x: lax.scan(lambda h, a: (jnp.tanh(h @ x[0, :3, :3] + a), h), x[0, 0, :3], x[1, :, :3]),
    "associative_scan": lambda x: lax.associative_scan(jnp.multiply, x, axis=1),
    "loop of known length": lambda x: lax.fori_loop(0, 5, lambda i, c: c * jnp.cos(c) + i, x),
    "while": lambda x: lax.while_loop(lambda c: jnp.sum(c) < 9, lambda c: c + abs(x) + 1, lax.stop_gradient(x)),
    "while, batched": lambda x: jax.vmap(lambda a: lax.while_loop(lambda c: c[0] < 9, lambda c: c + 2, a))(
        lax.stop_gradient(x[0])
    ),
    "cond": lambda x: (
        lax.cond(x[0, 0, 0] > 0, jnp.sin, jnp.cos, x),
        lax.cond(x[0, 0, 0] < 0, lambda a: a * a, lambda a: a[::-1], x),
    ),
    "switch": lambda x: [lax.switch(i, [jnp.sin, jnp.cos, jnp.tanh], x) for i in jnp.array([-1, 1, 7])],
    "cond in a scan": lambda x: lax.scan(
        lambda c, a: (lax.cond(a.sum() > 0, jnp.sin, jnp.cos, c), c * a), x[0, 0], x.reshape(6, 4)
    ),
    "batched cond": jax.vmap(lambda a: lax.cond(a.sum() > 0, jnp.sin, jnp.cos, a)),
    "one of several processors": lambda x: lax.platform_dependent(x, cpu=jnp.sin, default=jnp.cos),
    "default processor": lambda x: lax.platform_dependent(x, cuda=jnp.sin, default=jnp.cos),
    "checkpoint of a loop": jax.checkpoint(
        lambda x: jnp.sin(x) * lax.while_loop(lambda c: c < 9, lambda c: 2 * c + 1, jnp.argmax(x))
    ),
    "custom_root": lambda x: lax.custom_root(
        lambda r: r**3 - abs(x), jnp.ones_like(x), newton, lambda g, y: y / g(jnp.ones_like(y))
    ),
}

CASES = {name: each(f, (STACK,), (SINGLE,)) for name, f in CONTROL.items()}

NO_GRADIENT = {
    "while": "JAX has none",
    "while, batched": "JAX has none",
}
"""Cases whose gradients are not compared, and why."""

MOVING = names_with_gradients(CASES, NO_GRADIENT)


@pytest.mark.parametrize("name", mark_most_slow(CASES, 10))
def test_numpy_computes_what_xla_computes(name):
    f, arguments = CASES[name]
    assert assert_agreement(f, arguments).foreign == set()


@pytest.mark.parametrize("name", mark_most_slow(MOVING, 20))
def test_numpy_computes_the_gradients_that_xla_computes(name):
    f, arguments = CASES[name]
    assert_agreement(with_gradients(f, arguments), arguments)
