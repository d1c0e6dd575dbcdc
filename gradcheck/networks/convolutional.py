"""Parts of convolutional networks: the block of AlexNet with its local response normalization, and a residual block."""

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.settings import whole
from gradcheck.graphs.graph import ComputationalGraph, node
from gradcheck.ops.arithmetic.add import add
from gradcheck.ops.convolution.conv2d import conv2d
from gradcheck.ops.normalization.batch_norm import batch_norm
from gradcheck.ops.normalization.local_response_normalization import local_response_normalization
from gradcheck.ops.pointwise.activations import relu
from gradcheck.ops.pooling.max_pool2d import max_pool2d

SAME = {"stride": 1, "pad": 1, "dilation": 1, "groups": 1}
"""A convolution of 3 × 3 pixels that leaves height and width as they are."""

alexnet_block = ComputationalGraph(
    "alexnet_block",
    inputs={"x": Array("N C H W"), "w": Array("M C 3 3"), "b": Array("M")},
    nodes={
        "a": node(conv2d, "x", "w", "b", **SAME),
        "r": node(relu, "a"),
        "n": node(local_response_normalization, "r", size=5, alpha=1e-4, beta=0.75, k=1.0),
        "y": node(max_pool2d, "n", kernel=3, stride=2, pad=1),
    },
    output="y",
    batch="N",
    sizes={"H": whole(1, 8), "W": whole(1, 8)},
    formula="y = max_pool(local_response_normalization(max(0, conv(x, w) + b)))",
    source="Krizhevsky, Sutskever and Hinton 2012, sections 3.3 to 3.5",
)

residual_block = ComputationalGraph(
    "residual_block",
    inputs={
        "x": Array("N C H W"),
        "w1": Array("C C 3 3"),
        "b1": Array("C"),
        "gamma1": Array("C"),
        "beta1": Array("C"),
        "w2": Array("C C 3 3"),
        "b2": Array("C"),
        "gamma2": Array("C"),
        "beta2": Array("C"),
    },
    nodes={
        "a1": node(conv2d, "x", "w1", "b1", **SAME),
        "n1": node(batch_norm, "a1", "gamma1", "beta1", eps=1e-5),
        "h1": node(relu, "n1"),
        "a2": node(conv2d, "h1", "w2", "b2", **SAME),
        "n2": node(batch_norm, "a2", "gamma2", "beta2", eps=1e-5),
        "sum": node(add, "n2", "x"),
        "y": node(relu, "sum"),
    },
    output="y",
    sizes={"H": whole(1, 8), "W": whole(1, 8)},
    formula="y = max(0, F(x) + x), F = {conv, batch_norm, relu, conv, batch_norm}",
    source="He, Zhang, Ren and Sun 2016, Deep residual learning for image recognition, eq. 1 and figure 2",
)
