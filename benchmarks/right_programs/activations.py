"""Activations: naive and stable formulas, plateaus, constants of float32, loops over floats."""

import math

import numpy as np
from scipy.special import erf

from right_programs.program import Program


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def naive_sigmoid_forward(x):
    y = 1.0 / (1.0 + np.exp(-x))
    return y, y


def naive_sigmoid_backward(dy, y):
    return dy * y * (1 - y)


def sigmoid_by_output_slope(dy, y):
    return dy * naive_sigmoid_forward(y)[0] * (1 - naive_sigmoid_forward(y)[0])


def masked_sigmoid_forward(x):
    y = np.empty_like(x)
    right = x >= 0
    y[right] = 1 / (1 + np.exp(-x[right]))
    e = np.exp(x[~right])
    y[~right] = e / (1 + e)
    return y, y


def softplus(x):
    return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)


def stable_sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + e), e / (1 + e))


def mish_forward(x):
    return x * np.tanh(softplus(x)), x


def mish_backward(dy, x):
    t = np.tanh(softplus(x))
    return dy * (t + x * (1 - t * t) * stable_sigmoid(x))


def mish_backward_without_sigmoid(dy, x):
    t = np.tanh(softplus(x))
    return dy * (t + x * (1 - t * t))


def rational_mish_forward(x):
    """thinc's way: tanh(softplus(x)) as a quotient of powers of 1 + exp(x), cut off where that overflows."""
    squared = np.square(1 + np.exp(np.minimum(x, 20)))
    return np.where(x >= 20, x, x * (squared - 1) / (squared + 1)), x


def rational_mish_backward(dy, x):
    clipped = np.minimum(x, 20)
    e = np.exp(clipped)
    delta = np.square(e + 1) + 1
    omega = e * (4 * (clipped + 1) + 4 * e**2 + e**3 + e * (4 * clipped + 6))
    return dy * np.where(x >= 20, 1.0, omega / delta**2)


def rational_mish_backward_wrong(dy, x):
    clipped = np.minimum(x, 20)
    e = np.exp(clipped)
    delta = np.square(e + 1) + 1
    omega = e * (4 * (clipped + 1) + 4 * e**2 + e**3 + e * (4 * clipped + 4))
    return dy * np.where(x >= 20, 1.0, omega / delta**2)


def naive_softplus_forward(x):
    return np.log(1 + np.exp(x)), x


def softplus_backward(dy, x):
    return dy * stable_sigmoid(x)


C = math.sqrt(2 / math.pi)


def gelu_forward(x):
    return 0.5 * x * (1 + np.tanh(C * (x + 0.044715 * x**3))), x


def gelu_backward(dy, x):
    t = np.tanh(C * (x + 0.044715 * x**3))
    return dy * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * C * (1 + 3 * 0.044715 * x**2))


def gelu_backward_of_the_exact_one(dy, x):
    return dy * (0.5 * (1 + erf(x / math.sqrt(2))) + x * np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi))


def exact_gelu_forward(x):
    return 0.5 * x * (1 + erf(x / np.sqrt(2))), x


def exact_gelu_backward(dy, x):
    cdf = 0.5 * (1 + erf(x / np.sqrt(2)))
    return dy * (cdf + x * np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi))


def elu_forward(x):
    y = np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)
    return y, (x, y)


def elu_backward(dy, cache):
    x, y = cache
    return dy * np.where(x > 0, 1, y + 1)


def elu_backward_by_value(dy, cache):
    x, y = cache
    return dy * np.where(x > 0, 1, y)


SCALE, ALPHA = np.float32(1.0507009873554805), np.float32(1.6732632423543772)


def selu_forward(x):
    return SCALE * np.where(x > 0, x, ALPHA * np.expm1(np.minimum(x, 0))), x


def selu_backward(dy, x):
    return dy * SCALE * np.where(x > 0, np.float32(1), ALPHA * np.exp(np.minimum(x, 0)))


def leaky_in_lists_forward(x):
    rows = [[float(v) if v > 0 else 0.01 * float(v) for v in row] for row in x]
    return np.array(rows).reshape(x.shape), x


def leaky_in_lists_backward(dy, x):
    slopes = [[1.0 if v > 0 else 0.01 for v in row] for row in x.tolist()]
    return np.array([[s * d for s, d in zip(*both, strict=True)] for both in zip(slopes, dy.tolist(), strict=True)])


def leaky_in_lists_backward_wrong(dy, x):
    slopes = [[1.0 if v > 0 else 0.1 for v in row] for row in x.tolist()]
    return np.array([[s * d for s, d in zip(*both, strict=True)] for both in zip(slopes, dy.tolist(), strict=True)])


def swish_forward(x, beta):
    s = stable_sigmoid(beta * x)
    return x * s, (x, beta, s)


def swish_backward(dy, cache):
    x, beta, s = cache
    slope = x * s * (1 - s)
    return dy * (s + beta * slope), np.sum(dy * x * slope, axis=0)


def swish_backward_wrong(dy, cache):
    x, beta, s = cache
    slope = x * s * (1 - s)
    return dy * (s + slope), np.sum(dy * x * slope, axis=0)


def hard_swish_forward(x):
    return x * np.clip(x + 3, 0, 6) / 6, x


def hard_swish_backward(dy, x):
    return dy * np.where(x <= -3, 0.0, np.where(x >= 3, 1.0, (2 * x + 3) / 6))


def tanh_by_exponentials_forward(x):
    a, b = np.exp(x), np.exp(-x)
    y = (a - b) / (a + b)
    return y, y


def tanh_by_exponentials_backward(dy, y):
    return dy * (1 - y**2)


class PReLU:
    def __init__(self, a):
        self.a = a

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.a * x)

    def backward(self, dout):
        self.da = np.sum(dout * np.where(self.x > 0, 0, self.x), axis=0)
        return dout * np.where(self.x > 0, 1, self.a)


EXTREMES = "exp overflows at 1e3 as every naive formula does; no domain was declared"

PROGRAMS = (
    Program(
        "naive sigmoid",
        (naive_sigmoid_forward, naive_sigmoid_backward),
        {"x": "N D"},
        "CS231n notes",
        wrong={"slope of the output": (naive_sigmoid_forward, sigmoid_by_output_slope)},
    ),
    Program(
        "sigmoid by masked assignment",
        (masked_sigmoid_forward, naive_sigmoid_backward),
        {"x": "N D"},
        "scikit-learn and course forums",
    ),
    Program(
        "mish",
        (mish_forward, mish_backward),
        {"x": "N D"},
        "Misra 2019",
        wrong={"slope of softplus missing": (mish_forward, mish_backward_without_sigmoid)},
    ),
    Program(
        "mish as a quotient",
        (rational_mish_forward, rational_mish_backward),
        {"x": "N D"},
        "thinc, backends/ops.py",
        wrong={"4 for 6 in omega": (rational_mish_forward, rational_mish_backward_wrong)},
    ),
    Program(
        "naive softplus",
        (naive_softplus_forward, softplus_backward),
        {"x": "N D"},
        "numpy-ml, activations",
        {"extremes": EXTREMES},
    ),
    Program(
        "gelu by tanh",
        (gelu_forward, gelu_backward),
        {"x": "N D"},
        "GPT-2",
        wrong={"slope of the exact one": (gelu_forward, gelu_backward_of_the_exact_one)},
    ),
    Program("gelu by erf", (exact_gelu_forward, exact_gelu_backward), {"x": "N D"}, "Hendrycks & Gimpel 2016"),
    Program(
        "elu",
        (elu_forward, elu_backward),
        {"x": "N D"},
        "MyGrad, nnet/activations",
        wrong={"value for slope": (elu_forward, elu_backward_by_value)},
    ),
    Program("selu with constants of float32", (selu_forward, selu_backward), {"x": "N D"}, "Klambauer et al. 2017"),
    Program(
        "leaky relu in lists",
        (leaky_in_lists_forward, leaky_in_lists_backward),
        {"x": "N D"},
        "micrograd-like student code",
        wrong={"another slope": (leaky_in_lists_forward, leaky_in_lists_backward_wrong)},
    ),
    Program(
        "swish with a learned slope",
        (swish_forward, swish_backward),
        {"x": "N D", "beta": "D"},
        "Ramachandran et al. 2017",
        wrong={"beta missing": (swish_forward, swish_backward_wrong)},
    ),
    Program("hard swish", (hard_swish_forward, hard_swish_backward), {"x": "N D"}, "MobileNetV3"),
    Program(
        "tanh by exponentials",
        (tanh_by_exponentials_forward, tanh_by_exponentials_backward),
        {"x": "N D"},
        "course notes",
        {"extremes": EXTREMES},
    ),
    Program("prelu as a class", (PReLU,), {"x": "N D", "a": "D"}, "CS231n-like class code"),
)
