"""A gated recurrent unit over padded sequences, in either direction of time.

h_t = gru_step(x_t, h_{t-1}) where the mask is one, h_t = h_{t-1} where it is zero; backward in time, h_{t+1} for
h_{t-1}.  The gates are r, z, n, and r multiplies after the product.  x: (N, T, D), mask: (N, T), h0: (N, H),
wx: (D, 3*H), wh: (H, 3*H), bx: (3*H,), bh: (3*H,) → h: (N, T, H).
"""

from functools import partial
from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import bits
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole
from gradcheck.ops.recurrent import gru_step as step
from gradcheck.ops.recurrent.directions import DIRECTIONS, turn
from gradcheck.ops.recurrent.padded_sequences import hold, hold_back
from gradcheck.ops.recurrent.recurrence import recur
from gradcheck.ops.recurrent.scan import put_in_tuple, scan, scan_back


def forward(
    x: Values, mask: Values, h0: Values, wx: Values, wh: Values, bx: Values, bh: Values, direction: str
) -> tuple[Values, Any]:
    """The hidden states, and what the backward of each step needs."""
    entries = turn(x, direction), turn(mask, direction)
    (h,), caches = scan(hold(partial(put_in_tuple(step.forward), reset="after")), entries, (h0,), (wx, wh, bx, bh))
    return turn(h, direction), (caches, direction)


def backward(dh: Values, cache: Any) -> tuple[Any, ...]:
    """Back through time, the last step first."""
    caches, direction = cache
    dx, dh0, dwx, dwh, dbx, dbh = scan_back(hold_back(step.backward), (turn(dh, direction),), caches)
    return turn(dx, direction), None, dh0, dwx, dwh, dbx, dbh


def reference(x: Any, mask: Any, h0: Any, wx: Any, wh: Any, bx: Any, bh: Any, direction: str) -> Any:
    """The recurrence, between the new state and the old by the mask."""
    xp, size = namespace(x), h0.shape[1]

    def advance(states: Any, now: Any, moves: Any) -> Any:
        (h,) = states
        of_x, of_h = now @ wx + bx, h @ wh + bh
        r, z = ((1 + xp.tanh((of_x + of_h)[:, k * size : (k + 1) * size] / 2)) / 2 for k in range(2))
        new = (1 - z) * xp.tanh(of_x[:, 2 * size :] + r * of_h[:, 2 * size :]) + z * h
        return (moves[:, None] * new + (1 - moves[:, None]) * h,)

    if direction == "forward":
        return recur(advance, (h0,), x, mask)[0]
    return xp.flip(recur(advance, (h0,), xp.flip(x, axis=1), xp.flip(mask, axis=1))[0], axis=1)


masked_gru = Op(
    "masked_gru",
    forward,
    backward,
    reference,
    inputs={
        "x": Array("N T D"),
        "mask": Array("N T", bits()),
        "h0": Array("N H"),
        "wx": Array("D 3*H"),
        "wh": Array("H 3*H"),
        "bx": Array("3*H"),
        "bh": Array("3*H"),
    },
    outputs=("h",),
    settings={"direction": choice(*DIRECTIONS)},
    sizes={"T": whole(1, 16)},  # each time costs a step of Python
    batch="N",
    formula="h_t = gru_step(x_t, h_{t-1}) where mask_t is 1, else h_{t-1}",
    source="Cho et al. 2014, as in torch.nn.GRU; masking as in Keras, keras.layers.GRU",
)
