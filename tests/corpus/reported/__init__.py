"""Faults that were reported of real libraries, each rebuilt in NumPy beside the right op.

LEFT_OUT names those of the same collection that cannot be: for each, the reason.
"""

from tests.corpus.corpus import Fault
from tests.corpus.reported import (
    arithmetic,
    channels,
    distances,
    indexing,
    linear,
    losses,
    mutation,
    normalization,
    pointwise,
    pooling,
    recurrent,
    reductions,
    scans,
    shaping,
    sharing,
    softmax,
    strided,
)

FAMILIES = (
    pointwise,
    arithmetic,
    reductions,
    scans,
    distances,
    softmax,
    losses,
    normalization,
    channels,
    pooling,
    linear,
    indexing,
    recurrent,
    shaping,
    sharing,
    mutation,
    strided,
)

REPORTED: tuple[Fault, ...] = tuple(fault for family in FAMILIES for fault in family.FAULTS)

LEFT_OUT = {
    "pytorch#56734": "maximum not split at equality: one of two that tie may take all; see conventions",
    "pytorch#147801": "hardswish on its bounds: within the slopes on both sides; see conventions",
    "pytorch#120258": "hardtanh on its bounds: within the slopes on both sides; see conventions",
    "tinygrad#12296": "max counts ties in float16, which overflows: neither the dtype nor so many ties occur",
    "pytorch#45720": "cdist for p < 1 where coordinates coincide: the slope is infinite there, no value is right",
    "pytorch#31829": "logsumexp of a row of -∞: no input is infinite",
    "pytorch#79609": "binary cross-entropy with logits: wrong in the second order alone",
    "jax#6452": "logaddexp under vmap: there is no vmap; without it, add unreduced",
    "ChainRules.jl#87": "inv, asec, acsc, acsch: wrong for complex numbers alone; hypot and atan2 in their place",
    "burn#1891": "conv2d's weights with groups and stride: which slice was missing is not told; groups stand for it",
    "mxnet#18102": "einsum: wrong in several scenarios, none of which is told apart",
    "cTensor#31": "softmax: what stood before the fix is not told; three other softmaxes stand for it",
    "MyGrad#4": "GRU: wrong where the backpropagation through time is cut short, which no derivative is",
}
