"""Functions that are constant between jumps, y = f(x) for each element.  x: (*S) → y: (*S).

Their derivative is zero wherever there is one; at a jump, where there is none, the gradient is zero as well, as in
torch and JAX.
"""

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import real
from gradcheck.declaration.pointwise import pointwise
from gradcheck.declaration.settings import choice
from gradcheck.ops.pointwise.with_settings import pointwise_with_settings

FEW_STAIRS = real(-30.25, 30.25)
"""Where a stair is not so low beside x that differences take the staircase for a ramp."""

sign = pointwise(
    "sign",
    value=np.sign,
    slope=lambda x, y: 0,
    reference=lambda x: namespace(x).sign(x),
    formula="y = -1, 0 or 1 for x below, at or above 0",
    source="array API standard, sign",
    aliases={"torch": "sign", "JAX": "sign", "Chainer": "sign"},
)

floor = pointwise(
    "floor",
    value=np.floor,
    slope=lambda x, y: 0,
    reference=lambda x: namespace(x).floor(x),
    domain=FEW_STAIRS,
    formula="y = the largest whole number that is not above x",
    source="array API standard, floor",
    aliases={"torch": "floor", "JAX": "floor", "Chainer": "floor"},
)

ceil = pointwise(
    "ceil",
    value=np.ceil,
    slope=lambda x, y: 0,
    reference=lambda x: namespace(x).ceil(x),
    domain=FEW_STAIRS,
    formula="y = the least whole number that is not below x",
    source="array API standard, ceil",
    aliases={"torch": "ceil", "JAX": "ceil", "Chainer": "ceil"},
)

round = pointwise(
    "round",
    value=np.rint,
    slope=lambda x, y: 0,
    reference=lambda x: namespace(x).round(x),
    domain=FEW_STAIRS,
    formula="y = the nearest whole number, of two the even one",
    source="array API standard, round",
    aliases={"torch": "round", "JAX": "round"},
)

step = pointwise_with_settings(
    "step",
    value=lambda x, threshold: (x > threshold).astype(x.dtype),
    slope=lambda x, y, threshold: 0,
    reference=lambda x, threshold: namespace(x).where(x > threshold, 0 * x + 1, 0 * x),
    settings={"threshold": choice(0.0, 0.5)},
    formula="y = 1 for x > threshold, 0 elsewhere",
    source="Caffe, threshold_layer.cpp, which has no backward",
    aliases={"Caffe": "Threshold"},
)
