"""What is written of a traced program, what is left out, and what runs once per size."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.oracles.jaxpr.programs import X, list_body, write_program, write_symbolic_program


def test_an_equation_is_a_line():
    program = write_program(lambda x: jnp.sin(x) * x, X)
    assert list_body(program)[1].endswith(" * a0")
    assert np.array_equal(program.run(X)[0], np.sin(X) * X)


def test_what_nothing_needs_is_left_out():
    program = write_program(lambda x: (jnp.exp(x), jnp.sin(x))[1], X)
    assert len(list_body(program)) == 2


def test_what_is_written_twice_is_computed_once():
    assert len(list_body(write_program(lambda x: (jnp.sin(x), jnp.sin(x)), X))) == 2


def test_calls_are_written_inline():
    assert "def f" not in write_program(jax.jit(jax.jit(jnp.sin)), X).source


def test_what_depends_on_sizes_alone_is_prepared_once_per_size():
    program = write_symbolic_program(lambda x: x * jnp.arange(x.shape[1]))
    prepared = program.source.partition("def program(")[0]
    assert "dtype=" in prepared
    assert "dtype=" not in "".join(list_body(program))
    assert program.run(X)[0].tolist() == [[0, 2, 6], [0, 5, 12]]


def test_what_runs_on_xla_cannot_have_symbolic_sizes():
    with pytest.raises(NotImplementedError, match="wants its sizes in numbers"):
        write_symbolic_program(lambda x: jax.random.uniform(jax.random.key(0), x.shape))
