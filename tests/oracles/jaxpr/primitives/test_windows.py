"""Convolutions and reductions of windows in NumPy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from tests.lanes import mark_most_slow
from tests.oracles.jaxpr.primitives.agreement import (
    Draw,
    assert_agreement,
    each,
    names_with_gradients,
    with_gradients,
)

draw = Draw()
numbers = draw.numbers

X1, W1 = numbers(2, 4, 9), numbers(6, 4, 3)
X2, W2 = numbers(2, 4, 7, 8), numbers(6, 4, 3, 2)
SAME = ((1, 1), (0, 1))


def conv(dtype=np.float64, **settings):
    """A convolution in two dimensions, NCHW."""
    settings = {"window_strides": (1, 1), "padding": "VALID"} | settings
    groups = settings.get("feature_group_count", 1)
    w = W2[:, : 4 // groups]
    return lambda x, w: lax.conv_general_dilated(x, w, **settings), (X2.astype(dtype), w.astype(dtype))


CASES = {
    "convolution": conv(),
    "convolution, float32": conv(np.float32),
    "convolution, strided and padded": conv(window_strides=(2, 3), padding=SAME),
    "convolution, cropped": conv(padding=((-1, 2), (1, -2))),
    "convolution, the same size": conv(padding="SAME", window_strides=(2, 1)),
    "convolution, dilated": conv(rhs_dilation=(2, 3), padding=SAME),
    "convolution, transposed": conv(lhs_dilation=(2, 3), padding=((2, 2), (1, 1))),
    "convolution, everything": conv(
        lhs_dilation=(2, 1), rhs_dilation=(1, 2), padding=SAME, window_strides=(3, 2), feature_group_count=2
    ),
    "convolution, grouped": conv(feature_group_count=2),
    "convolution, depthwise, float32": conv(np.float32, feature_group_count=2, window_strides=(2, 2)),
    "convolution, grouped by batch": conv(batch_group_count=2),
    "convolution, kernel too large": conv(rhs_dilation=(4, 1)),
    "convolution, channels last": (
        lambda x, w: lax.conv_general_dilated(x, w, (1, 2), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")),
        (numbers(2, 5, 6, 3), numbers(3, 2, 3, 4)),
    ),
    "convolution, mixed layout": (
        lambda x, w: lax.conv_general_dilated(x, w, (1, 1), "VALID", dimension_numbers=("HWCN", "OHWI", "CNWH")),
        (numbers(5, 6, 3, 2), numbers(4, 3, 2, 3)),
    ),
    "convolution, one dimension": (lambda x, w: lax.conv_general_dilated(x, w, (2,), [(1, 2)]), (X1, W1)),
    "convolution, no dimension": (lambda x, w: lax.conv_general_dilated(x, w, (), []), (X1[..., 0], W1[..., 0])),
    "convolution, three dimensions": (
        lambda x, w: lax.conv_general_dilated(x, w, (1, 1, 2), "SAME"),
        (numbers(1, 2, 3, 4, 5), numbers(2, 2, 2, 2, 2)),
    ),
    "convolution of nothing": (
        lambda x, w: lax.conv_general_dilated(x, w, (1, 1), "SAME"),
        (numbers(0, 4, 5, 5), W2),
    ),
    "convolution of whole numbers": (
        lambda i, j: lax.conv_general_dilated(i, j, (1,), [(1, 1)], preferred_element_type=jnp.int32),
        (np.full((1, 2, 5), 100, np.int8), np.full((1, 2, 3), 100, np.int8)),
    ),
    "convolution, wider": (
        lambda x, w: lax.conv_general_dilated(x, w, (1,), [(1, 1)], preferred_element_type=jnp.float64),
        (X1.astype(np.float32), W1.astype(np.float32)),
    ),
    "convolve": (lambda x, y: (jnp.convolve(x, y), jnp.correlate(x, y, "same")), (numbers(7), numbers(3))),
}

POOL = {
    "valid": ((2, 2), (2, 2), "VALID"),
    "overlapping": ((3, 2), (1, 1), ((1, 1), (0, 1))),
    "same": ((3, 3), (2, 2), "SAME"),
    "larger than the image": ((9, 1), (1, 1), "VALID"),
}


def pooled(start, combine, sizes, strides, padding, **settings):
    """A reduction of windows of an image."""
    sides = padding if isinstance(padding, str) else ((0, 0), (0, 0), *padding)
    return lambda x: lax.reduce_window(
        x, x.dtype.type(start), combine, (1, 1, *sizes), (1, 1, *strides), sides, **settings
    )


TIES = np.array(np.sign(X2) + np.sign(X2[:, ::-1]))

CASES |= {
    f"{name} pooling, {window}": each(pooled(start, combine, *POOL[window]), (X2,), (TIES,), (X2.astype(np.float32),))
    for name, (start, combine) in {
        "sum": (0, lax.add),
        "largest": (-np.inf, lax.max),
        "smallest": (np.inf, lax.min),
    }.items()
    for window in POOL
}

DILATED = {"window_dilation": (1, 1, 2, 1), "base_dilation": (1, 1, 1, 2)}
TANGENTS = numbers(*X2.shape)

CASES |= {
    "sum pooling, dilated": (pooled(0, lax.add, *POOL["overlapping"], **DILATED), (X2,)),
    "max pooling, dilated": (pooled(-np.inf, lax.max, *POOL["overlapping"], **DILATED), (X2,)),
    "the tangent of max pooling": (
        lambda x, t: jax.jvp(pooled(-np.inf, lax.max, *POOL["overlapping"]), (x,), (t,))[1],
        (TIES if jax.__version_info__ < (0, 12) else X2, TANGENTS),  # XLA takes another of the equal ones since then
    ),
    "the tangent of dilated min pooling": (
        lambda x, t: jax.jvp(pooled(np.inf, lax.min, *POOL["overlapping"], **DILATED), (x,), (t,))[1],
        (TIES, TANGENTS),
    ),
}

NO_GRADIENT = {
    "convolution, wider": "JAX 0.8 has none",
    "max pooling, dilated": "JAX has none",
    "the tangent of dilated min pooling": "JAX has none",
}
"""Cases whose gradients are not compared, and why."""

MOVING = names_with_gradients(CASES, NO_GRADIENT)


@pytest.mark.parametrize("name", mark_most_slow(CASES, 10))
def test_numpy_computes_what_xla_computes(name):
    f, arguments = CASES[name]
    assert assert_agreement(f, arguments).foreign == set()


@pytest.mark.parametrize("name", mark_most_slow(MOVING, 20))
def test_numpy_computes_the_gradients_that_xla_computes(name):
    f, arguments = CASES[name]
    assert_agreement(with_gradients(f, arguments), arguments)
