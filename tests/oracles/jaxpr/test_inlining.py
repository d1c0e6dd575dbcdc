"""Calls are inlined while a reference is traced, loops are not written out, and the program stays the same."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from gradcheck.ops.recurrent.recurrence import recur
from gradcheck.oracles.error_factors import EPS
from gradcheck.oracles.jaxpr import trace
from gradcheck.oracles.jaxpr.inlining import names_loop
from gradcheck.oracles.jaxpr.trace import Signature, trace_at_sizes


def normalise(x):
    return (x - jnp.mean(x, axis=-1, keepdims=True)) / jnp.std(x, axis=-1, keepdims=True)


def weigh(x):
    return jax.nn.softmax(jnp.where(x > 0, x, 0.1 * x)) * jnp.clip(x, -1, 1)


def add_up(x):
    return lax.scan(lambda total, row: (total + jnp.tanh(row), total), jnp.zeros(x.shape[1:]), x)[0]


def add_up_elsewhere(x):
    return add_up(x)


def traced(reference, sizes=("d0", "d1")):
    """The program of a reference of one input."""
    return trace_at_sizes(Signature(reference, (), ("float64",), (True,)), (sizes,), "").program


@pytest.mark.parametrize("reference", [normalise, weigh])
def test_the_program_computes_the_same_as_without(monkeypatch, reference):
    rng = np.random.default_rng(0)
    x, dy = rng.normal(size=(2, 4, 5))
    inlined = traced(reference).run(x, dy)
    monkeypatch.setattr(trace, "trace_inlined", lambda reference, make, is_last: make())
    for a, b in zip(inlined, traced(reference).run(x, dy), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=16 * EPS * np.max(np.abs(b)))


@pytest.mark.parametrize("reference", [normalise, weigh])
def test_no_call_is_left(reference):
    names = {equation.primitive.name for equation in traced(reference).traced.jaxpr.eqns}
    assert not names & {"jit", "pjit"}


@pytest.mark.parametrize("reference", [add_up, add_up_elsewhere])
def test_a_loop_stays_a_loop(reference):
    assert names_loop(reference)
    assert "scan" in {equation.primitive.name for equation in traced(reference, (40, 3)).traced.jaxpr.eqns}


def add_up_by_another_package(x):
    return recur(lambda states, row: (states[0] + jnp.tanh(row),), (jnp.zeros((x.shape[0],)),), x)[0]


def test_a_loop_of_another_package_stays_a_loop_for_unknown_times():
    assert not names_loop(add_up_by_another_package)
    program = traced(add_up_by_another_package)
    assert "scan" in {equation.primitive.name for equation in program.traced.jaxpr.eqns}
    x, dy = np.random.default_rng(0).normal(size=(2, 4, 5))
    np.testing.assert_allclose(program.run(x, dy)[0], np.cumsum(np.tanh(x), axis=1), rtol=1e-15)


def test_a_reference_without_code_may_have_loops():
    assert names_loop(len)


def test_what_cannot_be_inlined_is_traced_as_it_is(monkeypatch):
    class Refusing:
        def __enter__(self):
            raise NotImplementedError

        def __exit__(self, *raised):
            return None

    monkeypatch.setattr(jax, "disable_jit", Refusing)
    assert traced(normalise, (4, 5)).source
    with pytest.raises(NotImplementedError):
        traced(normalise)  # at sizes that are symbols: they may be the reason, and numbers are tried next


def test_what_a_reference_raises_is_raised():
    def refuse(x):
        raise ArithmeticError("no")

    with pytest.raises(ArithmeticError, match="no"):
        traced(refuse)
