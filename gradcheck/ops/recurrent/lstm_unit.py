"""The gates of a long short-term memory alone: c' = cont σ(z_f) c + σ(z_i) tanh z_g, h' = σ(z_o) tanh c'.

c_prev: (N, H), gates z: (N, 4*H) in the order i f o g, cont: (N,), zero where a new sequence begins, else one
→ c', h': (N, H).
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import bits
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.recurrent.lstm_step import open_gates, sech_squared


def forward(c_prev: Values, gates: Values, cont: Values) -> tuple[tuple[Values, Values], Any]:
    """The next cell and hidden state, and the gates that backward needs; a sequence that begins forgets the cell."""
    i, f, o, g, slopes = open_gates(gates)
    cont = cont[:, None]
    c = cont * f * c_prev + i * g
    return (c, o * np.tanh(c)), (c_prev, cont, i, f, o, g, slopes, c.copy())


def backward(upstream: tuple[Values, Values], cache: Any) -> tuple[Values, Values, None]:
    """Through h' into the cell and the output gate, and through the cell into the other gates."""
    dc, dh = upstream
    c_prev, cont, i, f, o, g, (di, df, do, dg), c = cache
    dc = dc + dh * o * sech_squared(c)
    dgates = np.concatenate([dc * g * di, cont * dc * c_prev * df, dh * np.tanh(c) * do, dc * i * dg], axis=1)
    return cont * dc * f, dgates, None


def reference(c_prev: Any, gates: Any, cont: Any) -> tuple[Any, Any]:
    """The equations, gate by gate; σ(z) = (1 + tanh(z/2)) / 2, which overflows nowhere."""
    xp, n = namespace(c_prev), c_prev.shape[1]
    i, f, o = ((1 + xp.tanh(gates[:, k * n : (k + 1) * n] / 2)) / 2 for k in range(3))
    c = xp.reshape(cont, (-1, 1)) * f * c_prev + i * xp.tanh(gates[:, 3 * n :])
    return c, o * xp.tanh(c)


lstm_unit = Op(
    "lstm_unit",
    forward,
    backward,
    reference,
    inputs={"c_prev": Array("N H"), "gates": Array("N 4*H"), "cont": Array("N", bits())},
    outputs=("c_next", "h_next"),
    batch="N",
    formula="c' = cont σ(z_f) c + σ(z_i) tanh z_g, h' = σ(z_o) tanh c'",
    source="Caffe, lstm_unit_layer.cpp; gate order i f o g",
    aliases={"Caffe": "LSTMUnit", "Chainer": "lstm"},
)
