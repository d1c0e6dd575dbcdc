"""2-D power-average pooling: y[n, c, i, j] = (Σ over k, l of |x[n, c, i*stride + k, j*stride + l]|^p)^(1/p).

x: (N, C, H, W) → y: (N, C, H', W').  The p-norm of each window.  torch adds up x^p, which is the same for even p, and
for odd p where x is positive.  Kinks where all of a window is zero; there the gradient is zero.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole
from gradcheck.ops.convolution.definition import gather_space
from gradcheck.ops.convolution.windows import add_windows, cut_windows


def forward(x: Values, kernel: int, stride: int, p: int) -> tuple[Values, Any]:
    """The norm of each window, its largest element taken out so that no power overflows."""
    sizes = np.abs(cut_windows(x, (kernel, kernel), stride))
    largest = sizes.max(axis=(4, 5), keepdims=True)
    shares = sizes / np.where(largest > 0, largest, 1)
    y = largest[..., 0, 0] * np.sum(shares**p, axis=(4, 5)) ** (1 / p)
    return y, (x, y.copy(), kernel, stride, p)


def backward(dy: Values, cache: Any) -> Values:
    """dx = dy sign(x) (|x| / y)^(p - 1) for each window, zero where y is; windows that overlap add up."""
    x, y, kernel, stride, p = cache
    ratio = cut_windows(x, (kernel, kernel), stride) / np.where(y > 0, y, np.inf)[..., None, None]
    return add_windows(dy[..., None, None] * np.sign(ratio) * np.abs(ratio) ** (p - 1), x.shape, stride)


def reference(x: Any, kernel: int, stride: int, p: int) -> Any:
    """The definition."""
    xp = namespace(x)

    def met(length: int) -> Any:
        return xp.arange((length - kernel) // stride + 1)[:, None] * stride + xp.arange(kernel)

    powers = xp.sum(xp.abs(gather_space(x, [met(length) for length in x.shape[2:]])) ** p, axis=(3, 5))
    return powers ** (xp.ones((), dtype=x.dtype) / p)


lp_pool2d = Op(
    "lp_pool2d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C H W")},
    settings={"kernel": whole(1, 3), "stride": whole(1, 3), "p": choice(2, 3)},
    sizes={"H": whole("kernel", None), "W": whole("kernel", None)},
    batch="N",
    kinks=lambda x, kernel, stride, p: np.abs(cut_windows(x, (kernel, kernel), stride)).max(axis=(4, 5)),
    convention="zero",
    formula="y = (Σ |x|^p)^(1/p) over each window",
    source="Sermanet, Chintala and LeCun 2012, Lp pooling; window and stride as in torch.nn.functional.lp_pool2d",
    aliases={"torch": "lp_pool2d"},
)
