"""A traced program run equation by equation: exactly JAX's results for nudges of zero, and honest about its range."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gradcheck.oracles import noisy_jaxpr

X = np.linspace(-3, 3, 7)


@pytest.fixture(autouse=True)
def float64():
    """The precision in which references run."""
    with jax.enable_x64(True):
        yield


def evaluated(f, x, nudge=np.zeros):
    """The results of f under nudges, and whether anything was lost on the way."""
    x = jnp.asarray(x)
    traced = jax.make_jaxpr(f)(x)
    shapes, lost = noisy_jaxpr.nudge_shapes(traced.jaxpr), []
    nudges = iter([nudge(shape) for shape in shapes])
    results = noisy_jaxpr.evaluate(traced.jaxpr, traced.consts, [x], nudges, lost)
    assert next(nudges, None) is None, "a nudge is left over"
    assert len(lost) == len(shapes)
    return [np.asarray(r) for r in results], any(bool(one) for one in lost)


def lost(f, *x):
    """Whether f leaves the range of float64 at x."""
    return evaluated(f, np.array(x, float))[1]


@jax.jit
def inner(x):
    return jnp.exp(jnp.sin(x)) * x


@jax.jit
def nested(x):
    return inner(x) + inner(2 * x)


def scanned(x):
    return jax.lax.scan(lambda state, a: (0.5 * state + jnp.sin(a), jnp.exp(state)), 0.0, x)


PROGRAMS = {
    "polynomial": lambda x: 1 + x * (3 - x * x),
    "jit inside": lambda x: 1 + inner(x),
    "jit inside jit": nested,
    "softmax": jax.nn.softmax,
    "relu, a custom derivative": jax.nn.relu,
    "logsumexp": jax.nn.logsumexp,
    "where": lambda x: jnp.where(x > 0, x * x, jnp.sin(x)),
    "scan": scanned,
    "loop": lambda x: jax.lax.fori_loop(0, 5, lambda i, c: c * jnp.cos(c) + 1, x),
    "branch": lambda x: jax.lax.cond(x[0] > 0, jnp.sin, jnp.cos, x),
    "checkpoint": jax.checkpoint(lambda x: jnp.sin(jnp.sin(x))),
    "several results, one of them an index": lambda x: (jnp.sort(-x), jnp.argmax(x), x[::-1].sum()),
    "complex numbers inside": lambda x: jnp.real(jnp.fft.ifft(2 * jnp.fft.fft(x))),
    "float32 inside": lambda x: (2 * jnp.sin(x.astype(np.float32)) * x.astype(np.float32)).astype(np.float64),
    "derivative": lambda x: jax.vjp(jax.nn.softmax, x)[1](jnp.cos(x)),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_nudges_of_zero_compute_exactly_what_jax_computes(name):
    found, _ = evaluated(PROGRAMS[name], X)
    wanted = [np.asarray(y) for y in jax.tree.leaves(PROGRAMS[name](jnp.asarray(X)))]
    for y, exact in zip(found, wanted, strict=True):
        assert (y.dtype, y.shape, y.tobytes()) == (exact.dtype, exact.shape, exact.tobytes())


@pytest.mark.parametrize("name", PROGRAMS)
def test_small_nudges_move_the_results_a_little(name):
    rng = np.random.default_rng(0)
    found, _ = evaluated(PROGRAMS[name], X, lambda shape: 2.0**-26 * rng.normal(size=shape))
    exact, _ = evaluated(PROGRAMS[name], X)
    for y, wanted in zip(found, exact, strict=True):
        assert (y.dtype, y.shape) == (wanted.dtype, wanted.shape)
        assert np.allclose(y, wanted, rtol=1e-5, atol=1e-5)


def test_a_nudge_multiplies_the_result_of_its_operation():
    assert evaluated(lambda x: x * x, [3.0], lambda shape: np.full(shape, 0.5))[0][0].tolist() == [13.5]


def test_a_nudge_goes_on_through_the_operations_behind_it():
    jitted = jax.jit(lambda x: (x * x) + 1)
    assert evaluated(jitted, [3.0], lambda shape: np.full(shape, 0.5))[0][0].tolist() == [(13.5 + 1) * 1.5]


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
    ],
)
def test_operations_that_do_not_round_are_not_nudged(f):
    moved, exact = evaluated(f, X, np.ones)[0], evaluated(f, X)[0]
    assert moved[0].tolist() == exact[0].tolist()


OUT_OF_RANGE = {
    "exponential, over": (jnp.exp, 800.0),
    "exponential, under": (jnp.exp, -800.0),
    "exponential of base two, under": (jnp.exp2, -1100.0),
    "product, over": (lambda x: x * x, 1e200),
    "product, under": (lambda x: x * x, 1e-200),
    "square, under": (jnp.square, 1e-170),
    "square and its root": (lambda x: jnp.sqrt(x * x), 1e-170),
    "power, under": (lambda x: x**20.5, 1e-30),
    "whole power, under": (lambda x: x**5, 1e-80),
    "quotient, under": (lambda x: x / 1e200, 1e-200),
    "quotient, over": (lambda x: 1 / x, 0.0),
    "logarithm of zero": (jnp.log, 0.0),
    "root of a negative number": (jnp.sqrt, -1.0),
    "over, though the result is finite": (lambda x: 1 / (1 + jnp.exp(x)), 800.0),
    "under, though the result is finite": (lambda x: jnp.log(1 + jnp.exp(-x)), 800.0),
    "inside jit": (jax.jit(lambda x: 1 / (1 + jnp.exp(x))), 800.0),
    "sigmoid, under": (jax.nn.sigmoid, -800.0),
    "into the subnormal numbers": (lambda x: x * 1e-10, 1e-300),
}


@pytest.mark.parametrize("name", OUT_OF_RANGE)
def test_overflow_and_underflow_are_reported_as_lost(name):
    f, x = OUT_OF_RANGE[name]
    assert lost(f, x)


def test_one_element_out_of_range_is_enough():
    assert lost(jnp.exp, 0.0, 1.0, -800.0)


HARMLESS = {
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
}


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_zeros_are_not_lost(name):
    f, x = HARMLESS[name]
    assert not lost(f, *x)


HIDDEN = {
    "in a product of all": (jnp.prod, [1e-3] * 200),
    "in a running product": (jnp.cumprod, [1e-3] * 200),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_is_lost_inside_a_product_is_reported_too(name):
    f, x = HIDDEN[name]
    assert lost(f, *x)


def test_a_mask_of_minus_infinity_loses_nothing():
    assert not lost(lambda x: jnp.exp(jnp.where(x > 0, x, -jnp.inf)), -1.0, 2.0)
