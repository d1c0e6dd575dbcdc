"""1-D convolution (cross-correlation) with stride, padding, dilation and groups.

y[n, m, t] = b[m] + sum over c, k of w[m, c, k] * xpad[n, c', t*stride + k*dilation], where c' is channel c of the group
that m belongs to.  x: (N, groups*C, T), w: (groups*M, C, K), b: (groups*M,) → y: (N, groups*M, T').
"""

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.convolution.cross_correlation import backward, forward, reference

conv1d = Op(
    "conv1d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N groups*C T"), "w": Array("groups*M C K"), "b": Array("groups*M")},
    settings={"stride": whole(1, 3), "pad": whole(0, 2), "dilation": whole(1, 2), "groups": whole(1, 3)},
    sizes={"T": whole("dilation*(K-1)+1-2*pad", None)},
    batch="N",
    formula="y = b + Σ w · x over each window",
    source="CS231n notes, convolutional networks, along one axis; settings as in torch.nn.functional.conv1d",
    aliases={
        "Caffe": "Convolution",
        "torch": "conv1d conv_tbc",
        "JAX": "conv_general_dilated",
        "Chainer": "convolution_1d convolution_nd",
        "MyGrad": "conv_nd",
    },
)
