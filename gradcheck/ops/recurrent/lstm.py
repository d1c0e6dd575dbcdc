"""A long short-term memory over time: lstm_step at every time, from h_0 and an empty cell on.

x: (N, T, D), h0: (N, H), wx: (D, 4*H), wh: (H, 4*H), b: (4*H,) → h: (N, T, H), the hidden states after every time.
gate_order: which gates the blocks of the weights are for; CS231n and Caffe have i f o g, torch has i f g o.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole
from gradcheck.ops.recurrent import lstm_step as step
from gradcheck.ops.recurrent.recurrence import recur
from gradcheck.ops.recurrent.scan import scan, scan_back, take_apart


def reorder_gates(w: Values, gate_order: str) -> Values:
    """The blocks of weights from this order into i f o g, or back: an exchange is its own inverse."""
    i, f, third, fourth = np.split(w, 4, axis=-1)
    return np.concatenate([i, f, fourth, third] if gate_order == "ifgo" else [i, f, third, fourth], axis=-1)


def forward(x: Values, h0: Values, wx: Values, wh: Values, b: Values, gate_order: str) -> tuple[Values, Any]:
    """The hidden states, and what the backward of each step needs."""
    weights = tuple(reorder_gates(w, gate_order) for w in (wx, wh, b))
    (h, _), caches = scan(step.forward, (x,), (h0, np.zeros_like(h0)), weights)
    return h, (caches, gate_order)


def backward(dh: Values, cache: Any) -> tuple[Values, ...]:
    """Back through time; the cells have no upstream of their own, and the first no gradient."""
    caches, gate_order = cache
    dx, dh0, _, dwx, dwh, db = scan_back(take_apart(step.backward), (dh, np.zeros(dh.shape, dh.dtype)), caches)
    dwx, dwh, db = (reorder_gates(dw, gate_order) for dw in (dwx, dwh, db))
    return dx, dh0, dwx, dwh, db


def reference(x: Any, h0: Any, wx: Any, wh: Any, b: Any, gate_order: str) -> Any:
    """The recurrence, gate by gate; σ(z) = (1 + tanh(z/2)) / 2, which overflows nowhere."""
    xp, n = namespace(x), h0.shape[1]
    block = {gate: slice(k * n, (k + 1) * n) for k, gate in enumerate(gate_order)}

    def advance(states: Any, now: Any) -> Any:
        h, c = states
        z = now @ wx + h @ wh + b
        i, f, o = ((1 + xp.tanh(z[:, block[gate]] / 2)) / 2 for gate in "ifo")
        c = f * c + i * xp.tanh(z[:, block["g"]])
        return o * xp.tanh(c), c

    return recur(advance, (h0, 0 * h0), x)[0]


lstm = Op(
    "lstm",
    forward,
    backward,
    reference,
    inputs={"x": Array("N T D"), "h0": Array("N H"), "wx": Array("D 4*H"), "wh": Array("H 4*H"), "b": Array("4*H")},
    outputs=("h",),
    settings={"gate_order": choice("ifog", "ifgo")},
    sizes={"T": whole(1, 16)},  # each time costs a step of Python
    batch="N",
    formula="h_t, c_t = lstm_step(x_t, h_{t-1}, c_{t-1}), c_0 = 0",
    source="Hochreiter and Schmidhuber 1997, forget gate of Gers et al. 2000; CS231n assignment 3, lstm_forward",
    aliases={"CS231n": "lstm", "torch": "lstm", "Chainer": "n_step_lstm", "thinc": "LSTM"},
)
