"""3-D average pooling: y[n, c, h, i, j] = Σ over k, l, q of x[n, c, h*stride - pad + k, i*stride - pad + l,
j*stride - pad + q] / count.

x: (N, C, D, H, W) → y: (N, C, D', H', W'), D the depth of space.  count is kernel³ if count_include_pad, padding being
zeros like any other, else the number of elements of x in the window.
"""

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole
from gradcheck.ops.pooling.average_pooling import backward, forward, reference

average_pool3d = Op(
    "average_pool3d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C D H W")},
    settings={
        "kernel": whole(1, 3),
        "stride": whole(1, 2),
        "pad": whole(0, "kernel-1"),
        "count_include_pad": choice(True, False),
    },
    sizes={
        "C": whole(1, 2),
        "D": whole("kernel-2*pad", "kernel+1"),
        "H": whole("kernel-2*pad", "kernel+1"),
        "W": whole("kernel-2*pad", None),
    },
    batch="N",
    formula="y = mean of x over each window",
    source="definition; padding, count_include_pad and rounding down as in torch.nn.functional.avg_pool3d",
    aliases={
        "torch": "avg_pool3d",
        "JAX": "reduce_window_sum",
        "Chainer": "average_pooling_3d average_pooling_nd",
    },
)
