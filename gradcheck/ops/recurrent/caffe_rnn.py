"""Caffe's recurrent layer: h_t = tanh(x_t w_xh + cont_t h_{t-1} w_hh + b_h), y_t = tanh(h_t w_ho + b_o).

x: (N, T, D), cont: (N, T), zero where a new sequence begins, h0: (N, H), w_xh: (D, H), b_h: (H,), w_hh: (H, H),
w_ho: (H, H), b_o: (H,) → y: (N, T, H).  Caffe itself has time as the first axis, and the weights transposed.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import bits
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.recurrent import rnn_step as step
from gradcheck.ops.recurrent.continued_sequences import restart, restart_back
from gradcheck.ops.recurrent.lstm_step import sech_squared
from gradcheck.ops.recurrent.recurrence import recur
from gradcheck.ops.recurrent.scan import put_in_tuple, scan, scan_back


def forward(
    x: Values, cont: Values, h0: Values, w_xh: Values, b_h: Values, w_hh: Values, w_ho: Values, b_o: Values
) -> tuple[Values, Any]:
    """The outputs of all times, which are functions of the hidden states, and what backward needs."""
    (h,), caches = scan(restart(put_in_tuple(step.forward), 1), (x, cont), (h0,), (w_xh, w_hh, b_h))
    z = h @ w_ho + b_o
    return np.tanh(z), (caches, h, w_ho, sech_squared(z))


def backward(dy: Values, cache: Any) -> tuple[Any, ...]:
    """Through the outputs of all times into the hidden states, and back through time."""
    caches, h, w_ho, slope = cache
    dz = dy * slope
    dx, dh0, dw_xh, dw_hh, db_h = scan_back(restart_back(step.backward), (dz @ w_ho.T,), caches)
    return dx, None, dh0, dw_xh, db_h, dw_hh, np.einsum("nth,ntm->hm", h, dz), dz.sum(axis=(0, 1))


def reference(x: Any, cont: Any, h0: Any, w_xh: Any, b_h: Any, w_hh: Any, w_ho: Any, b_o: Any) -> Any:
    """The recurrence, and the output layer behind it."""
    tanh = namespace(x).tanh

    def advance(states: Any, now: Any, goes_on: Any) -> Any:
        return (tanh(now @ w_xh + (goes_on[:, None] * states[0]) @ w_hh + b_h),)

    return tanh(recur(advance, (h0,), x, cont)[0] @ w_ho + b_o)


caffe_rnn = Op(
    "caffe_rnn",
    forward,
    backward,
    reference,
    inputs={
        "x": Array("N T D"),
        "cont": Array("N T", bits()),
        "h0": Array("N H"),
        "w_xh": Array("D H"),
        "b_h": Array("H"),
        "w_hh": Array("H H"),
        "w_ho": Array("H H"),
        "b_o": Array("H"),
    },
    sizes={"T": whole(1, 16)},  # each time costs a step of Python
    batch="N",
    formula="h_t = tanh(x_t w_xh + cont_t h_{t-1} w_hh + b_h), y_t = tanh(h_t w_ho + b_o)",
    source="Caffe, rnn_layer.cpp",
    aliases={"Caffe": "RNN"},
)
