"""2-D adaptive average pooling: the mean over bins, as many as the output has elements.

x: (N, C, H, W) → y: (N, C, *output_size).  Bin i of I on an axis of length L holds the places from floor(i L / I) up to
but not including ceil((i + 1) L / I): bins overlap where I does not divide L.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.pooling.bins import divide_axis


def weigh_places(length: int, count: int) -> Values:
    """The matrix that takes the mean of each bin on an axis of this length.  → (count, length)."""
    weights = np.zeros((count, length))
    for row, held in zip(weights, divide_axis(length, count), strict=True):
        row[held] = 1 / (held.stop - held.start)
    return weights


def forward(x: Values, output_size: tuple[int, int]) -> tuple[Values, Any]:
    """The mean of each bin: along the rows, then along the columns."""
    rows, columns = (weigh_places(*lengths).astype(x.dtype) for lengths in zip(x.shape[2:], output_size, strict=True))
    return rows @ x @ columns.T, (x.shape[2:], output_size)


def backward(dy: Values, cache: Any) -> Values:
    """Every pixel takes its share from each bin that holds it."""
    rows, columns = (weigh_places(*lengths).astype(dy.dtype) for lengths in zip(*cache, strict=True))
    return rows.T @ dy @ columns


def reference(x: Any, output_size: tuple[int, int]) -> Any:
    """The definition, bin by bin."""
    xp = namespace(x)

    def cut(length: int, count: int) -> list[slice]:
        return [slice(i * length // count, ((i + 1) * length + count - 1) // count) for i in range(count)]

    rows, columns = (cut(*lengths) for lengths in zip(x.shape[2:], output_size, strict=True))
    means = [xp.mean(x[:, :, held, within], axis=(2, 3)) for held in rows for within in columns]
    return xp.reshape(xp.stack(means, axis=-1), (*x.shape[:2], *output_size))


adaptive_average_pool2d = Op(
    "adaptive_average_pool2d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C H W")},
    settings={"output_size": choice((1, 1), (2, 2), (2, 3), (3, 1))},
    batch="N",
    formula="y = mean of x over each bin",
    source="torch.nn.functional.adaptive_avg_pool2d",
    aliases={"torch": "adaptive_avg_pool2d"},
)
