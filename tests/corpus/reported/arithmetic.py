"""Functions of two variables: broadcasting undone wrongly, and wrong partial derivatives."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import nonzero
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.arithmetic.add import add
from gradcheck.ops.arithmetic.broadcasting import unbroadcast
from gradcheck.ops.arithmetic.multiply import multiply
from gradcheck.ops.pointwise.activations import logistic
from tests.corpus.corpus import Fault


def add_unreduced(dz, shapes):
    return dz.copy(), dz.copy()


def multiply_unreduced(dz, cache):
    x, y = cache
    return dz * y, dz * x


def unbroadcast_by_stale_axes(dy, shape):
    """The axes are counted in dy, though its first ones are summed away by then."""
    added = dy.ndim - len(shape)
    rest = dy.sum(axis=tuple(range(added)))
    for axis, length in enumerate(shape, start=added):
        if length == 1:
            rest = rest.sum(axis=axis, keepdims=True)
    return rest


def add_by_stale_axes(dz, shapes):
    return tuple(unbroadcast_by_stale_axes(dz, shape) for shape in shapes)


def inner_forward(x, y):
    return np.sum(x * y), (x, y)


def inner_backward(dz, cache):
    x, y = cache
    full = np.broadcast_shapes(x.shape, y.shape)
    return tuple(unbroadcast(np.broadcast_to(dz * b, full), a.shape) for a, b in ((x, y), (y, x)))


def in_the_shape_of_the_other(dz, cache):
    x, y = cache
    return dz * y, dz * x


inner = Op(
    "einsum i,i",
    inner_forward,
    inner_backward,
    lambda x, y: namespace(x).sum(x * y),
    inputs={"x": Array("*#S"), "y": Array("*#S")},
    outputs=("z",),
)


def gate(name, value, slopes, reference, domain):
    """A gate of two inputs, broadcast: value(x, y) -> z, slopes(x, y) -> (dz/dx, dz/dy)."""

    def forward(x, y):
        return value(x, y), (x, y)

    def backward(dz, cache):
        return tuple(unbroadcast(dz * s, a.shape) for s, a in zip(slopes(*cache), cache, strict=True))

    inputs = (
        {"x": Array("*#S", domain), "y": Array("*#S", domain)} if domain else {"x": Array("*#S"), "y": Array("*#S")}
    )
    return Op(name, forward, backward, reference, inputs=inputs, outputs=("z",))


def logaddexp(slopes):
    """log(e^x + e^y)."""
    reference = lambda x, y: namespace(x).log(namespace(x).exp(x) + namespace(x).exp(y))  # noqa: E731
    return gate("logaddexp", np.logaddexp, slopes, reference, None)


def through_max_and_abs(x, y):
    """The slopes of max(x, y) + log1p(e^-|x-y|), each of which is 0 where x is y."""
    share = np.sign(x - y) * logistic(-np.abs(x - y))
    return (x > y) - share, (y > x) + share


def hypot(slopes):
    """√(x² + y²)."""
    return gate("hypot", np.hypot, slopes, lambda x, y: namespace(x).sqrt(x * x + y * y), nonzero())


def atan2(slopes):
    """The angle of the point (y, x)."""
    return gate("atan2", np.arctan2, slopes, lambda x, y: namespace(x).atan2(x, y), nonzero())


def over_hypot(x, y):
    return x / np.hypot(x, y), y / np.hypot(x, y)


def atan2_slopes(x, y):
    return y / (x * x + y * y), -x / (x * x + y * y)


FAULTS = (
    Fault(
        "add: no sum over the broadcast axes",
        replace(add, backward=add_unreduced),
        add,
        ("contract",),
        "shapes that differ",
        "nd4j#2424, tvm#2465, burn#181",
    ),
    Fault(
        "multiply: no sum over the broadcast axes",
        replace(multiply, backward=multiply_unreduced),
        multiply,
        ("contract",),
        "shapes that differ",
        "tt-metal#40008",
    ),
    Fault(
        "unbroadcast: axes counted before the prepended ones were removed",
        replace(add, backward=add_by_stale_axes),
        add,
        ("contract",),
        "ranks that differ",
        "Odyssey#2080",
    ),
    Fault(
        "einsum: the gradient has the other operand's shape",
        replace(inner, backward=in_the_shape_of_the_other),
        inner,
        ("contract",),
        "an axis of length one beside a longer one",
        "autograd#376",
    ),
    Fault(
        "logaddexp: 0 instead of 1/2",
        logaddexp(through_max_and_abs),
        logaddexp(lambda x, y: (logistic(x - y), logistic(y - x))),
        ("gradient",),
        "x == y",
        "jax#2107",
    ),
    Fault(
        "hypot: the two derivatives are exchanged",
        hypot(lambda x, y: over_hypot(y, x)),
        hypot(over_hypot),
        ("gradient",),
        "any",
        "ChainRules.jl#55, ChainRules.jl#74",
    ),
    Fault(
        "atan2: divided by the hypotenuse instead of its square",
        atan2(lambda x, y: (y / np.hypot(x, y), x / np.hypot(x, y))),
        atan2(atan2_slopes),
        ("gradient",),
        "any",
        "ChainRules.jl#79",
    ),
)
