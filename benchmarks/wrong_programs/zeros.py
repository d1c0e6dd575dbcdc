"""Zeros: divisions by them, and logarithms of them."""

from wrong_programs.program import Program, Wrong

PRODUCT = Program(
    "row_product",
    """\
import numpy as np


class Prod:
    def forward(self, x: "N D"):
        self.x = x
        return np.prod(x, axis=1)

    def backward(self, grad):
        x = self.x
        rest = np.stack([np.prod(np.delete(x, j, axis=1), axis=1) for j in range(x.shape[1])], axis=1)
        return grad[:, None] * rest
""",
)

EMPTY_MASK = Program(
    "masked_average_of_rows",
    """\
import numpy as np

from gradcheck import Array, bits


def average_forward(x: "B T D", mask: Array("B T", bits())):
    n = mask.sum(axis=1)
    total = np.einsum("btd,bt->bd", x, mask)
    return total / np.maximum(n, 1)[:, None], (mask, n)


def average_backward(dout, cache):
    mask, n = cache
    weight = mask / np.maximum(n, 1)[:, None]
    return dout[:, None, :] * weight[:, :, None], None
""",
)

SMOOTH_NORM = Program(
    "smooth_norm_quotient",
    """\
import numpy as np

from gradcheck import Array, adapt, real


def smooth_norm(x):
    # x^2 / (1 + |x|), which is smooth at zero
    a = np.abs(x)
    return x * x / (1 + a), (x, a)


def smooth_norm_back(dy, cache):
    x, a = cache
    return dy * (2 * x + x * a) / (1 + a) ** 2


op = adapt(smooth_norm, smooth_norm_back, name="smooth_norm", x=Array("N D", real(5)))
""",
)

POWER_OF_INPUTS = Program(
    "learned_exponent",
    """\
import numpy as np

from gradcheck import Array, adapt, real


def pow_forward(x, p):
    # x >= 0, and an exponent above one that is learned for each feature
    return x ** p, (x, p)


def pow_backward(dy, cache):
    x, p = cache
    log_x = np.log(np.where(x > 0, x, 1.0))
    return dy * p * x ** (p - 1), np.sum(dy * x ** p * log_x, axis=0)


op = adapt(pow_forward, pow_backward, name="pow", x=Array("N D", real(0, 4)), p=Array("D", real(2, 4)))
""",
)

SURPRISE = Program(
    "weighted_surprise",
    """\
import numpy as np

from gradcheck import Array, adapt, real


def surprise(x, w):
    # w * x^2 * log(x), zero at x = 0
    safe = np.where(x > 0, x, 1.0)
    return w * x ** 2 * np.log(safe), (x, w, safe)


def surprise_grad(dy, cache):
    x, w, safe = cache
    dw = dy * x ** 2 * np.log(safe)
    dx = dy * w * x * (2 * np.log(safe) + 1)
    return dx, dw


op = adapt(surprise, surprise_grad, name="surprise", x=Array("N D", real(0, 6)), w="N D")
""",
)

POISSON = Program(
    "count_deviance",
    """\
import numpy as np

from gradcheck import Array, adapt, bits, real


class Deviance:
    # scale * (t log t - t z + exp(z)) for counts t, where 0 log 0 = 0
    def __init__(self, scale):
        self.scale = scale

    def forward(self, z, t):
        self.z, self.t = z, t
        return self.scale * (t * np.log(np.maximum(t, 1)) - t * z + np.exp(z))

    def backward(self, dy):
        z, t = self.z, self.t
        entropy = t * np.log(np.maximum(t, 1))
        self.dscale = np.sum(dy * (entropy - t * z + np.exp(z)), axis=0)
        return dy * self.scale * (np.exp(z) - t), None


op = adapt(Deviance, name="deviance", z=Array("N D", real(4)), t=Array("N D", bits()), scale="D")
""",
)

WRONGS = (
    Wrong(
        "division-by-zero", PRODUCT, "return grad[:, None] * rest", "return (grad * np.prod(x, axis=1))[:, None] / x"
    ),
    Wrong("division-by-zero", EMPTY_MASK, "weight = mask / np.maximum(n, 1)[:, None]", "weight = mask / n[:, None]"),
    Wrong(
        "division-by-zero",
        SMOOTH_NORM,
        "dy * (2 * x + x * a) / (1 + a) ** 2",
        "dy * (2 * x * (1 + a) - x * x * x / a) / (1 + a) ** 2",
    ),
    Wrong("logarithm-of-zero", POWER_OF_INPUTS, "np.log(np.where(x > 0, x, 1.0))", "np.log(x)"),
    Wrong("logarithm-of-zero", SURPRISE, "dw = dy * x ** 2 * np.log(safe)", "dw = dy * x ** 2 * np.log(x)"),
    Wrong("logarithm-of-zero", POISSON, "entropy = t * np.log(np.maximum(t, 1))", "entropy = t * np.log(t)"),
)
"""Wrong programs of these causes."""
