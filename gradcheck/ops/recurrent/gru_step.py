"""One step of a gated recurrent unit: r, z = σ of the first two blocks, n = tanh of the third, h' = (1 - z) n + z h.

x: (N, D), h: (N, H), wx: (D, 3*H), wh: (H, 3*H), bx: (3*H,), bh: (3*H,) → h': (N, H), the blocks for r, z and n.
reset after the product, as in torch: n = tanh(x wx + bx + r (h wh + bh)); before: n = tanh(x wx + bx + (r h) wh + bh).
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.recurrent.lstm_step import sech_squared, sigmoid


def forward(
    x: Values, h: Values, wx: Values, wh: Values, bx: Values, bh: Values, reset: str
) -> tuple[Values, tuple[Any, ...]]:
    """The next hidden state, and the gates that backward needs."""
    size = h.shape[1]
    from_x = x @ wx + bx
    sums = from_x[:, : 2 * size] + h @ wh[:, : 2 * size] + bh[: 2 * size]
    gates, closed = sigmoid(sums), sigmoid(-sums)
    r, z, new = gates[:, :size], gates[:, size:], closed[:, size:]
    met = h if reset == "after" else r * h
    product = met @ wh[:, 2 * size :] + bh[2 * size :]
    zn = from_x[:, 2 * size :] + (r * product if reset == "after" else product)
    n = np.tanh(zn)
    return new * n + z * h, (x, h, wx, wh, r, z, n, product, gates * closed, new * sech_squared(zn), reset)


def backward(dy: Values, cache: tuple[Any, ...]) -> tuple[Values, ...]:
    """Into the candidate, through it into the reset gate, and on to inputs and weights."""
    x, h, wx, wh, r, z, n, product, slopes, slope, reset = cache
    size = h.shape[1]
    dn = dy * slope
    if reset == "after":
        dr, dproduct, met = dn * product, dn * r, h
        dh = dy * z + dproduct @ wh[:, 2 * size :].T
    else:
        dmet, dproduct, met = dn @ wh[:, 2 * size :].T, dn, r * h
        dr, dh = dmet * h, dy * z + dmet * r
    dgates = np.concatenate([dr, dy * (h - n)], axis=1) * slopes
    from_x, from_h = np.concatenate([dgates, dn], axis=1), np.concatenate([dgates, dproduct], axis=1)
    dwh = np.concatenate([h.T @ dgates, met.T @ dproduct], axis=1)
    dh = dh + dgates @ wh[:, : 2 * size].T
    return from_x @ wx.T, dh, x.T @ from_x, dwh, from_x.sum(axis=0), from_h.sum(axis=0)


def reference(x: Any, h: Any, wx: Any, wh: Any, bx: Any, bh: Any, reset: str) -> Any:
    """The equations, gate by gate; σ(z) = (1 + tanh(z/2)) / 2, which overflows nowhere."""
    xp, size = namespace(x), h.shape[1]
    blocks = [slice(k * size, (k + 1) * size) for k in range(3)]
    r, z = ((1 + xp.tanh((x @ wx[:, at] + bx[at] + h @ wh[:, at] + bh[at]) / 2)) / 2 for at in blocks[:2])
    at = blocks[2]
    hidden = r * (h @ wh[:, at] + bh[at]) if reset == "after" else (r * h) @ wh[:, at] + bh[at]
    return (1 - z) * xp.tanh(x @ wx[:, at] + bx[at] + hidden) + z * h


gru_step = Op(
    "gru_step",
    forward,
    backward,
    reference,
    inputs={
        "x": Array("N D"),
        "h": Array("N H"),
        "wx": Array("D 3*H"),
        "wh": Array("H 3*H"),
        "bx": Array("3*H"),
        "bh": Array("3*H"),
    },
    outputs=("h_next",),
    settings={"reset": choice("after", "before")},
    batch="N",
    formula="h' = (1 - z) n + z h, n = tanh(x wx + bx + r (h wh + bh)), r and z = σ(x wx + bx + h wh + bh)",
    source="Cho et al. 2014 (reset before the product); torch.nn.GRUCell (after it), in the gate order r z n of torch",
    aliases={"torch": "gru_cell"},
)
