"""Short NumPy expressions: what is written for an equation, and when the counterpart is called instead."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from gradcheck.oracles.jaxpr.idioms import IDIOMS

X, WHOLE, C = np.ones((2, 3)), np.ones((2, 3), int), np.ones((2, 3), complex)
SINGLE = X.astype(np.float32)


def write(f, *arguments):
    """The expression for the last equation of f, its operands called a, b, …; None where there is none."""
    equation = jax.make_jaxpr(f)(*arguments).jaxpr.eqns[-1]
    return IDIOMS[equation.primitive.name](equation, list("abcd")[: len(equation.invars)], str)


@pytest.mark.parametrize(
    ("f", "arguments", "expression"),
    [
        (jnp.add, (X, X), "a + b"),
        (jnp.add, (WHOLE, WHOLE), "a + b"),
        (jnp.subtract, (C, C), "a - b"),
        (jnp.multiply, (X, X), "a * b"),
        (jnp.divide, (X, X), "a / b"),
        (jnp.transpose, (X,), "a.transpose((1, 0))"),
        (lambda x: lax.reduce_sum(x, (0,)), (X,), "np.add.reduce(a, (0,))"),
        (lambda x: lax.reduce_prod(x, (0, 1)), (X,), "np.multiply.reduce(a, (0, 1))"),
        (lambda x: lax.integer_pow(x, 2), (X,), "a * a"),
        (lambda x: lax.integer_pow(x, -1), (X,), "1 / a"),
        (lambda x: lax.integer_pow(x, -2), (X,), "1 / (a * a)"),
        (lambda x: x.astype(np.float32), (X,), "a.astype(float32)"),
        (lax.select_n, (X > 0, X, X), "np.where(a, c, b)"),
        (lambda x, y: jnp.concatenate([x, y], 1), (X, X), "np.concatenate((a, b,), 1)"),
        (lambda x, y: x @ y.T, (X, X), "a @ b"),
        (lambda x, y: lax.dot_general(x, y, (((1,), (1,)), ((), ()))), (X, X), "a @ b.T"),
        (lambda x, y: lax.dot_general(x, y, (((0,), (0,)), ((), ()))), (X, X), "a.T @ b"),
    ],
)
def test_numpys_own_words_are_written(f, arguments, expression):
    assert write(f, *arguments) == expression


@pytest.mark.parametrize(
    ("f", "arguments"),
    [
        (lax.sub, (WHOLE, WHOLE)),
        (lax.div, (WHOLE, WHOLE)),
        (lambda x: lax.reduce_sum(x, (0,)), (WHOLE,)),
        (lambda x: lax.integer_pow(x, 2), (WHOLE,)),
        (lambda x: lax.integer_pow(x, 3), (X,)),
        (lambda x: x.astype(complex), (C.astype(np.complex64),)),
        (lax.select_n, (WHOLE.astype(np.int32), X, X, X)),
        (lambda x: lax.dot_general(x, x, (((1,), (1,)), ((0,), (0,)))), (X,)),
        (lambda x, y: lax.dot_general(x, y, (((1,), (1,)), ((), ())), preferred_element_type=float), (SINGLE, SINGLE)),
        (lambda x: lax.dot_general(x, x, (((0, 1), (0, 1)), ((), ()))), (X,)),
    ],
    ids=[
        "sub of integers",
        "div of integers",
        "sum of integers",
        "power of integers",
        "third power",
        "complex",
        "select of three",
        "batched product",
        "wider product",
        "product over two axes",
    ],
)
def test_where_numpy_means_something_else_the_counterpart_is_called(f, arguments):
    assert write(f, *arguments) is None


def test_a_copy_is_its_operand():
    assert write(jnp.array, jnp.ones(3)) == "a"
