"""A sine.  Wrong: sin x + x, with the gradient of just that, so that differences of the forward see nothing."""

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import real
from gradcheck.declaration.pointwise import pointwise


def reference(x):
    return namespace(x).sin(x)


right = pointwise("sine", value=np.sin, slope=lambda x, y: np.cos(x), reference=reference, domain=real(30))
wrong = pointwise(
    "sine", value=lambda x: np.sin(x) + x, slope=lambda x, y: np.cos(x) + 1, reference=reference, domain=real(30)
)
