"""Linear interpolation: z = start + weight (end - start), broadcast.  start, end, weight: (*#S) → z: (*S)."""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.arithmetic.broadcasting import unbroadcast


def forward(start: Values, end: Values, weight: Values) -> tuple[Values, tuple[Values, Values, Values]]:
    """The point between the ends, at 0 the start and at 1 the end, and what it was computed from."""
    return start + weight * (end - start), (start, end, weight)


def backward(dz: Values, cache: tuple[Values, Values, Values]) -> tuple[Values, Values, Values]:
    """dstart = dz (1 - weight), dend = dz weight and dweight = dz (end - start), each summed over the axes along which
    it was broadcast."""
    start, end, weight = cache
    dstart, dend, dweight = dz * (1 - weight), dz * weight, dz * (end - start)
    return unbroadcast(dstart, start.shape), unbroadcast(dend, end.shape), unbroadcast(dweight, weight.shape)


def reference(start: Any, end: Any, weight: Any) -> Any:
    """The mean of both ends with these weights."""
    return (1 - weight) * start + weight * end


lerp = Op(
    "lerp",
    forward,
    backward,
    reference,
    inputs={"start": Array("*#S"), "end": Array("*#S"), "weight": Array("*#S")},
    outputs=("z",),
    formula="z = start + weight (end - start)",
    source="definition, as torch.lerp",
    aliases={"torch": "lerp"},
)
