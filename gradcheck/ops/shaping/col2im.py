"""Columns added up to an image: y[n, c, h, w] = Σ over all patches (i, j) and their places (k, m) of
x[n, (c, k, m), (i, j)] for which h = i*stride + k*dilation - pad, w = j*stride + m*dilation - pad.

x: (N, C kernel², H' W') → y: (N, C, height, width).
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.shaping.patches import fold, unfold

PATCHES = "(({}+2*pad-dilation*(kernel-1)-1)//stride+1)"


def forward(
    x: Values, kernel: int, stride: int, dilation: int, pad: int, height: int, width: int
) -> tuple[Values, Any]:
    """The image; what falls on the padding is cut off."""
    return fold(x, height, width, kernel, stride, pad, dilation), (kernel, stride, pad, dilation)


def backward(dy: Values, cache: Any) -> Values:
    """Each place of each patch takes the upstream of its pixel, zero on the padding."""
    return unfold(dy, *cache)


def reference(x: Any, kernel: int, stride: int, dilation: int, pad: int, height: int, width: int) -> Any:
    """Products with zeros and ones, which say where each place of each patch falls: rows first, then columns."""
    xp = namespace(x)
    rows, columns = ((n + 2 * pad - dilation * (kernel - 1) - 1) // stride + 1 for n in (height, width))
    y = xp.reshape(x, (x.shape[0], x.shape[1] // (kernel * kernel), kernel, kernel, rows, columns))
    for length, count in ((height, rows), (width, columns)):
        offsets = xp.arange(kernel)[:, None, None] * dilation + xp.arange(count)[:, None] * stride - pad
        falls = xp.astype(offsets == xp.arange(length), x.dtype)
        y = xp.tensordot(y, falls, axes=((2, y.ndim - 2), (0, 1)))
    return y


col2im = Op(
    "col2im",
    forward,
    backward,
    reference,
    inputs={"x": Array(f"N C*kernel*kernel {PATCHES.format('height')}*{PATCHES.format('width')}")},
    settings={
        "kernel": whole(1, 3),
        "stride": whole(1, 3),
        "dilation": whole(1, 2),
        "pad": whole(0, "dilation*((kernel-1)//2)"),
        "height": whole("dilation*(kernel-1)+1-2*pad", "dilation*(kernel-1)+4-2*pad"),
        "width": whole("dilation*(kernel-1)+1-2*pad", "dilation*(kernel-1)+4-2*pad"),
    },
    batch="N",
    formula="y = the sum of all patches, each at its place in the image",
    source="torch.nn.functional.fold",
    aliases={"torch": "fold"},
)
