"""A traced program as NumPy source: what is written, what is left out, and what runs on XLA."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from gradcheck.oracles.jaxpr.numpy_program import SETTINGS_ARGUMENT, Program, has_symbols, write_size_lookup
from gradcheck.oracles.jaxpr.trace import compile_by_xla

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


@pytest.fixture(autouse=True)
def float64():
    """The precision in which references run."""
    with jax.enable_x64(True):
        yield


def refuse_primitive(primitive, parameters):
    raise AssertionError(f"{primitive} has a counterpart")


def write_program(f, *arguments, foreign=refuse_primitive):
    """The program of f, traced at these arguments."""
    return Program(jax.make_jaxpr(f)(*arguments), 0, {}, foreign)


def write_symbolic_program(f):
    """The program of a function of one matrix, for every size of it."""
    shape = jax.export.symbolic_shape("n, m")
    return Program(
        jax.make_jaxpr(f)(jax.ShapeDtypeStruct(shape, float)), 0, {"n": (0, 0, 0, 1), "m": (0, 1, 0, 1)}, compile_by_xla
    )


def list_body(program):
    """The lines of a program that run in every call."""
    lines = program.source.partition("def program(")[2].partition("def shapes(")[0].splitlines()
    return [line.strip() for line in lines[1:]]


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


def test_what_depends_on_sizes_alone_is_prepared_once_per_size():
    program = write_symbolic_program(lambda x: x * jnp.arange(x.shape[1]))
    prepared = program.source.partition("def program(")[0]
    assert "dtype=" in prepared
    assert "dtype=" not in "".join(list_body(program))
    assert program.run(X)[0].tolist() == [[0, 2, 6], [0, 5, 12]]


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


def test_what_runs_on_xla_cannot_have_symbolic_sizes():
    with pytest.raises(NotImplementedError, match="wants its sizes in numbers"):
        write_symbolic_program(lambda x: jax.random.uniform(jax.random.key(0), x.shape))


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ((0, 1, 0, 1), "a0.shape[1]"),
        ((1, 0, 2, 1), "(a1.shape[0] - 2) // 1"),
        ((0, 0, 0, "m"), "(a0.shape[0] - 0) // m"),
        ((SETTINGS_ARGUMENT, 2, 0, 1), "settings[2]"),
    ],
)
def test_a_size_is_read_off_an_argument_or_a_setting(place, text):
    assert write_size_lookup(["a0", "a1"], place) == text


def test_a_parameter_with_symbols_inside_is_known_as_one():
    (n,) = jax.export.symbolic_shape("n")
    assert has_symbols((1, (n, 2)))
    assert not has_symbols((1, (3, 2)))
