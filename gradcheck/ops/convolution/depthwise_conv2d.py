"""2-D depthwise convolution: every channel has M kernels of its own, and meets no other channel.

y[n, c*M + m, i, j] = b[c*M + m] + sum over k, l of w[c, m, k, l] * xpad[n, c, i*stride + k*dilation,
j*stride + l*dilation].  x: (N, C, H, W), w: (C, M, K, L), b: (C*M,) → y: (N, C*M, H', W').  The M outputs of a channel
stand together.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.convolution.definition import sum_over_kernel
from gradcheck.ops.convolution.windows import add_windows, crop_space, cut_windows, pad_space


def forward(x: Values, w: Values, b: Values, stride: int, pad: int, dilation: int) -> tuple[Values, Any]:
    """The convolution, channel by channel, and what backward needs of it."""
    padded = pad_space(x, [(pad, pad), (pad, pad)])
    seen = cut_windows(padded, w.shape[2:], stride, dilation)
    y = np.einsum("ncijkl,cmkl->ncmij", seen, w)
    y = y.reshape(len(x), len(b), *y.shape[3:]) + b[:, None, None]
    return y, (seen, w, padded.shape, x.shape[2:], stride, pad, dilation)


def backward(dy: Values, cache: Any) -> tuple[Values, Values, Values]:
    """Each window's share of dy, times the kernels of its channel, added back to where the window lay."""
    seen, w, padded, space, stride, pad, dilation = cache
    dz = dy.reshape(len(dy), *w.shape[:2], *dy.shape[2:])
    dw = np.einsum("ncmij,ncijkl->cmkl", dz, seen)
    shares = np.einsum("ncmij,cmkl->ncijkl", dz, w)
    return crop_space(add_windows(shares, padded, stride, dilation), pad, space), dw, dy.sum(axis=(0, 2, 3))


def reference(x: Any, w: Any, b: Any, stride: int, pad: int, dilation: int) -> Any:
    """The definition, as a convolution in groups of one channel."""
    xp = namespace(x)

    def met(length: int, kernel: int) -> Any:
        starts = xp.arange((length + 2 * pad - dilation * (kernel - 1) - 1) // stride + 1) * stride - pad
        return starts[:, None] + xp.arange(kernel) * dilation

    places = [met(*lengths) for lengths in zip(x.shape[2:], w.shape[2:], strict=True)]
    return sum_over_kernel(x, xp.expand_dims(w, axis=2), places) + xp.reshape(b, (b.shape[0], 1, 1))


depthwise_conv2d = Op(
    "depthwise_conv2d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C H W"), "w": Array("C M K L"), "b": Array("C*M")},
    settings={"stride": whole(1, 3), "pad": whole(0, 2), "dilation": whole(1, 2)},
    sizes={"H": whole("dilation*(K-1)+1-2*pad", None), "W": whole("dilation*(L-1)+1-2*pad", None)},
    batch="N",
    formula="y[c M + m] = b + Σ w[c, m] · x[c] over each window",
    source="Chollet 2017, Xception; order of the outputs as in torch.nn.functional.conv2d with groups = C",
    aliases={"torch": "conv2d", "JAX": "conv_general_dilated", "Chainer": "depthwise_convolution_2d"},
)
