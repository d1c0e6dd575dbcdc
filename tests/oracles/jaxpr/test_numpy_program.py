"""A traced program runs in NumPy at every size, under watch, and with what runs on XLA."""

import jax.numpy as jnp
import numpy as np
from jax import lax

from tests.oracles.jaxpr.programs import X, write_program, write_symbolic_program


def test_a_loop_is_a_function_inside_the_program():
    program = write_program(lambda x: lax.scan(lambda c, row: (c + row, c), jnp.zeros(3), x), X)
    assert "def f" in program.source
    last, carries = program.run(X)
    assert last.tolist() == [5, 7, 9]
    assert carries.tolist() == [[0, 0, 0], [1, 2, 3]]


def test_one_program_serves_every_size():
    program = write_symbolic_program(lambda x: x.sum(0) / x.shape[0])
    for x in (X, X.T, np.ones((5, 1))):
        assert np.allclose(program.run(x)[0], x.mean(0), rtol=1e-15)
        assert program.shapes(x) == [(x.shape[1],)]


def test_under_watch_each_inexact_result_can_be_replaced():
    program = write_program(lambda x: jnp.sin(x) + 1, X)
    seen = []

    def watch(primitive, result, operands):
        seen.append(primitive)
        return 0 * result

    assert program.watched(watch, X)[0].tolist() == np.zeros_like(X).tolist()
    assert seen == ["sin", "add"]


def test_a_primitive_without_a_counterpart_is_handed_to_whoever_runs_it():
    asked = []

    def make_function(primitive, parameters):
        asked.append(primitive.name)
        return lambda a, x: [np.full(np.shape(x), 7.0)]

    program = write_program(lax.igamma_grad_a, X, X, foreign=make_function)
    assert program.foreign == {"igamma_grad_a"}
    assert asked == ["igamma_grad_a"]
