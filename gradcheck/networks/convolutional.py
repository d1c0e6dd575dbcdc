"""Convolutional networks: CS231n's net of three layers, LeNet, the block of AlexNet with its local response
normalization, and a residual block."""

from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.settings import whole
from gradcheck.graphs.graph import ComputationalGraph, node
from gradcheck.ops.arithmetic.add import add
from gradcheck.ops.convolution.conv2d import conv2d
from gradcheck.ops.linear.linear import linear
from gradcheck.ops.losses.softmax_cross_entropy import softmax_cross_entropy
from gradcheck.ops.normalization.batch_norm import batch_norm
from gradcheck.ops.normalization.local_response_normalization import local_response_normalization
from gradcheck.ops.pointwise.activations import relu
from gradcheck.ops.pooling.max_pool2d import max_pool2d
from gradcheck.ops.shaping.flatten import flatten

SAME = {"stride": 1, "pad": 1, "dilation": 1, "groups": 1}
"""A convolution of 3 × 3 pixels that leaves height and width as they are."""
VALID = SAME | {"pad": 0}
"""A convolution of whole windows alone."""
HALVING = {"kernel": 2, "stride": 2, "pad": 0}
"""A pooling that halves height and width."""

three_layer_conv_net = ComputationalGraph(
    "three_layer_conv_net",
    inputs={
        "x": Array("N C 2*H 2*W"),
        "w1": Array("F C 3 3"),
        "b1": Array("F"),
        "w2": Array("F*H*W D"),
        "b2": Array("D"),
        "w3": Array("D M"),
        "b3": Array("M"),
        "labels": Array("N", indices("M")),
    },
    nodes={
        "a1": node(conv2d, "x", "w1", "b1", **SAME),
        "h1": node(relu, "a1"),
        "p1": node(max_pool2d, "h1", **HALVING),
        "rows": node(flatten, "p1", axis=1),
        "a2": node(linear, "rows", "w2", "b2"),
        "h2": node(relu, "a2"),
        "scores": node(linear, "h2", "w3", "b3"),
        "loss": node(softmax_cross_entropy, "scores", "labels"),
    },
    output="loss",
    sizes=dict.fromkeys("NCFHWDM", whole(1, 3)),
    formula="loss = softmax_cross_entropy of conv, relu, 2 × 2 max pool, linear, relu, linear",
    source="CS231n assignment 2, ThreeLayerConvNet",
)

lenet = ComputationalGraph(
    "lenet",
    inputs={
        "x": Array("N C 4*H+12 4*W+12"),
        "w1": Array("F C 5 5"),
        "b1": Array("F"),
        "w2": Array("G F 5 5"),
        "b2": Array("G"),
        "w3": Array("G*H*W D"),
        "b3": Array("D"),
        "w4": Array("D M"),
        "b4": Array("M"),
        "labels": Array("N", indices("M")),
    },
    nodes={
        "a1": node(conv2d, "x", "w1", "b1", **VALID),
        "p1": node(max_pool2d, "a1", **HALVING),
        "a2": node(conv2d, "p1", "w2", "b2", **VALID),
        "p2": node(max_pool2d, "a2", **HALVING),
        "rows": node(flatten, "p2", axis=1),
        "a3": node(linear, "rows", "w3", "b3"),
        "h3": node(relu, "a3"),
        "scores": node(linear, "h3", "w4", "b4"),
        "loss": node(softmax_cross_entropy, "scores", "labels"),
    },
    output="loss",
    sizes=dict.fromkeys("NCFGHW", whole(1, 1)) | dict.fromkeys("DM", whole(1, 3)),
    formula="loss = softmax_cross_entropy of {conv, max_pool} × 2, linear, relu, linear",
    source="LeCun, Bottou, Bengio and Haffner 1998; the layers of Caffe's examples/mnist/lenet.prototxt",
)

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
    sizes=dict.fromkeys("NCHW", whole(1, 4)),
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
    sizes=dict.fromkeys("NCHW", whole(1, 4)),
    formula="y = max(0, F(x) + x), F = {conv, batch_norm, relu, conv, batch_norm}",
    source="He, Zhang, Ren and Sun 2016, Deep residual learning for image recognition, eq. 1 and figure 2",
)
