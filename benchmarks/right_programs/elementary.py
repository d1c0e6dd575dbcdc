"""Elementary functions where they have no finite slope, jump, or are not defined, as written without a domain."""

import numpy as np

from gradcheck import Array, nonzero, positive
from right_programs.program import Program


def cbrt_forward(x):
    y = np.cbrt(x)
    return y, y


def cbrt_backward(dy, y):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(dy == 0, 0.0, dy / (3 * y * y))


def cbrt_backward_half(dy, y):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(dy == 0, 0.0, dy / (2 * y * y))


def sqrt_forward(x):
    y = np.sqrt(x)
    return y, y


def sqrt_backward(dy, y):
    return dy / (2 * y)


def sqrt_backward_without_two(dy, y):
    return dy / y


def guarded_sqrt_forward(x):
    return np.sqrt(np.maximum(x, 0)), x


def guarded_sqrt_backward(dy, x):
    inside = x > 0
    return np.where(inside, dy / (2 * np.sqrt(np.where(inside, x, 1.0))), 0.0)


def arctan2_forward(a, b):
    return np.arctan2(a, b), (a, b)


def arctan2_backward(dy, cache):
    a, b = cache
    with np.errstate(divide="ignore", invalid="ignore"):
        r = a * a + b * b
        return dy * b / r, -dy * a / r


def arctan2_backward_wrong(dy, cache):
    da, db = arctan2_backward(dy, cache)
    return da, -db


def hypot_forward(a, b):
    r = np.hypot(a, b)
    return r, (a, b, r)


def hypot_backward(dy, cache):
    a, b, r = cache
    safe = np.where(r == 0, 1.0, r)
    return dy * a / safe, dy * b / safe


def norm_forward(x):
    n = np.linalg.norm(x, axis=-1)
    return n, (x, n)


def norm_backward(dy, cache):
    x, n = cache
    return np.where(n[:, None] == 0, 0.0, dy[:, None] * x / np.where(n == 0, 1, n)[:, None])


def norm_backward_without_division(dy, cache):
    x, _ = cache
    return dy[:, None] * x


def plain_norm_forward(x):
    n = np.sqrt(np.sum(x**2))
    return n, (x, n)


def plain_norm_backward(dy, cache):
    x, n = cache
    return dy * x / n if n > 0 else np.zeros_like(x)


def abs_forward(x):
    return np.abs(x), np.sign(x)


def abs_backward(dy, sign):
    return dy * sign


def power_forward(x, b):
    y = x**b
    return y, (x, b, y)


def power_backward(dy, cache):
    x, b, y = cache
    return dy * b * x ** np.where(b == 0, 1.0, b - 1), dy * y * np.log(np.where(x > 0, x, 1.0))


def power_backward_without_log(dy, cache):
    x, b, y = cache
    return dy * b * x ** np.where(b == 0, 1.0, b - 1), dy * y


def log_forward(x):
    return np.log(x), x


def log_backward(dy, x):
    return dy / x


def geometric_mean_forward(x):
    y = np.exp(np.mean(np.log(x), axis=-1))
    return y, (x, y)


def geometric_mean_backward(dy, cache):
    x, y = cache
    return (dy * y)[..., None] / x / x.shape[-1]


def geometric_mean_backward_summed(dy, cache):
    x, y = cache
    return (dy * y)[..., None] / x


def quotient_forward(a, b):
    return a / b, (a, b)


def quotient_backward(dy, cache):
    a, b = cache
    return dy / b, -dy * a / b**2


def smooth_abs_forward(x):
    y = np.sqrt(x * x + 1e-6)
    return y, x / y


def smooth_abs_backward(dy, slope):
    return dy * slope


def clip_forward(x):
    y = np.array(x)
    y[y > 1] = 1
    y[y < -1] = -1
    return y, (x >= -1) & (x <= 1)


def clip_backward(dy, inside):
    return dy * inside


def log_of_clipped_forward(p):
    q = np.clip(p, 1e-7, 1 - 1e-7)
    return np.log(q), (p, q)


def log_of_clipped_backward(dy, cache):
    p, q = cache
    return dy / q * ((p > 1e-7) & (p < 1 - 1e-7))


def polynomial_forward(x, c):
    """Horner's rule, coefficient by coefficient, on a copy that is changed in place."""
    y = np.zeros_like(x)
    for a in c:
        y *= x
        y += a
    return y, (x, c)


def polynomial_backward(dy, cache):
    x, c = cache
    n = len(c)
    dx = sum((n - 1 - k) * c[k] * x ** (n - 2 - k) for k in range(n - 1)) if n > 1 else np.zeros_like(x)
    return dy * dx, np.array([np.sum(dy * x ** (n - 1 - k)) for k in range(n)])


PROGRAMS = (
    Program(
        "cube root",
        (cbrt_forward, cbrt_backward),
        {"x": "N D"},
        "MyGrad, math/misc",
        wrong={"2 for 3": (cbrt_forward, cbrt_backward_half)},
    ),
    Program(
        "square root without a domain",
        (sqrt_forward, sqrt_backward),
        {"x": "N D"},
        "tinynn, core/ops",
        wrong={"2 missing": (sqrt_forward, sqrt_backward_without_two)},
    ),
    Program("square root cut off at zero", (guarded_sqrt_forward, guarded_sqrt_backward), {"x": "N D"}, "student code"),
    Program(
        "arctan2",
        (arctan2_forward, arctan2_backward),
        {"a": "N D", "b": "N D"},
        "MyGrad, math/trigonometric",
        wrong={"sign": (arctan2_forward, arctan2_backward_wrong)},
    ),
    Program("hypot", (hypot_forward, hypot_backward), {"a": "N D", "b": "N D"}, "HIPS autograd, numpy_vjps"),
    Program(
        "norm of rows",
        (norm_forward, norm_backward),
        {"x": "N D"},
        "MyGrad, linalg/ops",
        wrong={"division missing": (norm_forward, norm_backward_without_division)},
    ),
    Program("norm of all", (plain_norm_forward, plain_norm_backward), {"x": "N D"}, "HIPS autograd#370"),
    Program("absolute value", (abs_forward, abs_backward), {"x": "N D"}, "HIPS autograd, numpy_vjps"),
    Program(
        "power without a domain",
        (power_forward, power_backward),
        {"x": "N D", "b": "N D"},
        "tinynn, core/ops",
        wrong={"log missing": (power_forward, power_backward_without_log)},
    ),
    Program("logarithm without a domain", (log_forward, log_backward), {"x": "N D"}, "tinynn, core/ops"),
    Program("logarithm of positive numbers", (log_forward, log_backward), {"x": Array("N D", positive())}, "the same"),
    Program(
        "geometric mean without a domain",
        (geometric_mean_forward, geometric_mean_backward),
        {"x": "N D"},
        "scipy.stats.gmean",
        wrong={"not averaged": (geometric_mean_forward, geometric_mean_backward_summed)},
    ),
    Program("quotient without a domain", (quotient_forward, quotient_backward), {"a": "N D", "b": "N D"}, "minitorch"),
    Program(
        "quotient of nonzero numbers",
        (quotient_forward, quotient_backward),
        {"a": "N D", "b": Array("N D", nonzero())},
        "the same",
    ),
    Program("smooth absolute value", (smooth_abs_forward, smooth_abs_backward), {"x": "N D"}, "Charbonnier loss"),
    Program("clip on an own copy", (clip_forward, clip_backward), {"x": "N D"}, "student code"),
    Program(
        "logarithm of clipped numbers",
        (log_of_clipped_forward, log_of_clipped_backward),
        {"p": "N D"},
        "Keras, backend.binary_crossentropy",
    ),
    Program("polynomial in place", (polynomial_forward, polynomial_backward), {"x": "N", "c": "K"}, "numpy.polyval"),
)
