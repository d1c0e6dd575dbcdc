"""2-D max pooling: y[n, c, i, j] = max over k, l of x[n, c, i*stride - pad + k, j*stride - pad + l].

x: (N, C, H, W) → y: (N, C, H', W').  Padding never wins.  Kinks where two pixels of a window tie for the largest; there
the first, row by row, takes the gradient.
"""

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.pooling.max_pooling import backward, forward, kinks, reference

max_pool2d = Op(
    "max_pool2d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C H W")},
    settings={"kernel": whole(1, 3), "stride": whole(1, 3), "pad": whole(0, "kernel-1")},
    sizes={"H": whole("kernel-2*pad", None), "W": whole("kernel-2*pad", None)},
    batch="N",
    kinks=kinks,
    convention="first",
    formula="y = max of x over each window",
    source="CS231n notes, convolutional networks; padding and rounding down as in torch.nn.functional.max_pool2d",
    aliases={
        "Caffe": "Pooling",
        "CS231n": "max_pool",
        "torch": "max_pool2d",
        "JAX": "reduce_window_max",
        "Chainer": "max_pooling_2d max_pooling_nd",
        "MyGrad": "max_pool",
    },
)
