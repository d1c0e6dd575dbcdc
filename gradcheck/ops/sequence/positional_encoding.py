"""Sinusoidal positional encoding, added: y = x + p, p[t, 2i] = sin(t base^(-i / D)), p[t, 2i+1] = cos(t base^(-i / D)).

x: (N, T, 2*D) → y: (N, T, 2*D).  Angles are computed in float64 whatever x is.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def forward(x: Values, base: float) -> tuple[Values, None]:
    """The input, and at each time a sine and a cosine of every wavelength."""
    _, length, features = x.shape
    angles = np.arange(length)[:, None] * base ** (-np.arange(0, features, 2) / features)
    waves = np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(length, features)
    return x + waves.astype(x.dtype), None


def backward(dy: Values, cache: None) -> Values:
    """The upstream as it is: what is added depends on no input."""
    return np.array(dy)


def reference(x: Any, base: float) -> Any:
    """The formulas of the paper, the features in pairs."""
    xp, pairs = namespace(x), x.shape[2] // 2
    times, numbers = (xp.astype(xp.arange(n), x.dtype) for n in (x.shape[1], pairs))
    angles = times[:, None] / base ** (numbers / pairs)
    apart = xp.reshape(x, (*x.shape[:2], pairs, 2))
    waves = xp.concat([xp.sin(angles)[..., None], xp.cos(angles)[..., None]], axis=-1)
    return xp.reshape(apart + waves, x.shape)


positional_encoding = Op(
    "positional_encoding",
    forward,
    backward,
    reference,
    inputs={"x": Array("N T 2*D")},
    settings={"base": choice(10000.0, 100.0)},
    batch="N",
    formula="y = x + p, p[t, 2i] = sin(t base^(-i / D)), p[t, 2i+1] = cos(t base^(-i / D))",
    source="Vaswani et al. 2017, section 3.5",
    aliases={"CS231n": "PositionalEncoding", "thinc": "position_encode"},
)
