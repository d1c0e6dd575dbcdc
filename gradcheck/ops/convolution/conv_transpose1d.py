"""1-D transposed convolution (deconvolution) with stride, padding, output padding, dilation and groups.

y[n, m, t] = b[m] + sum of w[c, m', k] * x[n, c, j] over c, k, j with t = j*stride + k*dilation - pad, where m' is the
place of m in its group and c runs over the channels of that group.  x: (N, groups*C, T), w: (groups*C, M, K),
b: (groups*M,) → y: (N, groups*M, T').
"""

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.convolution.transposed import backward, forward, reference

conv_transpose1d = Op(
    "conv_transpose1d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N groups*C T"), "w": Array("groups*C M K"), "b": Array("groups*M")},
    settings={
        "stride": whole(1, 3),
        "pad": whole(0, 2),
        "output_padding": whole(0, "stride-1"),
        "dilation": whole(1, 2),
        "groups": whole(1, 3),
    },
    sizes={"T": whole("(2*pad-dilation*(K-1)-output_padding+stride-1)//stride+1", None)},
    batch="N",
    formula="y = b + Σ w · x, x[j] into the window that begins at j · stride - pad",
    source="Dumoulin and Visin 2016, chapter 4; settings as in torch.nn.functional.conv_transpose1d",
    aliases={
        "Caffe": "Deconvolution",
        "torch": "conv_transpose1d",
        "JAX": "conv_transpose",
        "Chainer": "deconvolution_1d deconvolution_nd",
    },
)
