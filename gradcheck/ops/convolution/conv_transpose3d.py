"""3-D transposed convolution (deconvolution) with stride, padding, output padding, dilation and groups.

y[n, m, h, i, j] = b[m] + sum of w[c, m', k, l, q] * x[n, c, d, e, f] over c, k, l, q, d, e, f with
h = d*stride + k*dilation - pad, i = e*stride + l*dilation - pad and j = f*stride + q*dilation - pad, where m' is the
place of m in its group and c runs over the channels of that group.  x: (N, groups*C, D, H, W),
w: (groups*C, M, K, L, Q), b: (groups*M,) → y: (N, groups*M, D', H', W').  D is the depth of space.
"""

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.convolution.transposed import backward, forward, reference

conv_transpose3d = Op(
    "conv_transpose3d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N groups*C D H W"), "w": Array("groups*C M K L Q"), "b": Array("groups*M")},
    settings={
        "stride": whole(1, 2),
        "pad": whole(0, 1),
        "output_padding": whole(0, "stride-1"),
        "dilation": whole(1, 2),
        "groups": whole(1, 2),
    },
    sizes={
        "C": whole(1, 2),
        "M": whole(1, 2),
        "K": whole(1, 2),
        "L": whole(1, 2),
        "Q": whole(1, 3),
        "D": whole("(2*pad-dilation*(K-1)-output_padding+stride-1)//stride+1", 3),
        "H": whole("(2*pad-dilation*(L-1)-output_padding+stride-1)//stride+1", 3),
        "W": whole("(2*pad-dilation*(Q-1)-output_padding+stride-1)//stride+1", None),
    },
    batch="N",
    formula="y = b + Σ w · x, x[j] into the window that begins at j · stride - pad",
    source="Dumoulin and Visin 2016, chapter 4; settings as in torch.nn.functional.conv_transpose3d",
    aliases={
        "Caffe": "Deconvolution",
        "torch": "conv_transpose3d",
        "JAX": "conv_transpose",
        "Chainer": "deconvolution_3d deconvolution_nd",
    },
)
