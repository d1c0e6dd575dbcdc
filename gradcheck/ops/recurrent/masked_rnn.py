"""A vanilla recurrent network over padded sequences, in either direction of time.

h_t = tanh(x_t wx + h_{t-1} wh + b) where the mask is one, h_t = h_{t-1} where it is zero; backward in time, h_{t+1} for
h_{t-1}.  x: (N, T, D), mask: (N, T), h0: (N, H), wx: (D, H), wh: (H, H), b: (H,) → h: (N, T, H).
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import bits
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole
from gradcheck.ops.recurrent import rnn_step as step
from gradcheck.ops.recurrent.directions import DIRECTIONS, turn
from gradcheck.ops.recurrent.padded_sequences import hold, hold_back
from gradcheck.ops.recurrent.recurrence import recur
from gradcheck.ops.recurrent.scan import put_in_tuple, scan, scan_back


def forward(
    x: Values, mask: Values, h0: Values, wx: Values, wh: Values, b: Values, direction: str
) -> tuple[Values, Any]:
    """The hidden states, and what the backward of each step needs."""
    entries = turn(x, direction), turn(mask, direction)
    (h,), caches = scan(hold(put_in_tuple(step.forward)), entries, (h0,), (wx, wh, b))
    return turn(h, direction), (caches, direction)


def backward(dh: Values, cache: Any) -> tuple[Any, ...]:
    """Back through time, the last step first."""
    caches, direction = cache
    dx, dh0, dwx, dwh, db = scan_back(hold_back(step.backward), (turn(dh, direction),), caches)
    return turn(dx, direction), None, dh0, dwx, dwh, db


def reference(x: Any, mask: Any, h0: Any, wx: Any, wh: Any, b: Any, direction: str) -> Any:
    """The recurrence, between the new state and the old by the mask."""
    xp = namespace(x)

    def advance(states: Any, now: Any, moves: Any) -> Any:
        (h,) = states
        return (moves[:, None] * xp.tanh(now @ wx + h @ wh + b) + (1 - moves[:, None]) * h,)

    if direction == "forward":
        return recur(advance, (h0,), x, mask)[0]
    return xp.flip(recur(advance, (h0,), xp.flip(x, axis=1), xp.flip(mask, axis=1))[0], axis=1)


masked_rnn = Op(
    "masked_rnn",
    forward,
    backward,
    reference,
    inputs={
        "x": Array("N T D"),
        "mask": Array("N T", bits()),
        "h0": Array("N H"),
        "wx": Array("D H"),
        "wh": Array("H H"),
        "b": Array("H"),
    },
    outputs=("h",),
    settings={"direction": choice(*DIRECTIONS)},
    sizes={"T": whole(1, 16)},  # each time costs a step of Python
    batch="N",
    formula="h_t = tanh(x_t wx + h_{t-1} wh + b) where mask_t is 1, else h_{t-1}",
    source="Elman 1990; masking as in Keras, keras.layers.SimpleRNN with a mask",
)
