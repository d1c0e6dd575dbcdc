"""A function under JAX as NumPy runs it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gradcheck.adapters.frameworks.jax_program import TracedPrograms, UntraceableError, make_constants_key

X = np.array([0.5, -1.0, 2.0])


def differentiate(function):
    """Outputs and pullback of a function of x, as a program wants them."""

    def run(arguments):
        y, pull = jax.vjp(lambda x: function(x, arguments.get("mode")), arguments["x"])
        return [y], lambda ups: list(pull(ups[0]))

    return run


def test_without_an_upstream_there_are_outputs_and_with_one_gradients():
    programs = TracedPrograms(differentiate(lambda x, mode: jnp.sin(x)))
    (y,) = programs({"x": X}, ())
    (dx,) = programs({"x": X}, [np.ones(3)])
    assert np.allclose(y, np.sin(X), rtol=1e-15)
    assert np.allclose(dx, np.cos(X), rtol=1e-15)


def test_a_program_serves_every_call_of_its_shapes_and_constants():
    programs = TracedPrograms(differentiate(lambda x, mode: x * x if mode == "square" else x))
    for x in (X, 2 * X):
        assert programs({"x": x, "mode": "square"}, ())[0].tolist() == (x * x).tolist()
    assert len(programs.known) == 1
    assert programs({"x": X, "mode": "same"}, ())[0].tolist() == X.tolist()
    programs({"x": X[:2], "mode": "same"}, ())
    assert len(programs.known) == 3


def test_what_asks_for_a_value_cannot_be_traced_and_is_not_tried_again():
    calls = []

    def ask(x, mode):
        calls.append(x)
        return x if float(x[0]) > 0 else -x

    programs = TracedPrograms(differentiate(ask))
    for _ in range(2):
        with pytest.raises(UntraceableError):
            programs({"x": X}, ())
    assert len(calls) == 1


def test_a_program_that_disagrees_with_jax_is_not_used():
    def differ(arguments):
        x = arguments["x"]
        return [jnp.sin(x) if isinstance(x, jax.core.Tracer) else jnp.cos(x)], None

    with pytest.raises(UntraceableError):
        TracedPrograms(differ)({"x": X}, ())


def test_constants_are_told_apart_by_every_element():
    large = np.zeros(5000)
    other = large.copy()
    other[2500] = 1
    assert make_constants_key({"table": large}) == make_constants_key({"table": large.copy()})
    assert make_constants_key({"table": large}) != make_constants_key({"table": other})
    assert make_constants_key({"mode": "a"}) != make_constants_key({"mode": "b"})
