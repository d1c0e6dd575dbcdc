"""Primitives that act on each element alone."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def special(name: str) -> Any:
    """A function of scipy.special, loaded when it is first called."""

    def function(*xs: Any) -> Any:
        import scipy.special  # noqa: PLC0415

        return getattr(scipy.special, name)(*xs)

    return function


def in_the_dtype_of_its_input(name: str) -> Any:
    """A ufunc that NumPy knows for float64 alone, or would widen."""
    function = special(name)
    return lambda x: np.asarray(function(x)).astype(x.dtype)


def div(x: Array, y: Array) -> Any:
    """Division; of whole numbers towards zero, as C does."""
    if np.result_type(x).kind in "fc":
        return np.divide(x, y)
    return np.where(y == 0, -1, np.trunc(np.divide(x, np.where(y == 0, 1, y)))).astype(np.result_type(x))


def rsqrt(x: Array) -> Any:
    """1 / √x."""
    return 1 / np.sqrt(x)


def logistic(x: Array) -> Any:
    """1 / (1 + e^-x)."""
    return 1 / (1 + np.exp(-x))


def integer_pow(x: Array, y: int) -> Any:
    """x to a whole power."""
    if y == 2:
        return np.multiply(x, x)
    return np.power(x, y) if y >= 0 else 1 / np.power(x, -y)


def pow_(x: Array, y: Array) -> Any:
    """x to the power y, in the dtype of x."""
    return np.power(x, np.asarray(y).astype(np.result_type(x)))


def round_(x: Array, rounding_method: Any) -> Any:
    """To the nearest whole number: halves away from zero (0) or to even (1)."""
    if int(rounding_method) == 1:
        return np.rint(x)
    return np.trunc(x + np.copysign(0.5, x)).astype(np.result_type(x))


def clamp(least: Array, x: Array, most: Array) -> Any:
    """x within bounds."""
    return np.minimum(np.maximum(x, least), most)


def select_n(which: Array, *cases: Array) -> Any:
    """Element by element, the case whose number is `which`."""
    if len(cases) == 2:
        return np.where(which, cases[1], cases[0])
    return np.choose(which, cases)


def convert_element_type(x: Array, new_dtype: Any) -> Any:
    """The same numbers in another dtype."""
    real = np.real(x) if np.result_type(x).kind == "c" and np.dtype(new_dtype).kind != "c" else x
    return np.asarray(real).astype(new_dtype)


def bitcast_convert_type(x: Array, new_dtype: Any) -> Any:
    """The same bits in a dtype of the same width."""
    return np.asarray(x).view(new_dtype)


def reduce_precision(x: Array, exponent_bits: int, mantissa_bits: int) -> Any:
    """Rounded to fewer bits of mantissa, to even; the exponent keeps its range."""
    fraction, exponent = np.frexp(x)
    scale = 2.0 ** (mantissa_bits + 1)
    return np.ldexp(np.rint(fraction * scale) / scale, exponent).astype(np.result_type(x))


def clz(x: Array) -> Any:
    """How many leading bits are zero."""
    bits = 8 * np.asarray(x).dtype.itemsize
    return (bits - np.frexp(np.asarray(x, np.float64))[1]).astype(np.asarray(x).dtype)


TABLE: dict[str, Any] = {
    **{
        name: getattr(np, ufunc)
        for name, ufunc in {
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
            "conj": "conjugate",
            "add": "add",
            "add_any": "add",
            "sub": "subtract",
            "mul": "multiply",
            "rem": "fmod",
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
            "population_count": "bitwise_count",
        }.items()
    },
    **{
        name: in_the_dtype_of_its_input(function)
        for name, function in {
            "erf": "erf",
            "erfc": "erfc",
            "erf_inv": "erfinv",
            "digamma": "digamma",
            "lgamma": "gammaln",
            "bessel_i0e": "i0e",
            "bessel_i1e": "i1e",
        }.items()
    },
    "igamma": special("gammainc"),
    "igammac": special("gammaincc"),
    "regularized_incomplete_beta": special("betainc"),
    "polygamma": lambda n, x: special("polygamma")(np.asarray(n, np.int64), x),
    "zeta": special("zeta"),
    "complex": lambda real, imag: real + 1j * imag,
    "div": div,
    "rsqrt": rsqrt,
    "logistic": logistic,
    "integer_pow": integer_pow,
    "pow": pow_,
    "round": round_,
    "clamp": clamp,
    "select_n": select_n,
    "convert_element_type": convert_element_type,
    "bitcast_convert_type": bitcast_convert_type,
    "reduce_precision": reduce_precision,
    "clz": clz,
    **dict.fromkeys(
        ("copy", "copy_p", "stop_gradient", "optimization_barrier", "reshard", "sharding_constraint", "name"),
        lambda x: x,
    ),
}
