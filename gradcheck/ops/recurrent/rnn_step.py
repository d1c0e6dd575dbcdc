"""One step of a vanilla recurrent network: h' = tanh(x wx + h wh + b).

x: (N, D), h: (N, H), wx: (D, H), wh: (H, H), b: (H,) → h': (N, H).
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.recurrent.lstm_step import sech_squared


def forward(x: Values, h: Values, wx: Values, wh: Values, b: Values) -> tuple[Values, Any]:
    """The next hidden state, and what backward needs."""
    z = x @ wx + h @ wh + b
    return np.tanh(z), (x, h, wx, wh, sech_squared(z))


def backward(dy: Values, cache: Any) -> tuple[Values, ...]:
    """Through tanh, whose slope is sech² z, and on to inputs and weights."""
    x, h, wx, wh, slope = cache
    dz = dy * slope
    return dz @ wx.T, dz @ wh.T, x.T @ dz, h.T @ dz, dz.sum(axis=0)


def reference(x: Any, h: Any, wx: Any, wh: Any, b: Any) -> Any:
    """The definition."""
    return namespace(x).tanh(x @ wx + h @ wh + b)


rnn_step = Op(
    "rnn_step",
    forward,
    backward,
    reference,
    inputs={"x": Array("N D"), "h": Array("N H"), "wx": Array("D H"), "wh": Array("H H"), "b": Array("H")},
    outputs=("h_next",),
    batch="N",
    formula="h' = tanh(x wx + h wh + b)",
    source="Elman 1990; CS231n assignment 3, rnn_step_forward",
    aliases={"CS231n": "rnn_step", "torch": "rnn_tanh_cell"},
)
