"""Max pooling along any number of axes: y[n, c, i, …] = max over k, … of x[n, c, i*stride - pad + k, …].

x: (N, C, *S) → y: (N, C, *S').  Padding never wins.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.ops.convolution.definition import gather_space
from gradcheck.ops.pooling.winners import list_windows, locate_winners, measure_leads, route_to_winners


def forward(x: Values, kernel: int, stride: int, pad: int) -> tuple[Values, Any]:
    """The largest of each window, and where it stood."""
    seen = list_windows(x, [(pad, pad) for _ in x.shape[2:]], kernel, stride, -np.inf)
    return seen.max(axis=-1), (seen.argmax(axis=-1), x.shape, kernel, stride, pad)


def backward(dy: Values, cache: Any) -> Values:
    """The upstream of each window goes to its winner; an element that wins several windows adds up."""
    first, shape, kernel, stride, pad = cache
    return route_to_winners(dy, locate_winners(first, shape[2:], kernel, stride, pad), shape)


def reference(x: Any, kernel: int, stride: int, pad: int) -> Any:
    """The definition, each element by its index; one outside is the nearest inside, which its window sees as well."""
    xp = namespace(x)

    def met(length: int) -> Any:
        starts = xp.arange((length + 2 * pad - kernel) // stride + 1) * stride - pad
        return xp.clip(starts[:, None] + xp.arange(kernel), 0, length - 1)

    windows = gather_space(x, [met(length) for length in x.shape[2:]])
    return xp.max(windows, axis=tuple(range(3, windows.ndim, 2)))


def kinks(x: Values, kernel: int, stride: int, pad: int) -> Values:
    """By how much the largest of each window leads the second."""
    return measure_leads(list_windows(x, [(pad, pad) for _ in x.shape[2:]], kernel, stride, -np.inf))
