"""A traced program under watch: what leaves the range of float64 is seen, and rounding moves results a little."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from gradcheck.oracles.autodiff import execute_program
from gradcheck.oracles.jaxpr.numpy_program import Program
from gradcheck.oracles.jaxpr.trace import compile_by_xla
from gradcheck.oracles.jaxpr.watch import Watch
from gradcheck.oracles.noisy_arrays import Noise

X = np.linspace(-3, 3.5, 7)


def program(f, x):
    """The program of f."""
    return Program(jax.make_jaxpr(f)(x), 0, {}, compile_by_xla)


def watched(f, x, watch):
    """The results of f under watch."""
    x = np.asarray(x)
    with np.errstate(all="ignore"):
        return [np.asarray(y) for y in program(f, x).watched(watch, x)]


def noise():
    """A watch that moves every inexact result."""
    return Watch(Noise(np.random.default_rng(0)))


def lost(f, *x):
    """Whether f leaves the range of float64 at x."""
    point = (np.array(x, float),)
    with np.errstate(all="ignore"):
        _, in_range = execute_program(program(f, *point), point, (), None)
    return not in_range


@jax.jit
def inner(x):
    return jnp.exp(jnp.sin(x)) * x


@jax.jit
def nested(x):
    return inner(x) + inner(2 * x)


def scanned(x):
    return lax.scan(lambda state, a: (0.5 * state + jnp.sin(a), jnp.exp(state)), 0.0, x)


PROGRAMS = {
    "polynomial": lambda x: 1 + x * (3 - x * x),
    "jit inside": lambda x: 1 + inner(x),
    "jit inside jit": nested,
    "softmax": jax.nn.softmax,
    "relu, a custom derivative": jax.nn.relu,
    "logsumexp": jax.nn.logsumexp,
    "where": lambda x: jnp.where(x > 0, x * x, jnp.sin(x)),
    "scan": scanned,
    "loop": lambda x: lax.fori_loop(0, 5, lambda i, c: c * jnp.cos(c) + 1, x),
    "branch": lambda x: lax.cond(x[0] > 0, jnp.sin, jnp.cos, x),
    "checkpoint": jax.checkpoint(lambda x: jnp.sin(jnp.sin(x))),
    "several results, one of them an index": lambda x: (jnp.sort(-x), jnp.argmax(x), x[::-1].sum()),
    "complex numbers inside": lambda x: jnp.real(jnp.fft.ifft(2 * jnp.fft.fft(x))),
    "float32 inside": lambda x: (2 * jnp.sin(x.astype(np.float32)) * x.astype(np.float32)).astype(np.float64),
    "derivative": lambda x: jax.vjp(jax.nn.softmax, x)[1](jnp.cos(x)),
    "what XLA runs": lambda x: jnp.linalg.eigvals(jnp.diag(x)).real,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_noise_moves_the_results_a_little(name):
    found = watched(PROGRAMS[name], X, noise())
    exact = watched(PROGRAMS[name], X, Watch())
    for y, wanted in zip(found, exact, strict=True):
        assert (y.dtype, y.shape) == (wanted.dtype, wanted.shape)
        assert np.all(np.abs(y - wanted) <= 2.0**-18 * np.max(np.abs(wanted)))


INEXACT = sorted(PROGRAMS.keys() - {"relu, a custom derivative", "float32 inside"})


@pytest.mark.parametrize("name", INEXACT)
def test_noise_does_move_the_results(name):
    found = watched(PROGRAMS[name], X, noise())
    exact = watched(PROGRAMS[name], X, Watch())
    assert any(not np.array_equal(y, wanted) for y, wanted in zip(found, exact, strict=True))


def doubled(primitive, result, operands):
    """A watch that doubles every inexact result."""
    return 2 * result


SEEN = {
    "one operation": (lambda x: x * x, 18),
    "the operation behind it": (lambda x: x * x + 1, (18 + 1) * 2),
    "inside jit": (jax.jit(lambda x: x * x + 1), (18 + 1) * 2),
    "inside a scan": (lambda x: lax.scan(lambda c, a: (c * a, c), 1.0, jnp.stack([x, x]))[0], 6 * 6),
    "inside while": (lambda x: lax.while_loop(lambda c: c < 100, lambda c: c * c, x), 2 * 18**2),
    "inside a branch": (lambda x: lax.cond(x > 0, lambda a: a * a, jnp.cos, x), 18),
    "inside a function of its own derivative": (jax.jit(jax.nn.relu6), 3),
    "inside a solver": (lambda x: lax.custom_linear_solve(lambda v: v, x, lambda f, b: b * b), 18),
}


@pytest.mark.parametrize("name", SEEN)
def test_every_inexact_result_is_seen(name):
    f, wanted = SEEN[name]
    assert watched(f, 3.0, doubled)[0].tolist() == wanted


def test_a_watch_is_told_the_primitive_its_result_and_its_operands():
    calls = []

    def note(primitive, result, operands):
        calls.append((primitive, float(result), [float(a) for a in operands]))
        return result

    watched(lambda x: -jnp.sin(x) * x, 3.0, note)
    sine = float(np.sin(3.0))
    assert calls == [("sin", sine, [3.0]), ("mul", -sine * 3, [-sine, 3.0])]


@pytest.mark.parametrize(
    "f",
    [
        lambda x: -x,
        jnp.abs,
        jnp.max,
        lambda x: jnp.where(x > 0, x, 0.0),
        lambda x: jnp.sort(x)[::-1].reshape(7, 1).T,
        lambda x: jnp.concatenate([x, jnp.floor(x)]),
        lambda x: jnp.maximum(x, 1.0),
        lambda x: lax.scan(lambda c, a: (jnp.maximum(c, a), c), x[0], x),
        lambda x: lax.while_loop(lambda c: c[0] < 0, lambda c: c[::-1], x),
        lambda x: lax.top_k(x, 2)[0],
        lambda x: lax.cummax(x)[jnp.array([0, 3])],
        lambda x: x.at[1].max(x[2]).at[3].set(x[4]).at[5].min(x[6]),
        lambda x: jnp.real(lax.complex(x, -x)),
        lambda x: jnp.stack(jnp.split(jnp.tile(x, 3), 3)),
        lambda x: lax.reduce_window(x, -jnp.inf, lax.max, (3,), (2,), "SAME"),
        lambda x: jax.jvp(lambda a: lax.reduce_window(a, -jnp.inf, lax.max, (3,), (2,), "VALID"), (x,), (x[::-1],)),
    ],
)
def test_operations_that_do_not_round_are_not_moved(f):
    for moved, exact in zip(watched(f, X, doubled), watched(f, X, Watch()), strict=True):
        assert moved.tolist() == exact.tolist()


def test_whole_numbers_are_not_moved():
    assert watched(lambda i: i * i + 1, 3, doubled)[0].tolist() == 10


OVER = {
    "exponential": (jnp.exp, 800.0),
    "product": (lambda x: x * x, 1e200),
    "quotient": (lambda x: 1 / x, 0.0),
    "logarithm of zero": (jnp.log, 0.0),
    "though the result is finite": (lambda x: 1 / (1 + jnp.exp(x)), 800.0),
    "inside jit": (jax.jit(lambda x: 1 / (1 + jnp.exp(x))), 800.0),
    "inside a scan": (lambda x: 1 / lax.scan(lambda c, _: (c * c, None), x, None, length=9)[0], 10.0),
    "inside while": (lambda x: 1 / lax.while_loop(lambda c: c[0] < 1e300, lambda c: c * c, x), 10.0),
    "inside a branch": (lambda x: 1 / lax.cond(x[0] > 0, jnp.exp, jnp.cos, x), 800.0),
    "of float32": (lambda x: 1 / jnp.exp(x.astype(np.float32)), 100.0),
}


@pytest.mark.parametrize("name", OVER)
def test_what_overflows_is_lost(name):
    f, x = OVER[name]
    assert lost(f, x)


def test_what_is_not_finite_from_the_start_or_no_number_is_not_lost():
    assert not lost(lambda x: jnp.where(x > 0, x, -jnp.inf) - 1, 1.0, -1.0)
    assert not lost(jnp.sqrt, -1.0)
    assert lost(lambda x: jnp.exp(x) + jnp.where(x > 0, x, -jnp.inf), -1.0, 800.0)


def test_one_element_that_overflows_is_enough():
    assert lost(jnp.exp, 0.0, 1.0, 800.0)


def test_what_is_lost_stays_lost():
    watch = Watch()
    watched(jnp.exp, 800.0, watch)
    watched(jnp.exp, 1.0, watch)
    assert watch.left_range


UNDER = {
    "exponential": (lambda x: jnp.sqrt(jnp.exp(x)), -800.0),
    "exponential of base two": (lambda x: jnp.sqrt(jnp.exp2(x)), -1100.0),
    "product": (lambda x: jnp.sqrt(x * x), 1e-170),
    "product, multiplied again": (lambda x: x * x * 1e200, 1e-170),
    "square": (lambda x: jnp.sqrt(jnp.square(x)), 1e-170),
    "power": (lambda x: (x**20.5) ** 0.1, 1e-30),
    "whole power": (lambda x: jnp.sqrt(x**5), 1e-80),
    "quotient": (lambda x: jnp.sqrt(x / 1e200), 1e-200),
    "sigmoid": (lambda x: jnp.sqrt(jax.nn.sigmoid(x)), -800.0),
    "subnormal": (lambda x: jnp.sqrt(x * 1e-10), 1e-300),
    "inside jit": (lambda x: jnp.sqrt(jax.jit(jnp.square)(x)), 1e-170),
    "inside a scan": (lambda x: jnp.sqrt(lax.scan(lambda c, _: (c * c, None), x, None, length=9)[0]), 0.1),
    "product of all": (lambda x: jnp.sqrt(jnp.prod(jnp.tile(x, 200))), 1e-3),
    "running product": (lambda x: jnp.sqrt(jnp.cumprod(jnp.tile(x, 200))), 1e-3),
}


@pytest.mark.parametrize("name", UNDER)
def test_what_underflows_is_lost_where_it_shows(name):
    f, x = UNDER[name]
    assert lost(f, x)


HARMLESS = {
    "an exponential": (jnp.exp, (-800.0, 1.0)),
    "a product": (lambda x: x * x, (1e-200, 3.0)),
    "a quotient": (lambda x: x / 1e200, (1e-200,)),
    "a sum with what vanished": (lambda x: jnp.log(2 + jnp.exp(-x)), (800.0,)),
    "softmax": (jax.nn.softmax, (0.0, 800.0)),
    "zero times x": (lambda x: 0 * x, (3.0, -1e-200)),
    "x times zero": (lambda x: x * jnp.exp(x), (0.0, 0.0)),
    "x minus x": (lambda x: x - x, (3.0, 1e-200)),
    "zero to a power": (lambda x: x**3, (0.0, 1.0)),
    "the square of zero": (jnp.square, (0.0,)),
    "zero over x": (lambda x: 0 / x, (3.0,)),
    "the sine of zero": (jnp.sin, (0.0,)),
    "the norm of zeros": (lambda x: jnp.sum(x * x), (0.0, 0.0)),
    "saturation": (jnp.tanh, (400.0, -400.0)),
    "nearly minus one": (jnp.expm1, (-800.0,)),
    "a guarded quotient": (lambda x: jnp.where(x == 0, 1.0, jnp.sin(x) / jnp.where(x == 0, 1.0, x)), (0.0, 1.0)),
    "the logarithm of one": (jnp.log, (1.0,)),
    "a mask of zeros": (lambda x: x * (x > 0), (-1.0, 2.0)),
    "the slope of relu": (jax.vmap(jax.grad(jax.nn.relu)), (-1.0, 0.0, 2.0)),
    "a mask of minus infinity": (lambda x: jnp.exp(jnp.where(x > 0, x, -jnp.inf)), (-1.0, 2.0)),
    "a product with a zero": (jnp.prod, (0.0, 3.0)),
    "a running product from zero on": (jnp.cumprod, (2.0, 0.0, 3.0)),
    "the root of a product with a zero": (lambda x: jnp.sqrt(x * jnp.exp(-800 * x)), (0.0,)),
    "a branch not taken": (lambda x: lax.cond(x[0] > 0, jnp.exp, jnp.cos, x), (-800.0,)),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_zeros_are_not_lost(name):
    f, x = HARMLESS[name]
    assert not lost(f, *x)
