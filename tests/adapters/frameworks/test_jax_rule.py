"""A function with a rule of its own, called as jax.vjp calls it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gradcheck.adapters.frameworks.jax_rule import JaxRule

X = np.array([0.5, -1.0, 2.0])


@jax.custom_vjp
def double_sine(x):
    """A sine whose gradient is said to be twice what it is."""
    return jnp.sin(x)


double_sine.defvjp(lambda x: (jnp.sin(x), x), lambda x, dy: (2 * dy * jnp.cos(x),))


def take_rows(table, ids):
    return {"rows": table[ids], "ids": ids}


def scale(x, by):
    return x * by


@jax.custom_vjp
def branch_on_value(x):
    """A function that asks for a value, with a rule that JAX need not trace."""
    return jnp.sin(x) if float(x[0]) > 0 else jnp.cos(x)


def branch_forward(x):
    return branch_on_value.__wrapped__(x), (float(x[0]) > 0, x)


def branch_backward(cache, dy):
    positive, x = cache
    return (dy * jnp.cos(x) if positive else -dy * jnp.sin(x),)


branch_on_value.defvjp(branch_forward, branch_backward)


def test_the_gradient_is_that_of_the_rule():
    rule = JaxRule(double_sine, frozenset())
    (y,), gradients = rule.run({"x": X})
    (dx,) = rule.pull((np.ones(3),), gradients)
    assert y.dtype == dx.dtype == np.float64
    assert np.allclose(y, np.sin(X), rtol=1e-15)
    assert np.allclose(dx, 2 * np.cos(X), rtol=1e-15)


@pytest.mark.slow
def test_whole_numbers_have_no_gradient_and_no_upstream():
    rule = JaxRule(take_rows, frozenset())
    (rows,), gradients = rule.run({"table": np.ones((4, 2)), "ids": np.array([1, 1])})
    dtable, dids = rule.pull((np.ones((2, 2)),), gradients)
    assert rows.shape == (2, 2)
    assert dtable.tolist() == [[0, 0], [2, 2], [0, 0], [0, 0]]
    assert dids is None


def test_what_is_declared_constant_is_not_differentiated():
    rule = JaxRule(scale, frozenset({"by"}))
    _, gradients = rule.run({"x": X, "by": np.array(3.0)})
    dx, dby = rule.pull((np.ones(3),), gradients)
    assert dx.tolist() == [3, 3, 3]
    assert dby is None


@pytest.mark.parametrize("x", [X, -X])
def test_what_cannot_be_traced_runs_under_jax(x):
    rule = JaxRule(branch_on_value, frozenset())
    (y,), gradients = rule.run({"x": x})
    (dx,) = rule.pull((np.ones(3),), gradients)
    assert np.allclose(y, np.sin(x) if x[0] > 0 else np.cos(x), rtol=1e-15)
    assert np.allclose(dx, np.cos(x) if x[0] > 0 else -np.sin(x), rtol=1e-15)
