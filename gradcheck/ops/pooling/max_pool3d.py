"""3-D max pooling: y[n, c, h, i, j] = max over k, l, q of x[n, c, h*stride - pad + k, i*stride - pad + l,
j*stride - pad + q].

x: (N, C, D, H, W) → y: (N, C, D', H', W'), D the depth of space.  Padding never wins.  Kinks where two elements of a
window tie for the largest; there the first in the order of D, H, W takes the gradient.
"""

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.pooling.max_pooling import backward, forward, kinks, reference

max_pool3d = Op(
    "max_pool3d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C D H W")},
    settings={"kernel": whole(1, 3), "stride": whole(1, 2), "pad": whole(0, "kernel-1")},
    sizes={
        "C": whole(1, 2),
        "D": whole("kernel-2*pad", "kernel+1"),
        "H": whole("kernel-2*pad", "kernel+1"),
        "W": whole("kernel-2*pad", None),
    },
    batch="N",
    kinks=kinks,
    convention="first",
    formula="y = max of x over each window",
    source="CS231n notes, convolutional networks, along three axes; settings as in torch.nn.functional.max_pool3d",
    aliases={
        "torch": "max_pool3d",
        "JAX": "reduce_window_max",
        "Chainer": "max_pooling_3d max_pooling_nd",
        "MyGrad": "max_pool",
    },
)
