"""Functions of each element in NumPy: values, kinds of numbers, NaN, infinities and signs of zero."""

import jax
import jax.numpy as jnp
import jax.scipy.special
import numpy as np
import pytest
from jax import lax
from jax.ad_checkpoint import checkpoint_name

from tests.lanes import mark_most_slow
from tests.oracles.jaxpr.primitives.agreement import (
    Draw,
    assert_agreement,
    each,
    names_with_gradients,
    with_gradients,
)

draw = Draw()
numbers, positive, whole = draw.numbers, draw.positive, draw.whole


@jax.custom_vjp
def doubling(x):
    """A function whose gradient is said to be twice what it is."""
    return jnp.sin(x)


doubling.defvjp(lambda x: (jnp.sin(x), x), lambda x, dy: (2 * dy * jnp.cos(x),))


UNARY = {
    "neg": (jnp.negative, numbers),
    "sign": (jnp.sign, numbers),
    "abs": (jnp.abs, numbers),
    "floor": (jnp.floor, numbers),
    "ceil": (jnp.ceil, numbers),
    "round": (jnp.round, numbers),
    "round away from zero": (lambda x: lax.round(jnp.floor(2 * x) / 2), numbers),
    "isfinite": (jnp.isfinite, numbers),
    "exp": (jnp.exp, numbers),
    "exp2": (jnp.exp2, numbers),
    "expm1": (jnp.expm1, numbers),
    "log": (jnp.log, positive),
    "log1p": (jnp.log1p, positive),
    "sin": (jnp.sin, numbers),
    "cos": (jnp.cos, numbers),
    "tan": (jnp.tan, positive),
    "asin": (jnp.arcsin, positive),
    "acos": (jnp.arccos, positive),
    "atan": (jnp.arctan, numbers),
    "sinh": (jnp.sinh, numbers),
    "cosh": (jnp.cosh, numbers),
    "tanh": (jnp.tanh, numbers),
    "asinh": (jnp.arcsinh, numbers),
    "acosh": (lambda x: jnp.arccosh(2 + x), positive),
    "atanh": (jnp.arctanh, positive),
    "sqrt": (jnp.sqrt, positive),
    "rsqrt": (lax.rsqrt, positive),
    "cbrt": (jnp.cbrt, numbers),
    "square": (jnp.square, numbers),
    "logistic": (jax.nn.sigmoid, numbers),
    "erf": (jax.scipy.special.erf, numbers),
    "erfc": (jax.scipy.special.erfc, positive),
    "erf_inv": (jax.scipy.special.erfinv, positive),
    "digamma": (jax.scipy.special.digamma, positive),
    "lgamma": (jax.scipy.special.gammaln, positive),
    "polygamma": (lambda x: jax.scipy.special.polygamma(1, x), positive),
    "zeta": (lambda x: jax.scipy.special.zeta(2 + x, 1 + x), positive),
    "bessel_i0e": (jax.scipy.special.i0e, numbers),
    "bessel_i1e": (jax.scipy.special.i1e, numbers),
    "whole power": (lambda x: x**3, numbers),
    "negative whole power": (lambda x: x**-3, positive),
    "power": (lambda x: x**2.5, positive),
    "power of a whole number": (lambda x: lax.pow(x, jnp.int32(3)), positive),
    "reduce_precision": (lambda x: lax.reduce_precision(x, 5, 4), numbers),
    "gelu": (jax.nn.gelu, numbers),
    "silu": (jax.nn.silu, numbers),
    "softplus": (jax.nn.softplus, numbers),
    "name": (lambda x: checkpoint_name(jnp.sin(x), "sine"), numbers),
    "copy": (lambda x: jnp.array(x, copy=True), numbers),
    "device_put": (jax.device_put, numbers),
    "stop_gradient": (lambda x: x * lax.stop_gradient(x), numbers),
    "optimization_barrier of one": (lax.optimization_barrier, numbers),
    "optimization_barrier of two": (lambda x: lax.optimization_barrier((x, 2 * x)), numbers),
    "complex": (lambda x: lax.complex(x, 2 * x), numbers),
    "real, imag, conj": (lambda x: jnp.real(z := jnp.exp(1j * x)) + jnp.imag(jnp.conj(z) * z * z), numbers),
    "conj of a real": (lambda x: jnp.real(lax.conj(x)), numbers),
    "absolute value of a complex": (lambda x: jnp.abs(lax.complex(x, x + 1)), numbers),
    "whole numbers in between": (lambda x: x * x.astype(np.int32), numbers),
    "a custom derivative": (jax.nn.relu, numbers),
    "a custom pullback": (doubling, numbers),
    "jit inside jit": (jax.jit(lambda x: jax.jit(jnp.sin)(x) * jax.jit(jnp.cos)(x)), numbers),
    "checkpoint": (jax.checkpoint(lambda x: jnp.sin(jnp.sin(x))), numbers),
    "where": (lambda x: jnp.where(x > 0, x * x, jnp.sin(x)), numbers),
    "clamp": (lambda x: jnp.clip(x, -0.5, 0.5), numbers),
    "clamp by arrays": (lambda x: lax.clamp(-abs(x) / 2, x, abs(x) / 2), numbers),
    "select of three": (lambda x: lax.select_n(jnp.int32(x > 0) + jnp.int32(x > 0.5), x, 2 * x, x * x), numbers),
    "numbers out of nowhere": (lambda x: x + jnp.ones_like(x) * jnp.arange(3, dtype=x.dtype).sum(), numbers),
}
"""Functions of one array, and where its elements come from."""

FORMS = (("float64", (2, 3)), ("float32", (7,)), ("float32", ()), ("float64", (0, 2)))

CASES = {name: each(f, *((draw(*shape, dtype=dtype),) for dtype, shape in FORMS)) for name, (f, draw) in UNARY.items()}
"""A function and its arguments, by what they show."""

BINARY = {
    "add": jnp.add,
    "sub": jnp.subtract,
    "mul": jnp.multiply,
    "div": jnp.divide,
    "rem": lax.rem,
    "mod": jnp.mod,
    "max": jnp.maximum,
    "min": jnp.minimum,
    "atan2": jnp.arctan2,
    "nextafter": lambda x, y: jnp.nextafter(lax.stop_gradient(x), lax.stop_gradient(y)),
    "logaddexp": jnp.logaddexp,
    "hypot": jnp.hypot,
    "float comparisons": lambda x, y: (x == y, x != y, x < y, x <= y, x > y, x >= y),
    "igamma": lambda x, y: jax.scipy.special.gammainc(lax.stop_gradient(abs(x)), abs(y)),
    "igammac": lambda x, y: jax.scipy.special.gammaincc(lax.stop_gradient(abs(x)), abs(y)),
    "regularized_incomplete_beta": lambda x, y: jax.scipy.special.betainc(1.5, 2.5, jax.nn.sigmoid(x + y)),
}
"""Functions of two arrays."""

CASES |= {
    name: each(f, *((numbers(*shape, dtype=dtype), numbers(*shape, dtype=dtype)) for dtype, shape in FORMS))
    for name, f in BINARY.items()
}

INTEGERS = ("int64", "int32", "int8", "uint8", "uint32")

WHOLE = {
    "arithmetic": (lambda i, j: (i + j, i - j, i * j, -i, abs(i), jnp.sign(i), jnp.maximum(i, j), jnp.minimum(i, j))),
    "quotients": lambda i, j: (i // j, i % j, lax.div(i, j), lax.rem(i, j), jnp.divmod(i, j)),
    "quotients by zero": lambda i, j: (lax.div(i, 0 * j), lax.rem(i, 0 * j)),
    "powers": lambda i, j: (i**3, jnp.power(i, abs(j))),
    "bits": lambda i, j: (i & j, i | j, i ^ j, ~i, lax.population_count(i), lax.clz(i)),
    "shifts": lambda i, j: (i << 2, i >> 1, lax.shift_right_logical(i, abs(j)), lax.shift_left(i, abs(j))),
    "reductions": lambda i, j: (i.sum(0, dtype=i.dtype), i.prod(1, dtype=i.dtype), i.max(0), i.min(1)),
    "reductions of bits": lambda i, j: (lax.reduce_and(i, (0,)), lax.reduce_or(i, (1,)), lax.reduce_xor(i, (0,))),
    "running": lambda i, j: (lax.cumsum(i), lax.cumprod(i, 1), lax.cummax(i), lax.cummin(i, 1, reverse=True)),
    "product of matrices": lambda i, j: i @ j.T,
    "sum of windows": lambda i, j: lax.reduce_window(i, i.dtype.type(0), lax.add, (2, 1), (1, 1), "VALID"),
    "largest of windows": lambda i, j: lax.reduce_window(
        i, i.dtype.type(jnp.iinfo(i.dtype).min), lax.max, (2, 1), (1, 1), "SAME"
    ),
    "sorting": lambda i, j: (jnp.sort(i), jnp.argsort(i), lax.top_k(i, 2)),
    "as floats": lambda i, j: (i / j, i.astype(np.float32), jnp.mean(i)),
    "as bits": lambda i, j: (lax.bitcast_convert_type(i, np.uint8), i.astype(bool)),
    "filled where out of bounds": lambda i, j: i.at[jnp.array([0, 9])].get(mode="fill"),
    "whole comparisons": lambda i, j: (i == j, i < j, jnp.searchsorted(jnp.sort(i[0]), j)),
}

MINORS = np.array([[1, 2, 3], [-1, -2, -3], [4, 1, -1]])

CASES |= {
    name: each(f, *((whole(3, 3).astype(dtype), MINORS.astype(dtype)) for dtype in INTEGERS))
    for name, f in WHOLE.items()
}

BOOLS = np.array([[True, False, True], [True, True, True]])
HOLES = np.array([3.0, np.nan, -0.0, 0.0, np.inf, -np.inf, np.nan, 1.0])

CASES |= {
    "bools": (lambda b: (b & ~b, b | ~b, b ^ b[::-1], ~b, b + 0.5, b.sum(), b == b[0], jnp.where(b, 1, 2)), (BOOLS,)),
    "any, all": (lambda b: (b.any(0), b.all(0), b.all(), lax.reduce_xor(b, (1,)), jnp.max(b, 0)), (BOOLS,)),
    "any, all of nothing": (lambda b: (b.any(0), b.all(0), lax.reduce_max(b, (0,)), b.sum(0)), (BOOLS[:0],)),
    "bools sorted": (lambda b: (jnp.sort(b), lax.top_k(b, 2), jnp.argmax(b, 1), jnp.cumsum(b)), (BOOLS,)),
    "bools taken": (lambda b: (b[:, jnp.array([0, 7])], b.at[:, 1].set(False), jnp.pad(b, 1)), (BOOLS,)),
    "bits of floats": (lambda x: lax.bitcast_convert_type(x, np.int64), (HOLES,)),
    "bits of floats, cut": (lambda x: lax.bitcast_convert_type(x, np.uint16), (HOLES,)),
    "bits put together": (lambda i: lax.bitcast_convert_type(i, np.float64), (whole(3, 2).astype(np.int32),)),
    "leading zeros": (lax.clz, (np.array([0, 1, 2**62, 2**63 - 1, -1]),)),
    "reduce_precision, the limits": (
        lambda x: lax.reduce_precision(x, 5, 10),
        (np.array([65519.0, -65520.0, 6.2e-5, 6e-5, -1e-9, 0.0, np.nan, np.inf]),),
    ),
    "reduce_precision, float32": (lambda x: lax.reduce_precision(x, 8, 7), (numbers(9, dtype=np.float32),)),
    "NaN is handed on": (lambda x: (x.max(), x.min(), jnp.maximum(x, 0), jnp.clip(x, 0, 1), x.argmax()), (HOLES,)),
    "NaN sorts last": (lambda x: (jnp.sort(x), jnp.argsort(x), jnp.sort(x, descending=True)), (HOLES,)),
    "NaN is largest": (lambda x: lax.top_k(x, 8), (HOLES,)),
    "NaN runs on": (lambda x: (lax.cummax(x), lax.cummin(x, reverse=True)), (HOLES,)),
    "NaN is looked for": (lambda x: jnp.searchsorted(jnp.sort(x), x), (HOLES,)),
    "complex numbers are looked for": (
        lambda x: jnp.searchsorted(jnp.sort(lax.complex(x, -x)), lax.complex(x, -x)),
        (np.array([0.5, -1.0, 0.0, -0.0, 2.0, np.inf]),),
    ),
    "signs of zero": (lambda x: 1 / lax.div(x, jnp.ones_like(x)), (HOLES,)),
    "imaginary infinity": (lambda x: lax.complex(x, x), (HOLES,)),
    "the largest of nothing": (lambda x: (lax.reduce_max(x, (0,)), lax.reduce_min(x, (0,))), (np.zeros((0, 2)),)),
}

NO_GRADIENT = {
    "NaN is handed on": "XLA takes 0 times infinity for 0",
}
"""Cases whose gradients are not compared, and why."""

MOVING = names_with_gradients(CASES, NO_GRADIENT)


@pytest.mark.parametrize("name", mark_most_slow(CASES, 10))
def test_numpy_computes_what_xla_computes(name):
    f, arguments = CASES[name]
    assert assert_agreement(f, arguments, **({"size": np.abs} if name in UNARY | BINARY else {})).foreign == set()


@pytest.mark.parametrize("name", mark_most_slow(MOVING, 20))
def test_numpy_computes_the_gradients_that_xla_computes(name):
    f, arguments = CASES[name]
    assert_agreement(with_gradients(f, arguments), arguments)
