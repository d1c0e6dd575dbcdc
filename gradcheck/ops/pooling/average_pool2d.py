"""2-D average pooling: y[n, c, i, j] = Σ over k, l of x[n, c, i*stride - pad + k, j*stride - pad + l] / count.

x: (N, C, H, W) → y: (N, C, H', W').  count is kernel² if count_include_pad, padding being zeros like any other, else
the number of pixels of x in the window.
"""

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole
from gradcheck.ops.pooling.average_pooling import backward, forward, reference

average_pool2d = Op(
    "average_pool2d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C H W")},
    settings={
        "kernel": whole(1, 3),
        "stride": whole(1, 3),
        "pad": whole(0, "kernel-1"),
        "count_include_pad": choice(True, False),
    },
    sizes={"H": whole("kernel-2*pad", None), "W": whole("kernel-2*pad", None)},
    batch="N",
    formula="y = mean of x over each window",
    source="definition; padding, count_include_pad and rounding down as in torch.nn.functional.avg_pool2d",
    aliases={
        "Caffe": "Pooling",
        "torch": "avg_pool2d",
        "JAX": "reduce_window_sum",
        "Chainer": "average_pooling_2d average_pooling_nd",
    },
)
