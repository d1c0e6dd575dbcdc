"""What is used twice gathers twice: parameters that are shared, and outputs that fan out."""

from dataclasses import replace

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from tests.corpus.corpus import Fault
from tests.corpus.reported.channels import prelu
from tests.corpus.reported.linear import conv1d


def forward_twice(op):
    """An op applied to two inputs with the same parameter."""

    def forward(x, v, w):
        (y, x_cache), (z, v_cache) = op.forward(x, w), op.forward(v, w)
        return (y, z), (x_cache, v_cache)

    return forward


def backward_twice(op, gather):
    """Both inputs' gradients, and that of the parameter gathered from its two uses."""

    def backward(upstream, caches):
        (dx, first), (dv, second) = (op.backward(u, c) for u, c in zip(upstream, caches, strict=True))
        return dx, dv, gather(first, second)

    return backward


def reference_twice(op):
    return lambda x, v, w: (op.reference(x, w), op.reference(v, w))


def twice(op, gather, **declared):
    """An op with two inputs, one parameter and two outputs."""
    inputs = {"x": op.inputs["x"], "v": op.inputs["x"], "w": op.inputs["w"]}
    return Op(
        f"{op.name} twice",
        forward_twice(op),
        backward_twice(op, gather),
        reference_twice(op),
        inputs=inputs,
        outputs=("y", "z"),
        batch="N",
        **declared,
    )


def both(first, second):
    return first + second


def the_last(first, second):
    return second


def prelu_twice(gather):
    return twice(prelu, gather)


def conv1d_twice(gather):
    return twice(conv1d, gather, sizes={"D": whole("K", None)})


def transposed_twice(x):
    return (x.T.copy(), x.T.copy()), None


transpose_of_fork = Op(
    "transpose, used twice",
    transposed_twice,
    lambda upstream, cache: (upstream[0] + upstream[1]).T.copy(),
    lambda x: (x.T, x.T),
    inputs={"x": Array("A B")},
    outputs=("y", "z"),
)

FAULTS = (
    Fault(
        "prelu: the slopes' gradient is assigned, not added",
        prelu_twice(the_last),
        prelu_twice(both),
        ("gradient",),
        "shared parameters",
        "caffe#2532",
    ),
    Fault(
        "convolution: the weights' gradient is assigned, not added",
        conv1d_twice(the_last),
        conv1d_twice(both),
        ("gradient",),
        "shared parameters",
        "caffe#3254",
    ),
    Fault(
        "transpose: the last branch overwrites the gradient",
        replace(transpose_of_fork, backward=lambda upstream, cache: upstream[1].T.copy()),
        transpose_of_fork,
        ("gradient",),
        "two branches",
        "Paddle#1805",
    ),
)
