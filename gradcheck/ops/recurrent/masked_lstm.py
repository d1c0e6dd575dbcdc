"""A long short-term memory over padded sequences, in either direction of time.

h_t, c_t = lstm_step(x_t, h_{t-1}, c_{t-1}) where the mask is one, else h_{t-1}, c_{t-1}; backward in time, t+1 for t-1.
x: (N, T, D), mask: (N, T), h0, c0: (N, H), wx: (D, 4*H), wh: (H, 4*H), b: (4*H,), gates i f o g → h, c: (N, T, H).
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import bits
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole
from gradcheck.ops.recurrent import lstm_step as step
from gradcheck.ops.recurrent.directions import DIRECTIONS, turn
from gradcheck.ops.recurrent.padded_sequences import hold, hold_back
from gradcheck.ops.recurrent.recurrence import recur
from gradcheck.ops.recurrent.scan import scan, scan_back, take_apart


def forward(
    x: Values, mask: Values, h0: Values, c0: Values, wx: Values, wh: Values, b: Values, direction: str
) -> tuple[tuple[Values, Values], Any]:
    """The hidden states and cells, and what the backward of each step needs."""
    entries = turn(x, direction), turn(mask, direction)
    (h, c), caches = scan(hold(step.forward), entries, (h0, c0), (wx, wh, b))
    return (turn(h, direction), turn(c, direction)), (caches, direction)


def backward(upstream: tuple[Values, Values], cache: Any) -> tuple[Any, ...]:
    """Back through time, the last step first."""
    dh, dc = upstream
    caches, direction = cache
    dx, dh0, dc0, dwx, dwh, db = scan_back(
        hold_back(take_apart(step.backward)), (turn(dh, direction), turn(dc, direction)), caches
    )
    return turn(dx, direction), None, dh0, dc0, dwx, dwh, db


def reference(x: Any, mask: Any, h0: Any, c0: Any, wx: Any, wh: Any, b: Any, direction: str) -> tuple[Any, Any]:
    """The recurrence, between new states and old by the mask; σ(z) = (1 + tanh(z/2)) / 2, which overflows nowhere."""
    xp, n = namespace(x), h0.shape[1]

    def advance(states: Any, now: Any, moves: Any) -> Any:
        h, c = states
        z = now @ wx + h @ wh + b
        i, f, o = ((1 + xp.tanh(z[:, k * n : (k + 1) * n] / 2)) / 2 for k in range(3))
        c_next = f * c + i * xp.tanh(z[:, 3 * n :])
        new, moves = (o * xp.tanh(c_next), c_next), moves[:, None]
        return tuple(moves * after + (1 - moves) * before for after, before in zip(new, states, strict=True))

    if direction == "forward":
        return recur(advance, (h0, c0), x, mask)
    h, c = recur(advance, (h0, c0), xp.flip(x, axis=1), xp.flip(mask, axis=1))
    return xp.flip(h, axis=1), xp.flip(c, axis=1)


masked_lstm = Op(
    "masked_lstm",
    forward,
    backward,
    reference,
    inputs={
        "x": Array("N T D"),
        "mask": Array("N T", bits()),
        "h0": Array("N H"),
        "c0": Array("N H"),
        "wx": Array("D 4*H"),
        "wh": Array("H 4*H"),
        "b": Array("4*H"),
    },
    outputs=("h", "c"),
    settings={"direction": choice(*DIRECTIONS)},
    sizes={"T": whole(1, 16)},  # each time costs a step of Python
    batch="N",
    formula="h_t, c_t = lstm_step(x_t, h_{t-1}, c_{t-1}) where mask_t is 1, else h_{t-1}, c_{t-1}",
    source="Hochreiter and Schmidhuber 1997, forget gate of Gers et al. 2000; masking as in Keras, keras.layers.LSTM",
)
