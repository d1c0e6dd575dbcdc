"""2-D transposed convolution (deconvolution) with stride, padding, output padding, dilation and groups.

y[n, m, i, j] = b[m] + sum of w[c, m', k, l] * x[n, c, p, q] over c, k, l, p, q with i = p*stride + k*dilation - pad and
j = q*stride + l*dilation - pad, where m' is the place of m in its group and c runs over the channels of that group.
x: (N, groups*C, H, W), w: (groups*C, M, K, L), b: (groups*M,) → y: (N, groups*M, H', W').  The kernel's first axis is
that of the input's channels, where that of a convolution is of the output's.
"""

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.convolution.transposed import backward, forward, reference

conv_transpose2d = Op(
    "conv_transpose2d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N groups*C H W"), "w": Array("groups*C M K L"), "b": Array("groups*M")},
    settings={
        "stride": whole(1, 3),
        "pad": whole(0, 2),
        "output_padding": whole(0, "stride-1"),
        "dilation": whole(1, 2),
        "groups": whole(1, 2),
    },
    sizes={
        "H": whole("(2*pad-dilation*(K-1)-output_padding+stride-1)//stride+1", None),
        "W": whole("(2*pad-dilation*(L-1)-output_padding+stride-1)//stride+1", None),
    },
    batch="N",
    formula="y = b + Σ w · x, x[j] into the window that begins at j · stride - pad",
    source="Dumoulin and Visin 2016, chapter 4; settings as in torch.nn.functional.conv_transpose2d",
    aliases={
        "Caffe": "Deconvolution",
        "torch": "conv_transpose2d",
        "JAX": "conv_transpose",
        "Chainer": "deconvolution_2d deconvolution_nd",
    },
)
