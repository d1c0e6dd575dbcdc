"""3-D convolution (cross-correlation) with stride, padding, dilation and groups.

y[n, m, h, i, j] = b[m] + sum over c, k, l, q of
w[m, c, k, l, q] * xpad[n, c', h*stride + k*dilation, i*stride + l*dilation, j*stride + q*dilation],
where c' is channel c of the group that m belongs to.  x: (N, groups*C, D, H, W), w: (groups*M, C, K, L, Q),
b: (groups*M,) → y: (N, groups*M, D', H', W').  D is the depth of space.
"""

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.convolution.cross_correlation import backward, forward, reference

conv3d = Op(
    "conv3d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N groups*C D H W"), "w": Array("groups*M C K L Q"), "b": Array("groups*M")},
    settings={"stride": whole(1, 2), "pad": whole(0, 1), "dilation": whole(1, 2), "groups": whole(1, 2)},
    sizes={
        "C": whole(1, 2),
        "M": whole(1, 2),
        "K": whole(1, 2),
        "L": whole(1, 2),
        "Q": whole(1, 3),
        "D": whole("dilation*(K-1)+1-2*pad", "dilation*(K-1)+3"),
        "H": whole("dilation*(L-1)+1-2*pad", "dilation*(L-1)+3"),
        "W": whole("dilation*(Q-1)+1-2*pad", None),
    },
    batch="N",
    formula="y = b + Σ w · x over each window",
    source="CS231n notes, convolutional networks, along three axes; settings as in torch.nn.functional.conv3d",
    aliases={
        "Caffe": "Convolution",
        "torch": "conv3d",
        "JAX": "conv_general_dilated",
        "Chainer": "convolution_3d convolution_nd",
        "MyGrad": "conv_nd",
    },
)
