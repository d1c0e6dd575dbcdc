"""Patches of an image as columns: y[n, (c, k, m), (i, j)] = xpad[n, c, i*stride + k*dilation, j*stride + m*dilation].

x: (N, C, H, W) → y: (N, C kernel², H' W'), channel by channel and row by row.
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.shaping.patches import fold, unfold


def forward(x: Values, kernel: int, stride: int, pad: int, dilation: int) -> tuple[Values, Any]:
    """The columns, and the size of the image."""
    return unfold(x, kernel, stride, pad, dilation), (*x.shape[2:], kernel, stride, pad, dilation)


def backward(dy: Values, cache: Any) -> Values:
    """Each pixel gathers the upstream of all patches that hold it."""
    return fold(dy, *cache)


def reference(x: Any, kernel: int, stride: int, pad: int, dilation: int) -> Any:
    """Every pixel that a kernel element meets, by index, the axes then put in order."""
    xp, (n, channels, height, width) = namespace(x), x.shape
    sides = xp.zeros((n, channels, height, pad), dtype=x.dtype)
    ends = xp.zeros((n, channels, pad, width + 2 * pad), dtype=x.dtype)
    padded = xp.concat([ends, xp.concat([sides, x, sides], axis=3), ends], axis=2)
    met = padded
    for axis, length in ((2, height), (3, width)):
        starts = xp.arange((length + 2 * pad - dilation * (kernel - 1) - 1) // stride + 1) * stride
        met = xp.take(met, xp.reshape(xp.arange(kernel)[:, None] * dilation + starts, (-1,)), axis=axis)
    rows, columns = met.shape[2] // kernel, met.shape[3] // kernel
    met = xp.reshape(met, (n, channels, kernel, rows, kernel, columns))
    return xp.reshape(xp.permute_dims(met, (0, 1, 2, 4, 3, 5)), (n, channels * kernel * kernel, rows * columns))


im2col = Op(
    "im2col",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C H W")},
    settings={"kernel": whole(1, 3), "stride": whole(1, 3), "pad": whole(0, 2), "dilation": whole(1, 2)},
    sizes={
        "H": whole("dilation*(kernel-1)+1-2*pad", None),
        "W": whole("dilation*(kernel-1)+1-2*pad", None),
    },
    batch="N",
    formula="y = the patches of x as columns",
    source="Caffe, Im2colLayer; torch.nn.functional.unfold",
    aliases={
        "Caffe": "Im2col",
        "CS231n": "im2col",
        "torch": "unfold",
        "JAX": "conv_general_dilated_patches",
        "Chainer": "im2col",
    },
)
