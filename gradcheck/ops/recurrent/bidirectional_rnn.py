"""Two vanilla recurrent networks, one forward and one backward in time, side by side.

x: (N, T, D), h0: (2, N, H), wx: (2, D, H), wh: (2, H, H), b: (2, H), the forward direction first → h: (N, T, 2*H).
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.recurrent import rnn_step as step
from gradcheck.ops.recurrent.directions import scan_both, scan_both_back
from gradcheck.ops.recurrent.recurrence import recur
from gradcheck.ops.recurrent.scan import put_in_tuple


def forward(x: Values, h0: Values, wx: Values, wh: Values, b: Values) -> tuple[Values, Any]:
    """The hidden states of both directions, and what the backward of each step needs."""
    (h,), caches = scan_both(put_in_tuple(step.forward), x, (h0,), (wx, wh, b))
    return h, caches


def backward(dh: Values, caches: Any) -> tuple[Values, ...]:
    """Back through time in each direction."""
    return scan_both_back(step.backward, (dh,), caches)


def reference(x: Any, h0: Any, wx: Any, wh: Any, b: Any) -> Any:
    """The recurrence, once from the left and once from the right."""
    xp = namespace(x)

    def run(sequence: Any, k: int) -> Any:
        return recur(lambda states, now: (xp.tanh(now @ wx[k] + states[0] @ wh[k] + b[k]),), (h0[k],), sequence)[0]

    return xp.concat([run(x, 0), xp.flip(run(xp.flip(x, axis=1), 1), axis=1)], axis=2)


bidirectional_rnn = Op(
    "bidirectional_rnn",
    forward,
    backward,
    reference,
    inputs={
        "x": Array("N T D"),
        "h0": Array("2 N H"),
        "wx": Array("2 D H"),
        "wh": Array("2 H H"),
        "b": Array("2 H"),
    },
    outputs=("h",),
    sizes={"T": whole(1, 16)},  # each time costs a step of Python
    batch="N",
    formula="h_t = [tanh(x_t wx_0 + h_{t-1} wh_0 + b_0), tanh(x_t wx_1 + h_{t+1} wh_1 + b_1)]",
    source="Schuster and Paliwal 1997; torch.nn.RNN with bidirectional=True",
    aliases={"torch": "rnn_tanh", "Chainer": "n_step_birnn"},
)
