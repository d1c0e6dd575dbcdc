"""Code that computes in float32, float16 or bfloat16 inside, though what comes in and goes out is float64."""

import ml_dtypes
import numpy as np

from right_programs.program import Program

HALF, BRAIN = np.float16, ml_dtypes.bfloat16


def tanh_float32_forward(x):
    x = x.astype(np.float32)
    return np.tanh(x), x


def tanh_float32_backward(dy, x):
    return dy * (1 - np.tanh(x) ** 2)


def tanh_float32_backward_doubled(dy, x):
    return 2 * dy * (1 - np.tanh(x) ** 2)


def affine_float32_forward(x, w, b):
    y = x.astype(np.float32) @ w.astype(np.float32) + b.astype(np.float32)
    return y.astype(np.float64), (x.astype(np.float32), w.astype(np.float32))


def affine_float32_backward(dy, cache):
    x, w = cache
    d = dy.astype(np.float32)
    return tuple(g.astype(np.float64) for g in (d @ w.T, x.T @ d, d.sum(axis=0)))


def affine_float32_backward_averaged(dy, cache):
    dx, dw, db = affine_float32_backward(dy, cache)
    return dx, dw, db / len(dy)


def tanh_half_forward(x):
    y = np.tanh(x.astype(HALF))
    return y.astype(np.float64), y


def tanh_half_backward(dy, y):
    return (dy.astype(HALF) * (HALF(1) - y * y)).astype(np.float64)


def tanh_half_backward_doubled(dy, y):
    return 2 * tanh_half_backward(dy, y)


def affine_half_forward(x, w):
    a, b = x.astype(HALF), w.astype(HALF)
    return (a @ b).astype(np.float64), (a, b)


def affine_half_backward(dy, cache):
    a, b = cache
    d = dy.astype(HALF)
    return (d @ b.T).astype(np.float64), (a.T @ d).astype(np.float64)


def affine_half_backward_exchanged(dy, cache):
    a, b = cache
    d = dy.astype(HALF)
    return (d @ b.T).astype(np.float64), 2 * (a.T @ d).astype(np.float64)


def square_brain_forward(x):
    h = x.astype(BRAIN)
    return (h * h).astype(np.float64), h


def square_brain_backward(dy, h):
    return (dy.astype(BRAIN) * h * BRAIN(2)).astype(np.float64)


def square_brain_backward_half(dy, h):
    return (dy.astype(BRAIN) * h).astype(np.float64)


def autocast_forward(x, w):
    """Rounds its factors to bfloat16 and adds up in float32, as autocast and Pallas kernels do."""
    a, b = x.astype(BRAIN).astype(np.float32), w.astype(BRAIN).astype(np.float32)
    return (a @ b).astype(np.float64), (a, b)


def autocast_backward(dy, cache):
    a, b = cache
    d = dy.astype(BRAIN).astype(np.float32)
    return (d @ b.T).astype(np.float64), (a.T @ d).astype(np.float64)


def autocast_backward_without_sum(dy, cache):
    a, b = cache
    d = dy.astype(BRAIN).astype(np.float32)
    return (d @ b.T).astype(np.float64), (a.T @ d).astype(np.float64) / max(len(d), 1)


def half_gradient_forward(x):
    return np.sin(x), x


def half_gradient_backward(dy, x):
    """A forward of float64 and a backward that is rounded to float16 at its end, as compressed gradients are."""
    return (dy * np.cos(x)).astype(HALF).astype(np.float64)


def half_gradient_backward_doubled(dy, x):
    return 2 * half_gradient_backward(dy, x)


def sigmoid_list_float32_forward(x):
    y = np.array([[np.float32(1) / (np.float32(1) + np.exp(np.float32(-v))) for v in row] for row in x])
    return y.reshape(x.shape), y.reshape(x.shape)


def sigmoid_list_float32_backward(dy, y):
    return dy * y * (1 - y)


LOW = "the code computes in float32, float16 or bfloat16, and is told so"
LAWS = ("value", "gradient", "linearity", "extremes", "kinks", "layout", "batching", "precision", "contract", "purity")
EXPLAINED = dict.fromkeys(LAWS, LOW)

PROGRAMS = (
    Program(
        "tanh in float32",
        (tanh_float32_forward, tanh_float32_backward),
        {"x": "N D"},
        "student code",
        EXPLAINED,
        {"doubled": (tanh_float32_forward, tanh_float32_backward_doubled)},
    ),
    Program(
        "affine in float32",
        (affine_float32_forward, affine_float32_backward),
        {"x": "N D", "w": "D M", "b": "M"},
        "Pallas kernels",
        EXPLAINED,
        {"bias averaged": (affine_float32_forward, affine_float32_backward_averaged)},
    ),
    Program(
        "sigmoid of float32 in lists",
        (sigmoid_list_float32_forward, sigmoid_list_float32_backward),
        {"x": "N D"},
        "student code",
        EXPLAINED,
    ),
    Program(
        "tanh in float16",
        (tanh_half_forward, tanh_half_backward),
        {"x": "N D"},
        "torch functions that cast",
        EXPLAINED,
        {"doubled": (tanh_half_forward, tanh_half_backward_doubled)},
    ),
    Program(
        "affine in float16",
        (affine_half_forward, affine_half_backward),
        {"x": "N D", "w": "D M"},
        "mixed precision code",
        EXPLAINED,
        {"dw doubled": (affine_half_forward, affine_half_backward_exchanged)},
    ),
    Program(
        "square in bfloat16",
        (square_brain_forward, square_brain_backward),
        {"x": "N D"},
        "Pallas kernels",
        EXPLAINED,
        {"2 missing": (square_brain_forward, square_brain_backward_half)},
    ),
    Program(
        "product of factors in bfloat16",
        (autocast_forward, autocast_backward),
        {"x": "N D", "w": "D M"},
        "torch.autocast",
        EXPLAINED,
        {"dw averaged": (autocast_forward, autocast_backward_without_sum)},
    ),
    Program(
        "gradient rounded to float16",
        (half_gradient_forward, half_gradient_backward),
        {"x": "N D"},
        "gradient compression code",
        EXPLAINED,
        {"doubled": (half_gradient_forward, half_gradient_backward_doubled)},
    ),
)
