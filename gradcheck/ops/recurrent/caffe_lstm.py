"""Caffe's long short-term memory: lstm_step at every time, from states that are set to zero where a sequence begins.

x: (N, T, D), cont: (N, T), zero where a new sequence begins, h0, c0: (N, H), w_xc: (D, 4*H), b_c: (4*H,),
w_hc: (H, 4*H), gates i f o g → h: (N, T, H).  Caffe itself has time as the first axis, and the weights transposed.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import bits
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.recurrent import lstm_step as step
from gradcheck.ops.recurrent.continued_sequences import restart, restart_back
from gradcheck.ops.recurrent.recurrence import recur
from gradcheck.ops.recurrent.scan import scan, scan_back, take_apart


def forward(
    x: Values, cont: Values, h0: Values, c0: Values, w_xc: Values, b_c: Values, w_hc: Values
) -> tuple[Values, list[Any]]:
    """The hidden states, and what the backward of each step needs."""
    (h, _), caches = scan(restart(step.forward, 2), (x, cont), (h0, c0), (w_xc, w_hc, b_c))
    return h, caches


def backward(dh: Values, caches: list[Any]) -> tuple[Any, ...]:
    """Back through time; the cells have no upstream of their own."""
    upstream = dh, np.zeros(dh.shape, dh.dtype)
    dx, dh0, dc0, dw_xc, dw_hc, db_c = scan_back(restart_back(take_apart(step.backward)), upstream, caches)
    return dx, None, dh0, dc0, dw_xc, db_c, dw_hc


def reference(x: Any, cont: Any, h0: Any, c0: Any, w_xc: Any, b_c: Any, w_hc: Any) -> Any:
    """The layers that Caffe unrolls: cont multiplies h before the product, and the forget gate of c."""
    xp, n = namespace(x), h0.shape[1]

    def advance(states: Any, now: Any, goes_on: Any) -> Any:
        h, c = states
        z = now @ w_xc + b_c + (goes_on[:, None] * h) @ w_hc
        i, f, o = ((1 + xp.tanh(z[:, k * n : (k + 1) * n] / 2)) / 2 for k in range(3))
        c = goes_on[:, None] * f * c + i * xp.tanh(z[:, 3 * n :])
        return o * xp.tanh(c), c

    return recur(advance, (h0, c0), x, cont)[0]


caffe_lstm = Op(
    "caffe_lstm",
    forward,
    backward,
    reference,
    inputs={
        "x": Array("N T D"),
        "cont": Array("N T", bits()),
        "h0": Array("N H"),
        "c0": Array("N H"),
        "w_xc": Array("D 4*H"),
        "b_c": Array("4*H"),
        "w_hc": Array("H 4*H"),
    },
    outputs=("h",),
    sizes={"T": whole(1, 16)},  # each time costs a step of Python
    batch="N",
    formula="h_t, c_t = lstm_step(x_t, cont_t h_{t-1}, cont_t c_{t-1})",
    source="Caffe, lstm_layer.cpp and lstm_unit_layer.cpp",
    aliases={"Caffe": "LSTM"},
)
