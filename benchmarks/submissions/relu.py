"""Rectified linear units, by themselves and after an affine layer."""

from submissions.piece import GRADIENT, VALUE, Style, make_mistake

ROWS = ("relu",)
MAXIMUM = Style(
    "maximum",
    ROWS,
    """\
def relu_forward(x):
    out = np.maximum(0, x)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    dx, x = None, cache
    dx = dout * (x > 0)
    return dx
""",
)
MASK = Style(
    "mask",
    ROWS,
    """\
def relu_forward(x):
    mask = x > 0
    return x * mask, (x, mask)


def relu_backward(dout, cache):
    _, mask = cache
    dx = np.zeros_like(dout)
    dx[mask] = dout[mask]
    return dx
""",
)
WHERE = Style(
    "where",
    ROWS,
    """\
def relu_forward(x):
    out = np.where(x < 0, 0.0, x)
    return out, {"out": out.copy()}


def relu_backward(dout, cache):
    return np.where(cache["out"] > 0, dout, 0.0)
""",
)
COPIED = Style(
    "a copy that is written to",
    ROWS,
    """\
def relu_forward(x):
    out = np.array(x)
    out[out < 0] = 0
    return out, [x]


def relu_backward(dout, cache):
    x = cache[0]
    dx = dout.copy()
    dx[x <= 0] = 0
    return dx
""",
)
ABSOLUTE = Style(
    "half of x and its size",
    ROWS,
    """\
relu = lambda z: (z + np.abs(z)) / 2
relu_slope = lambda z: (z >= 0).astype(float)


def relu_forward(x):
    return relu(x), x


def relu_backward(dout, cache):
    return np.multiply(relu_slope(cache), dout)
""",
)
SANDWICH = Style(
    "sandwich",
    ("affine_relu",),
    """\
def affine_relu_forward(x, w, b):
    a, fc_cache = affine_forward(x, w, b)
    out, relu_cache = relu_forward(a)
    cache = (fc_cache, relu_cache)
    return out, cache


def affine_relu_backward(dout, cache):
    fc_cache, relu_cache = cache
    da = relu_backward(dout, relu_cache)
    dx, dw, db = affine_backward(da, fc_cache)
    return dx, dw, db
""",
    ("affine", "relu"),
)
STYLES = (MAXIMUM, MASK, WHERE, COPIED, ABSOLUTE, SANDWICH)
MISTAKES = (
    make_mistake("mask returned", MAXIMUM, GRADIENT, ("dx = dout * (x > 0)", "dx = (x > 0) * 1.0")),
    make_mistake("mask of the upstream", MAXIMUM, GRADIENT, ("dout * (x > 0)", "dout * (dout > 0)")),
    make_mistake("a branch of the input", MAXIMUM, GRADIENT, ("dout * (x > 0)", "dout * (x > 0) * x")),
    make_mistake("leaky", MAXIMUM, VALUE, ("np.maximum(0, x)", "np.maximum(0.01 * x, x)")),
    make_mistake("opposite mask", COPIED, GRADIENT, ("dx[x <= 0] = 0", "dx[x > 0] = 0")),
    make_mistake("size for value", WHERE, VALUE, ("np.where(x < 0, 0.0, x)", "np.abs(x)")),
    make_mistake("upstream of one element", WHERE, GRADIENT, ("> 0, dout, 0.0)", "> 0, dout.sum(), 0.0)")),
    make_mistake("backwards exchanged", SANDWICH, GRADIENT, ("relu_backward(dout, relu_cache)", "dout")),
)
