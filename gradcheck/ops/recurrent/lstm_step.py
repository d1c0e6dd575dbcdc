"""One step of a long short-term memory.

z = x wx + h wh + b; i, f, o = σ of its first three blocks, g = tanh of the fourth; c' = f c + i g; h' = o tanh c'.
x: (N, D), h: (N, H), c: (N, H), wx: (D, 4*H), wh: (H, 4*H), b: (4*H,) → h', c': (N, H).
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def sigmoid(z: Values) -> Values:
    """1 / (1 + e^-z) without overflow: the exponential is taken of -|z| alone."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def forward(x: Values, h: Values, c: Values, wx: Values, wh: Values, b: Values) -> tuple[tuple[Values, Values], Any]:
    """The next hidden state and cell, and the gates that backward needs."""
    z = x @ wx + h @ wh + b
    i, f, o, g, slopes = open_gates(z)
    after = f * c + i * g
    return (o * np.tanh(after), after), (x, h, c, wx, wh, i, f, o, g, slopes, after.copy())


def open_gates(z: Values) -> tuple[Any, ...]:
    """The gates i, f, o and g of z: (N, 4*H), and the slopes of all four."""
    size = z.shape[1] // 4
    gates = sigmoid(z[:, : 3 * size])
    bells, g = gates * sigmoid(-z[:, : 3 * size]), np.tanh(z[:, 3 * size :])
    i, f, o = cut_blocks(gates, size)
    return i, f, o, g, (*cut_blocks(bells, size), sech_squared(z[:, 3 * size :]))


def cut_blocks(z: Values, size: int) -> list[Values]:
    """The columns in blocks of a size, as views."""
    return [z[:, start : start + size] for start in range(0, z.shape[1], size)]


def sech_squared(z: Values) -> Values:
    """1 - tanh² z, without the cancellation where tanh is near one."""
    small = np.exp(-2 * np.abs(z))
    return 4 * small / (1 + small) ** 2


def backward(upstream: tuple[Values, Values], cache: Any) -> tuple[Values, ...]:
    """Through h' into the cell and the output gate, through the cell into the other gates, and on to inputs and
    weights."""
    dy, dafter = upstream
    x, h, c, wx, wh, i, f, o, g, (di, df, do, dg), after = cache
    dafter = dafter + dy * o * sech_squared(after)
    dz = np.concatenate([dafter * g * di, dafter * c * df, dy * np.tanh(after) * do, dafter * i * dg], axis=1)
    return dz @ wx.T, dz @ wh.T, dafter * f, x.T @ dz, h.T @ dz, dz.sum(axis=0)


def reference(x: Any, h: Any, c: Any, wx: Any, wh: Any, b: Any) -> tuple[Any, Any]:
    """The equations of the paper, gate by gate; σ(z) = (1 + tanh(z/2)) / 2, which overflows nowhere."""
    xp, n = namespace(x), h.shape[1]
    z = x @ wx + h @ wh + b
    i, f, o = ((1 + xp.tanh(z[:, k * n : (k + 1) * n] / 2)) / 2 for k in range(3))
    after = f * c + i * xp.tanh(z[:, 3 * n :])
    return o * xp.tanh(after), after


lstm_step = Op(
    "lstm_step",
    forward,
    backward,
    reference,
    inputs={
        "x": Array("N D"),
        "h": Array("N H"),
        "c": Array("N H"),
        "wx": Array("D 4*H"),
        "wh": Array("H 4*H"),
        "b": Array("4*H"),
    },
    outputs=("h_next", "c_next"),
    batch="N",
    formula="c' = σ(z_f) c + σ(z_i) tanh(z_g), h' = σ(z_o) tanh c'",
    source="Hochreiter and Schmidhuber 1997, forget gate of Gers et al. 2000; gate order of CS231n assignment 3",
    aliases={"CS231n": "lstm_step", "torch": "lstm_cell"},
)
