"""1-D average pooling: y[n, c, t] = Σ over k of x[n, c, t*stride - pad + k] / count.

x: (N, C, T) → y: (N, C, T').  count is the kernel if count_include_pad, padding being zeros like any other, else the
number of elements of x in the window.
"""

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole
from gradcheck.ops.pooling.average_pooling import backward, forward, reference

average_pool1d = Op(
    "average_pool1d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C T")},
    settings={
        "kernel": whole(1, 4),
        "stride": whole(1, 3),
        "pad": whole(0, "kernel-1"),
        "count_include_pad": choice(True, False),
    },
    sizes={"T": whole("kernel-2*pad", None)},
    batch="N",
    formula="y = mean of x over each window",
    source="definition; padding, count_include_pad and rounding down as in torch.nn.functional.avg_pool1d",
    aliases={
        "torch": "avg_pool1d",
        "JAX": "reduce_window_sum",
        "Chainer": "average_pooling_1d average_pooling_nd",
    },
)
