"""Reported as bugs, and lawful: at a kink any value between the slopes on both sides will do."""

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.pointwise import pointwise
from gradcheck.ops.arithmetic.maximum import maximum


def hardswish_reference(x):
    xp = namespace(x)
    return xp.where(x < -3, 0 * x, xp.where(x > 3, x, x * (x + 3) / 6))


hardswish = pointwise(
    "hardswish",
    value=lambda x: x * np.clip(x + 3, 0, 6) / 6,
    slope=lambda x, y: np.where(x < -3, 0, np.where(x > 3, 1, x / 3 + 0.5)).astype(x.dtype),
    reference=hardswish_reference,
    source="pytorch#147801: -1/2 at -3 and 3/2 at 3",
)


def hardtanh(name, inside):
    return pointwise(
        name,
        value=lambda x: np.clip(x, -1, 1),
        slope=lambda x, y: inside(x).astype(x.dtype),
        reference=lambda x: namespace(x).where(x < -1, -1.0, namespace(x).where(x > 1, 1.0, x)),
        source="pytorch#120258: 0 on the bounds, documented as 1",
    )


CONVENTIONS = (
    hardswish,
    hardtanh("hardtanh, open", lambda x: np.abs(x) < 1),
    hardtanh("hardtanh, closed", lambda x: np.abs(x) <= 1),
    maximum,  # pytorch#56734: at a tie one takes all
)
