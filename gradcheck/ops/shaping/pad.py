"""One axis made longer at both ends, by a constant or by elements of x.

x: (*A, D, *B) → y: (*A, before + D + after, *B).  What stands outside is, by mode: "constant" the value,
"reflect" the mirror image without the end itself, "edge" the end, "wrap" the other end.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, rank, whole
from gradcheck.ops.indexing.gathering import gather, scatter_add


def find_sources(length: int, before: int, after: int, mode: str) -> Values:
    """The place in x of each element of y; the length of x where it is the constant."""
    options: dict[str, Any] = {"constant_values": length} if mode == "constant" else {}
    return np.pad(np.arange(length), (before, after), mode, **options)  # type: ignore[call-overload]


def forward(x: Values, axis: int, before: int, after: int, mode: str, value: float) -> tuple[Values, Any]:
    """The elements, taken from x with the constant behind it."""
    places = find_sources(x.shape[axis], before, after, mode)
    constant = np.full_like(np.take(x, [0], axis=axis), value)
    return gather(np.concatenate([x, constant], axis=axis), places, axis), (x.shape, axis, before, after, mode)


def backward(dy: Values, cache: Any) -> Values:
    """Each element gathers the upstream of every place where it stands; that of the constant is dropped."""
    shape, axis, before, after, mode = cache
    places = find_sources(shape[axis], before, after, mode)
    longer = (*shape[:axis], shape[axis] + 1, *shape[axis + 1 :])
    return np.delete(scatter_add(dy, places, longer, axis), -1, axis=axis)


def reference(x: Any, axis: int, before: int, after: int, mode: str, value: float) -> Any:
    """The place of each element by its formula; outside of x the constant."""
    xp, length = namespace(x), x.shape[axis]
    place = xp.arange(before + length + after) - before
    inside = (place >= 0) & (place < length)
    if mode == "reflect":
        period = xp.maximum(xp.asarray(2 * length - 2), 1)
        place = length - 1 - xp.abs(length - 1 - place % period)
    elif mode == "wrap":
        place = place % length
    last = xp.moveaxis(xp.take(x, xp.clip(place, 0, length - 1), axis=axis), axis, -1)
    return xp.moveaxis(xp.where(inside, last, value) if mode == "constant" else last, -1, axis)


pad = Op(
    "pad",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    settings={
        "axis": rank("A"),
        "before": whole(0, 3),
        "after": whole(0, 3),
        "mode": choice("constant", "reflect", "edge", "wrap"),
        "value": choice(0.0, 1.5),
    },
    formula="y = x with elements before and after it along axis",
    source="numpy.pad",
    aliases={"torch": "pad", "JAX": "pad", "Chainer": "pad"},
)
