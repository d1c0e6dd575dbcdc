"""Sums, products, extremes and running ones in NumPy, and products of matrices."""

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

REDUCING = {
    "sum": lambda x: (x.sum(), x.sum(1), x.sum((0, 2)), x.sum(1, keepdims=True), jnp.mean(x, 0)),
    "prod": lambda x: (x.prod(1), x.prod()),
    "max, min": lambda x: (x.max(), x.max(1), x.min((0, 2)), jnp.max(jnp.sign(x), 1), jnp.ptp(x)),
    "argmax, argmin": lambda x: (x.argmax(), x.argmax(1), x.argmin(2), jnp.argmin(jnp.sign(x), 0)),
    "moments": lambda x: (x.var(), x.std(1), jnp.var(x, 0, ddof=1), jnp.linalg.norm(x), jnp.cov(x[0])),
    "logsumexp": lambda x: (jax.nn.logsumexp(x, 1), jax.nn.softmax(x), jax.nn.log_softmax(x, 0)),
    "cumsum": lambda x: (lax.cumsum(x), lax.cumsum(x, 1, reverse=True), jnp.cumsum(x)),
    "cumprod": lambda x: (lax.cumprod(x), lax.cumprod(x, 2, reverse=True)),
    "cummax": lambda x: (lax.cummax(x), lax.cummax(x, 1, reverse=True)),
    "cummin": lambda x: (lax.cummin(x), lax.cummin(x, 2, reverse=True)),
    "cumlogsumexp": lambda x: (lax.cumlogsumexp(x), lax.cumlogsumexp(x, 1, reverse=True)),
    "matmul": lambda x: (x[0] @ x[1].T, x @ x[0].T, x @ x.transpose(0, 2, 1), x[0, 0] @ x[0, 1]),
    "einsum": lambda x: (jnp.einsum("abc,dbc->ad", x, x), jnp.einsum("abc,abd->acd", x, x)),
    "tensordot": lambda x: (jnp.tensordot(x, x, ((0, 2), (0, 2))), jnp.outer(x[0, 0], x[1, 0]), jnp.tensordot(x, x, 0)),
    "batch axes in the middle": lambda x: lax.dot_general(x, x, (((0,), (0,)), ((2, 1), (2, 1)))),
    "a wider product": lambda x: lax.dot_general(
        x, x, (((2,), (2,)), ((0,), (0,))), preferred_element_type=jnp.float64
    ),
    "generic reduction": lambda x: lax.reduce(x, x.dtype.type(0), lambda a, b: a + b, (1,)),
}

CASES = {name: each(f, (STACK,), (SINGLE,)) for name, f in REDUCING.items()}

CASES |= {
    "reshape of nothing": (lambda x: (x.reshape(0, 6), x.sum(1), x @ x.T, x.T @ x), (numbers(0, 3),)),
    "matmul over nothing": (lambda x, y: x @ y, (numbers(2, 0), numbers(0, 3))),
    "small whole numbers, wide product": (
        lambda i, j: lax.dot(i, j, preferred_element_type=jnp.int32),
        (np.full((2, 99), 100, np.int8), np.full((99, 2), 100, np.int8)),
    ),
    "complex matmul": (lambda x: jnp.abs((x[0] + 1j * x[1]) @ (x[1] - 2j * x[0]).T), (STACK,)),
}

MOVING = names_with_gradients(CASES)


@pytest.mark.parametrize("name", mark_most_slow(CASES, 10))
def test_numpy_computes_what_xla_computes(name):
    f, arguments = CASES[name]
    assert assert_agreement(f, arguments).foreign == ({"reduce"} if name == "generic reduction" else set())


@pytest.mark.parametrize("name", mark_most_slow(MOVING, 20))
def test_numpy_computes_the_gradients_that_xla_computes(name):
    f, arguments = CASES[name]
    assert_agreement(with_gradients(f, arguments), arguments)
