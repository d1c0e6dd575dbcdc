"""1-D max pooling: y[n, c, t] = max over k of x[n, c, t*stride - pad + k].

x: (N, C, T) → y: (N, C, T').  Padding never wins.  Kinks where two elements of a window tie for the largest; there the
first takes the gradient.
"""

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.pooling.max_pooling import backward, forward, kinks, reference

max_pool1d = Op(
    "max_pool1d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C T")},
    settings={"kernel": whole(1, 4), "stride": whole(1, 3), "pad": whole(0, "kernel-1")},
    sizes={"T": whole("kernel-2*pad", None)},
    batch="N",
    kinks=kinks,
    convention="first",
    formula="y = max of x over each window",
    source="CS231n notes, convolutional networks, along one axis; settings as in torch.nn.functional.max_pool1d",
    aliases={
        "torch": "max_pool1d",
        "JAX": "reduce_window_max",
        "Chainer": "max_pooling_1d max_pooling_nd",
        "MyGrad": "max_pool",
    },
)
