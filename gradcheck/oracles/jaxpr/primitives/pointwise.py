"""Primitives that act on each element alone."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from gradcheck.arrays import Values


def make_special_function(name: str) -> Callable[..., Any]:
    """Return a function of scipy.special, loaded at its first call; its result has the dtype of its last argument."""

    def function(*xs: Values) -> Any:
        value = getattr(import_module("scipy.special"), name)(*xs)
        return np.asarray(value).astype(xs[-1].dtype, copy=False)

    return function


def polygamma(order: Values, x: Values) -> Any:
    """Compute the derivative of digamma of a whole order."""
    return make_special_function("polygamma")(np.asarray(order, np.int64), x)


def div(x: Values, y: Values) -> Any:
    """Divide; whole numbers round towards zero, and give -1 where the divisor is zero."""
    if x.dtype.kind in "fc":
        return np.divide(x, y)
    divisor = np.where(y == 0, 1, y)
    return np.where(y == 0, ~np.zeros_like(y), (x - np.fmod(x, divisor)) // divisor)


def rem(x: Values, y: Values) -> Any:
    """Compute the remainder, with the sign of x; of whole numbers x itself where the divisor is zero."""
    if x.dtype.kind == "f":
        return np.fmod(x, y)
    return np.where(y == 0, x, np.fmod(x, np.where(y == 0, 1, y)))


def rsqrt(x: Values) -> Any:
    """Compute 1 / √x."""
    return 1 / np.sqrt(x)


def logistic(x: Values) -> Any:
    """Compute 1 / (1 + e^-x)."""
    return 1 / (1 + np.exp(-x))


def one_minus_square(x: Values) -> Any:
    """Compute 1 - x², exact to the last digits beside ±1."""
    return (1 + x) * (1 - x)


def integer_pow(x: Values, y: int) -> Any:
    """Compute x to a whole power."""
    if y == 2:
        return np.multiply(x, x)
    return np.power(x, y) if y >= 0 else 1 / np.power(x, -y)


def pow_(x: Values, y: Values) -> Any:
    """Compute x to the power y, in the dtype of x."""
    return np.power(x, y.astype(x.dtype))


def round_(x: Values, rounding_method: int) -> Any:
    """Round to the nearest whole number: halves away from zero (0) or to even (1)."""
    if rounding_method == 1:
        return np.rint(x)
    whole = np.trunc(x)
    return np.where(np.abs(x - whole) < 0.5, whole, whole + np.sign(x))


def clamp(least: Values, x: Values, most: Values) -> Any:
    """Clamp x to bounds."""
    return np.minimum(np.maximum(x, least), most)


def select_n(which: Values, *cases: Values) -> Any:
    """Select, element by element, from the case whose number is `which`."""
    if len(cases) == 2:
        return np.where(which, cases[1], cases[0])
    return np.choose(which, cases)


def convert_element_type(x: Values, new_dtype: Any) -> Any:
    """Convert to another dtype."""
    real = x.real if x.dtype.kind == "c" and np.dtype(new_dtype).kind in "fiu" else x
    return real.astype(new_dtype)


def bitcast_convert_type(x: Values, new_dtype: Any) -> Any:
    """Reinterpret the bits in another dtype; a last axis holds the parts of a wider element."""
    if np.dtype(new_dtype).itemsize < x.dtype.itemsize:
        return np.ascontiguousarray(x[..., None]).view(new_dtype)
    if np.dtype(new_dtype).itemsize > x.dtype.itemsize:
        return np.ascontiguousarray(x).view(new_dtype)[..., 0]
    return x.view(new_dtype)


def reduce_precision(x: Values, exponent_bits: int, mantissa_bits: int) -> Any:
    """Round to fewer bits of mantissa, to even; exponents out of range become infinite or zero."""
    fraction, exponent = np.frexp(x)
    scale = 2.0 ** (mantissa_bits + 1)
    fraction, more = np.frexp(np.rint(fraction * scale) / scale)
    exponent = exponent + more
    if exponent_bits < np.finfo(x.dtype).nexp:
        bias = 2 ** (exponent_bits - 1) - 1
        fraction = np.where(exponent > bias + 1, np.copysign(np.inf, fraction), fraction)
        fraction = np.where(exponent < 2 - bias, np.copysign(0, fraction), fraction)
    return np.ldexp(fraction, exponent)


def conj(x: Values) -> Any:
    """Compute the conjugate, complex even where x is real."""
    return np.conjugate(x).astype(np.result_type(x, np.complex64), copy=False)


def complex_(real: Values, imaginary: Values) -> Any:
    """Combine real and imaginary parts."""
    x = np.empty(np.broadcast_shapes(real.shape, imaginary.shape), np.result_type(real, np.complex64))
    x.real, x.imag = real, imaginary
    return x


def view_as_unsigned(x: Values) -> Any:
    """Reinterpret the bits as an unsigned whole number."""
    return x.view(f"u{x.dtype.itemsize}")


def shift_right_logical(x: Values, count: Values) -> Any:
    """Shift the bits to the right, filling with zeros."""
    return np.right_shift(view_as_unsigned(x), view_as_unsigned(count)).view(x.dtype)


def population_count(x: Values) -> Any:
    """Count the bits that are one."""
    return np.bitwise_count(view_as_unsigned(x)).astype(x.dtype)


def clz(x: Values) -> Any:
    """Count the leading zero bits."""
    bits = view_as_unsigned(x)
    for shift in (1, 2, 4, 8, 16, 32):
        bits = bits | (bits >> shift)
    return (8 * x.dtype.itemsize - np.bitwise_count(bits)).astype(x.dtype)


def map_to_total_order(x: Values) -> Any:
    """Map floats to whole numbers in the total order of IEEE 754: -NaN, -inf, -0, 0, inf, NaN."""
    if x.dtype.kind != "f":
        return x
    bits = x.view(f"i{x.dtype.itemsize}")
    return bits ^ ((bits >> (8 * x.dtype.itemsize - 1)) & np.iinfo(bits.dtype).max)


def compare_in_total_order(compare: Callable[..., Any]) -> Callable[..., Any]:
    """Compare in the total order, in which NaN takes part."""
    return lambda x, y: compare(map_to_total_order(x), map_to_total_order(y))


UFUNCS = {
    "neg": "negative",
    "sign": "sign",
    "abs": "absolute",
    "floor": "floor",
    "ceil": "ceil",
    "is_finite": "isfinite",
    "exp": "exp",
    "exp2": "exp2",
    "expm1": "expm1",
    "log": "log",
    "log1p": "log1p",
    "log2": "log2",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "sqrt": "sqrt",
    "cbrt": "cbrt",
    "square": "square",
    "real": "real",
    "imag": "imag",
    "add": "add",
    "add_any": "add",
    "sub": "subtract",
    "mul": "multiply",
    "max": "maximum",
    "min": "minimum",
    "atan2": "arctan2",
    "nextafter": "nextafter",
    "eq": "equal",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "and": "bitwise_and",
    "or": "bitwise_or",
    "xor": "bitwise_xor",
    "not": "invert",
    "shift_left": "left_shift",
    "shift_right_arithmetic": "right_shift",
}
"""Primitives that NumPy has under another name."""

SPECIAL = {
    "erf": "erf",
    "erfc": "erfc",
    "erf_inv": "erfinv",
    "digamma": "digamma",
    "lgamma": "gammaln",
    "bessel_i0e": "i0e",
    "bessel_i1e": "i1e",
    "igamma": "gammainc",
    "igammac": "gammaincc",
    "regularized_incomplete_beta": "betainc",
    "zeta": "zeta",
}
"""Primitives that SciPy has."""

TABLE: dict[str, Callable[..., Any]] = {
    **{name: getattr(np, function) for name, function in UFUNCS.items()},
    **{name: make_special_function(function) for name, function in SPECIAL.items()},
    "polygamma": polygamma,
    "div": div,
    "rem": rem,
    "rsqrt": rsqrt,
    "logistic": logistic,
    "one_minus_square": one_minus_square,
    "integer_pow": integer_pow,
    "pow": pow_,
    "round": round_,
    "clamp": clamp,
    "select_n": select_n,
    "convert_element_type": convert_element_type,
    "bitcast_convert_type": bitcast_convert_type,
    "reduce_precision": reduce_precision,
    "complex": complex_,
    "conj": conj,
    "shift_right_logical": shift_right_logical,
    "population_count": population_count,
    "clz": clz,
    "eq_to": compare_in_total_order(np.equal),
    "lt_to": compare_in_total_order(np.less),
    "le_to": compare_in_total_order(np.less_equal),
    **dict.fromkeys(("copy", "stop_gradient", "name"), lambda x: x),
    **dict.fromkeys(("optimization_barrier", "device_put"), lambda *xs: xs),
}
