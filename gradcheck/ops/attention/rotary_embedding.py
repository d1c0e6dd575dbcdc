"""Rotary position embedding: each pair of features is turned by the angle t base^(-i / D), t the time and i its number.

x: (N, *S, T, 2*D) → y of the same shape.  layout: pairs are neighbours, (x_2i, x_2i+1), as in the paper, or half the
features apart, (x_i, x_{i+D}), as in GPT-NeoX and Llama.  Angles are computed in float64 whatever x is.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def rotate(x: Values, angles: Values, layout: str) -> Values:
    """Every pair turned by its angle, (T, D)."""
    cos, sin = np.cos(angles).astype(x.dtype), np.sin(angles).astype(x.dtype)
    first, second = (x[..., ::2], x[..., 1::2]) if layout == "interleaved" else np.split(x, 2, axis=-1)
    turned = first * cos - second * sin, first * sin + second * cos
    if layout == "interleaved":
        return np.stack(turned, axis=-1).reshape(x.shape)
    return np.concatenate(turned, axis=-1)


def forward(x: Values, layout: str, base: float) -> tuple[Values, tuple[Values, str]]:
    """The pairs turned, and by which angles."""
    length, pairs = x.shape[-2], x.shape[-1] // 2
    angles = np.arange(length)[:, None] * base ** (-np.arange(pairs) / pairs)
    return rotate(x, angles, layout), (angles, layout)


def backward(dy: Values, cache: tuple[Values, str]) -> Values:
    """The upstream turned back: the transpose of a rotation is its inverse."""
    angles, layout = cache
    return rotate(dy, -angles, layout)


def reference(x: Any, layout: str, base: float) -> Any:
    """x cos + (x with the partner of each feature in its place) sin, the first partner of a pair negated."""
    xp, pairs = namespace(x), x.shape[-1] // 2
    times, numbers = (xp.astype(xp.arange(n), x.dtype) for n in (x.shape[-2], pairs))
    angles = times[:, None] * base ** (-numbers / pairs)
    if layout == "interleaved":
        apart = xp.reshape(x, (*x.shape[:-1], pairs, 2))
        partners = xp.stack([-apart[..., 1], apart[..., 0]], axis=-1)
        turned = apart * xp.cos(angles)[..., None] + partners * xp.sin(angles)[..., None]
        return xp.reshape(turned, x.shape)
    partners = xp.concat([-x[..., pairs:], x[..., :pairs]], axis=-1)
    twice = xp.concat([angles, angles], axis=-1)
    return x * xp.cos(twice) + partners * xp.sin(twice)


rotary_embedding = Op(
    "rotary_embedding",
    forward,
    backward,
    reference,
    inputs={"x": Array("N *S T 2*D")},
    settings={"layout": choice("interleaved", "half"), "base": choice(10000.0, 100.0)},
    batch="N",
    formula="(y_i, y'_i) = (x_i cos a - x'_i sin a, x_i sin a + x'_i cos a), a = t base^(-i / D)",
    source="Su et al. 2021, RoFormer, section 3.4.2; the half layout as in GPT-NeoX",
)
