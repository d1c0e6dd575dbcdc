"""A gated recurrent unit over time: gru_step at every time, from h_0 on.

x: (N, T, D), h0: (N, H), wx: (D, 3*H), wh: (H, 3*H), bx: (3*H,), bh: (3*H,) → h: (N, T, H), the states after every
time.  The blocks of the weights are for r, z, n; reset says whether r multiplies h after the product, as in torch.
"""

from functools import partial
from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole
from gradcheck.ops.recurrent import gru_step as step
from gradcheck.ops.recurrent.recurrence import recur
from gradcheck.ops.recurrent.scan import put_in_tuple, scan, scan_back


def forward(
    x: Values, h0: Values, wx: Values, wh: Values, bx: Values, bh: Values, reset: str
) -> tuple[Values, list[Any]]:
    """The hidden states, and what the backward of each step needs."""
    (h,), caches = scan(partial(put_in_tuple(step.forward), reset=reset), (x,), (h0,), (wx, wh, bx, bh))
    return h, caches


def backward(dh: Values, caches: list[Any]) -> tuple[Values, ...]:
    """Back through time, the last step first."""
    return scan_back(step.backward, (dh,), caches)


def reference(x: Any, h0: Any, wx: Any, wh: Any, bx: Any, bh: Any, reset: str) -> Any:
    """The recurrence, gate by gate; σ(z) = (1 + tanh(z/2)) / 2, which overflows nowhere."""
    tanh, size = namespace(x).tanh, h0.shape[1]

    def advance(states: Any, now: Any) -> Any:
        (h,) = states
        r, z, n = (now @ wx[:, at] + bx[at] for at in (slice(k * size, (k + 1) * size) for k in range(3)))
        r = (1 + tanh((r + h @ wh[:, :size] + bh[:size]) / 2)) / 2
        z = (1 + tanh((z + h @ wh[:, size : 2 * size] + bh[size : 2 * size]) / 2)) / 2
        w, b = wh[:, 2 * size :], bh[2 * size :]
        n = tanh(n + (r * (h @ w + b) if reset == "after" else (r * h) @ w + b))
        return ((1 - z) * n + z * h,)

    return recur(advance, (h0,), x)[0]


gru = Op(
    "gru",
    forward,
    backward,
    reference,
    inputs={
        "x": Array("N T D"),
        "h0": Array("N H"),
        "wx": Array("D 3*H"),
        "wh": Array("H 3*H"),
        "bx": Array("3*H"),
        "bh": Array("3*H"),
    },
    outputs=("h",),
    settings={"reset": choice("after", "before")},
    sizes={"T": whole(1, 16)},  # each time costs a step of Python
    batch="N",
    formula="h_t = gru_step(x_t, h_{t-1})",
    source="Cho et al. 2014 (reset before the product); torch.nn.GRU (after it), in the gate order r z n of torch",
    aliases={"torch": "gru", "Chainer": "n_step_gru"},
)
