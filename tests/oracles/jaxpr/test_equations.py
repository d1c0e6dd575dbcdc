"""An equation is known by what it says of itself."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from gradcheck.oracles.jaxpr.equations import (
    compute_placed_shape,
    count_scan_parts,
    find_called_program,
    has_symbols,
    is_pure_broadcast,
    is_pure_reshape,
    select_needed_equations,
    unpack_program,
)

X = np.ones((2, 1, 3))


def trace_equations(f, *arguments):
    """The equations of f, traced at these arguments."""
    return jax.make_jaxpr(f)(*arguments).jaxpr.eqns


def test_equations_that_no_result_depends_on_are_left_out():
    traced = jax.make_jaxpr(lambda x: (jnp.exp(x), jnp.sin(jnp.cos(x)))[1])(X)
    assert [equation.primitive.name for equation in select_needed_equations(traced.jaxpr)] == ["cos", "sin"]


def test_a_broadcast_places_its_operand_among_the_axes():
    (equation,) = trace_equations(lambda x: lax.broadcast_in_dim(x, (4, 3), (1,)), np.ones(3))
    assert is_pure_broadcast(equation)
    assert compute_placed_shape(equation) == (1, 3)


def test_a_number_that_is_broadcast_stays_one():
    (equation,) = trace_equations(lambda x: lax.broadcast_in_dim(x, (4, 3), ()), 1.0)
    assert compute_placed_shape(equation) == ()


@pytest.mark.parametrize(
    ("f", "pure"),
    [
        (lambda x: lax.reshape(x, (3, 2)), True),
        (lambda x: lax.reshape(x, (3, 2), dimensions=(2, 1, 0)), False),
        (lambda x: lax.squeeze(x, (1,)), True),
        (lambda x: lax.reduce_sum(x, (1,)), True),
        (lambda x: lax.reduce_max(x, (0,)), False),
        (jnp.sin, False),
    ],
    ids=["reshape", "reshape of transposed axes", "squeeze", "sum of one", "maximum of two", "sine"],
)
def test_a_pure_reshape_leaves_the_elements_as_they_are(f, pure):
    assert is_pure_reshape(trace_equations(f, X)[-1]) == pure


def test_a_call_runs_a_program_of_its_own():
    (equation,) = trace_equations(jax.jit(jnp.sin), X)
    jaxpr, constants = find_called_program(equation)
    assert [inner.primitive.name for inner in jaxpr.eqns] == ["sin"]
    assert list(constants) == []
    assert find_called_program(jaxpr.eqns[0]) is None


def test_a_program_is_unpacked_closed_or_not():
    closed = jax.make_jaxpr(lambda x: x + X)(X)
    assert unpack_program(closed) == (closed.jaxpr, closed.consts)
    bare = closed.jaxpr
    assert unpack_program(bare) == (bare, getattr(bare, "consts", ()))  # from JAX 0.12 on there are closed ones alone


def test_the_parts_of_a_scan_are_counted_by_their_axes():
    def program(row, other, start):
        return lax.scan(lambda carry, two: ((carry[0] + row, 2 * carry[1]), two[0] * row), (start, 1.0), (other, other))

    given = np.ones(3), np.ones((2, 3)), np.ones(3)
    (scan,) = (e for e in jax.make_jaxpr(program)(*given).eqns if e.primitive.name == "scan")
    assert count_scan_parts(scan) == {"num_consts": 1, "num_carry": 2}


def test_a_parameter_with_symbols_inside_is_known_as_one():
    (n,) = jax.export.symbolic_shape("n")
    assert has_symbols((1, (n, 2)))
    assert not has_symbols((1, (3, 2)))


def test_a_program_with_symbols_in_its_arguments_is_known_as_one():
    def trace(*shape):
        return jax.make_jaxpr(jnp.sin)(jax.ShapeDtypeStruct(shape, float))

    assert has_symbols(trace(*jax.export.symbolic_shape("n")))
    assert not has_symbols(trace(3))
