"""2-D convolution (cross-correlation) with stride, padding, dilation and groups.

y[n, m, i, j] = b[m] + sum over c, k, l of w[m, c, k, l] * xpad[n, c', i*stride + k*dilation, j*stride + l*dilation],
where c' is channel c of the group that m belongs to.  x: (N, groups*C, H, W), w: (groups*M, C, K, L), b: (groups*M,)
→ y: (N, groups*M, H', W').
"""

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.convolution.cross_correlation import backward, forward, reference

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
    aliases={
        "Caffe": "Convolution",
        "CS231n": "conv",
        "torch": "conv2d",
        "JAX": "conv_general_dilated",
        "Chainer": "convolution_2d dilated_convolution_2d convolution_nd",
        "MyGrad": "conv_nd",
    },
)
