"""A vanilla recurrent network over time: h_t = tanh(x_t wx + h_{t-1} wh + b), from h_0 on.

x: (N, T, D), h0: (N, H), wx: (D, H), wh: (H, H), b: (H,) → h: (N, T, H), the states after every time.
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.recurrent import rnn_step as step
from gradcheck.ops.recurrent.recurrence import recur
from gradcheck.ops.recurrent.scan import put_in_tuple, scan, scan_back


def forward(x: Values, h0: Values, wx: Values, wh: Values, b: Values) -> tuple[Values, list[Any]]:
    """The hidden states, and what the backward of each step needs."""
    (h,), caches = scan(put_in_tuple(step.forward), (x,), (h0,), (wx, wh, b))
    return h, caches


def backward(dh: Values, caches: list[Any]) -> tuple[Values, ...]:
    """Back through time, the last step first."""
    return scan_back(step.backward, (dh,), caches)


def reference(x: Any, h0: Any, wx: Any, wh: Any, b: Any) -> Any:
    """The recurrence."""
    tanh = namespace(x).tanh
    return recur(lambda states, now: (tanh(now @ wx + states[0] @ wh + b),), (h0,), x)[0]


rnn = Op(
    "rnn",
    forward,
    backward,
    reference,
    inputs={"x": Array("N T D"), "h0": Array("N H"), "wx": Array("D H"), "wh": Array("H H"), "b": Array("H")},
    outputs=("h",),
    sizes={"T": whole(1, 16)},  # each time costs a step of Python
    batch="N",
    formula="h_t = tanh(x_t wx + h_{t-1} wh + b)",
    source="Elman 1990; CS231n assignment 3, rnn_forward",
    aliases={"CS231n": "rnn", "torch": "rnn_tanh", "Chainer": "n_step_rnn"},
)
