"""Kernels that read their upstream in the order of memory, whatever its strides are."""

from dataclasses import replace

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.attention.attention import attention
from gradcheck.ops.pooling.max_pool2d import max_pool2d
from gradcheck.ops.reductions.mean import mean
from tests.corpus.corpus import Fault


def in_memory_order(op):
    """The op with a backward that takes its upstream to be contiguous."""
    return replace(op, backward=lambda dy, cache: op.backward(dy.ravel(order="K").reshape(dy.shape), cache))


pack_segments = Op(
    "segments of two rows",
    lambda x: (x.reshape(-1, 2, x.shape[1]).copy(), x.shape),
    lambda dy, shape: dy.reshape(shape).copy(),
    inputs={"x": Array("2*N D")},
)

FAULTS = tuple(
    Fault(
        f"{op.name}: the upstream is read in the order of memory",
        in_memory_order(op),
        op,
        ("layout",),
        "an upstream that is not contiguous",
        source,
    )
    for op, source in (
        (mean, "torch/nn#345"),
        (max_pool2d, "cunn#68, cunn#199"),
        (attention, "flash-attention#355"),
        (pack_segments, "FBGEMM#3006"),
    )
)
