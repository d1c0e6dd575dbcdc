"""Each row beside its neighbours: y[t] = x[t - w] ⧺ … ⧺ x[t] ⧺ … ⧺ x[t + w], with zeros beyond the ends of a sequence.

x: (T, D), the rows of N sequences one behind the other, lengths: (N,), which sum to T → y: (T, (2 w + 1) D), w being
window_size.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.sequence.lengths import lengths


def forward(x: Values, lengths: Values, window_size: int) -> tuple[Values, Values]:
    """The windows, and which row of x stands where; the row behind the last is zero."""
    sequence = np.repeat(np.arange(len(lengths)), lengths)
    rows = np.arange(len(x))[:, None] + np.arange(-window_size, window_size + 1)
    inside = (rows >= 0) & (rows < len(x))
    rows = np.where(inside & (sequence[rows % len(x)] == sequence[:, None]), rows, len(x))
    extended = np.concatenate([x, np.zeros((1, x.shape[1]), x.dtype)])
    return extended[rows].reshape(len(x), rows.shape[1] * x.shape[1]), rows


def backward(dy: Values, rows: Values) -> tuple[Values, None]:
    """Each row gathers the upstream of every window that holds it."""
    shares = dy.reshape(*rows.shape, dy.shape[1] // rows.shape[1])
    dx = np.zeros((len(dy) + 1, shares.shape[2]), dy.dtype)
    np.add.at(dx, rows, shares)
    return dx[:-1], None


def reference(x: Any, lengths: Any, window_size: int) -> Any:
    """A row of zeros and ones for each place of each window, times x."""
    xp, places, numbers = namespace(x), namespace(x).arange(x.shape[0]), namespace(x).arange(lengths.shape[0])
    ends = xp.sum(lengths * xp.astype(numbers <= numbers[:, None], lengths.dtype), axis=1)
    sequence = xp.sum(xp.astype(ends <= places[:, None], lengths.dtype), axis=1)
    row = places[:, None] + xp.arange(2 * window_size + 1) - window_size
    holds = (row[:, :, None] == places) & (sequence == sequence[:, None])[:, None, :]
    y = xp.tensordot(xp.astype(holds, x.dtype), x, axes=((2,), (0,)))
    return xp.reshape(y, (x.shape[0], (2 * window_size + 1) * x.shape[1]))


expand_window = Op(
    "expand_window",
    forward,
    backward,
    reference,
    inputs={"x": Array("T D"), "lengths": Array("N", lengths("T"))},
    settings={"window_size": whole(1, 3)},
    sizes={"T": whole("N", None)},
    formula="y[t] = x[t - w] ⧺ … ⧺ x[t + w], zeros beyond the ends of each sequence",
    source="thinc, expand_window (seq2col)",
    aliases={"thinc": "expand_window"},
)
