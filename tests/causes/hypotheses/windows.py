"""An op over windows, for tests of hypotheses of strides and paddings."""

import numpy as np

from gradcheck import Array, Op, whole


def windows(place, cut=lambda pad, length: slice(pad, pad + length)):
    """Sums over windows along the last axis, whose way back adds at other places and cuts off other padding."""

    def forward(x, k, stride, pad):
        padded = np.pad(x, ((0, 0), (pad, pad)))
        starts = range(0, padded.shape[1] - k + 1, stride)
        return np.stack([(padded[:, s : s + k] ** 2).sum(1) for s in starts], 1), (padded, x, k, stride, pad)

    def backward(dy, cache):
        padded, x, k, stride, pad = cache
        dx = np.zeros_like(padded)
        for n in range(dy.shape[1]):
            s = place(n, stride)
            dx[:, s : s + k] += 2 * dy[:, n : n + 1] * padded[:, s : s + k]
        return dx[:, cut(pad, x.shape[1])]

    settings = {"k": whole(2, 3), "stride": whole(1, 3), "pad": whole(0, 2)}
    return Op(
        "windows", forward, backward, inputs={"x": Array("N L")}, sizes={"L": whole("k+2", None)}, settings=settings
    )
