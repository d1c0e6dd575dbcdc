"""2-D convolution (cross-correlation) with stride, padding, dilation and groups.

y[n, m, i, j] = b[m] + sum over c, k, l of w[m, c, k, l] * xpad[n, c', i*stride + k*dilation, j*stride + l*dilation],
where c' is channel c of the group that m belongs to.  x: (N, groups*C, H, W), w: (groups*M, C, K, L), b: (groups*M,)
→ y: (N, groups*M, H', W').
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole


def windows(x: Values, kernel: tuple[int, int], stride: int, dilation: int) -> Values:
    """A view of the windows that the kernel sees.  x: (N, C, H, W) → (N, C, H', W', K, L)."""
    spans = tuple(dilation * (k - 1) + 1 for k in kernel)
    view = np.lib.stride_tricks.sliding_window_view(x, spans, axis=(2, 3))
    return view[:, :, ::stride, ::stride, ::dilation, ::dilation]


def forward(x: Values, w: Values, b: Values, stride: int, pad: int, dilation: int, groups: int) -> tuple[Values, Any]:
    """The convolution, and what backward needs of it."""
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    seen = windows(padded, w.shape[2:], stride, dilation)
    seen = seen.reshape(x.shape[0], groups, w.shape[1], *seen.shape[2:])
    kernels = w.reshape(groups, w.shape[0] // groups, *w.shape[1:])
    y = np.einsum("ngcijkl,gmckl->ngmij", seen, kernels)
    y = y.reshape(x.shape[0], w.shape[0], *y.shape[3:]) + b[:, None, None]
    return y, (seen, kernels, padded.shape, w.shape, stride, pad, dilation)


def backward(dy: Values, cache: Any) -> tuple[Values, Values, Values]:
    """Each window's share of dy, times the kernel, added back to where the window lay; windows that overlap add up."""
    seen, kernels, padded, w_shape, stride, pad, dilation = cache
    rows, columns = dy.shape[2:]
    dz = dy.reshape(dy.shape[0], *kernels.shape[:2], rows, columns)
    dw = np.einsum("ngmij,ngcijkl->gmckl", dz, seen).reshape(w_shape)
    shares = np.einsum("ngmij,gmckl->ngcijkl", dz, kernels)
    shares = shares.reshape(*padded[:2], rows, columns, *w_shape[2:])
    dx = np.zeros(padded, dy.dtype)
    for k in range(w_shape[2]):
        for m in range(w_shape[3]):
            top, left = k * dilation, m * dilation
            bottom, right = top + stride * (rows - 1) + 1, left + stride * (columns - 1) + 1
            dx[:, :, top:bottom:stride, left:right:stride] += shares[..., k, m]
    height, width = padded[2] - pad, padded[3] - pad
    return dx[:, :, pad:height, pad:width].copy(), dw, dy.sum(axis=(0, 2, 3))


def reference(x: Any, w: Any, b: Any, stride: int, pad: int, dilation: int, groups: int) -> Any:
    """The definition: every pixel that a kernel element meets, by index, then the sum over channels and kernel."""
    xp, (n, channels, height, width), (features, _, k, m) = namespace(x), x.shape, w.shape
    sides = xp.zeros((n, channels, height, pad), dtype=x.dtype)
    ends = xp.zeros((n, channels, pad, width + 2 * pad), dtype=x.dtype)
    padded = xp.concat([ends, xp.concat([sides, x, sides], axis=3), ends], axis=2)
    rows = xp.arange((height + 2 * pad - dilation * (k - 1) - 1) // stride + 1)
    columns = xp.arange((width + 2 * pad - dilation * (m - 1) - 1) // stride + 1)
    met = xp.take(padded, xp.reshape(rows[:, None] * stride + xp.arange(k) * dilation, (-1,)), axis=2)
    met = xp.take(met, xp.reshape(columns[:, None] * stride + xp.arange(m) * dilation, (-1,)), axis=3)
    met = xp.reshape(met, (n, groups, channels // groups, rows.shape[0], k, columns.shape[0], m))
    places = n * rows.shape[0] * columns.shape[0]
    met = xp.reshape(xp.permute_dims(met, (1, 0, 3, 5, 2, 4, 6)), (groups, places, channels // groups * k * m))
    kernels = xp.reshape(w, (groups, features // groups, channels // groups * k * m))
    y = met @ xp.permute_dims(kernels, (0, 2, 1))
    y = xp.reshape(y, (groups, n, rows.shape[0], columns.shape[0], features // groups))
    y = xp.reshape(xp.permute_dims(y, (1, 0, 4, 2, 3)), (n, features, *y.shape[2:4]))
    return y + xp.reshape(b, (1, features, 1, 1))


conv2d = Op(
    "conv2d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N groups*C H W"), "w": Array("groups*M C K L"), "b": Array("groups*M")},
    settings={"stride": whole(1, 3), "pad": whole(0, 2), "dilation": whole(1, 2), "groups": whole(1, 3)},
    sizes={"H": whole("dilation*(K-1)+1-2*pad", None), "W": whole("dilation*(L-1)+1-2*pad", None)},
    batch="N",
    formula="y = b + Σ w · x over each window",
    source="CS231n notes, convolutional networks; dilation and groups as in torch.nn.functional.conv2d",
)
