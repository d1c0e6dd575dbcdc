"""Inverted dropout: y = x * mask / keep_prob, so that nothing is left to do in testing.

The draw is an input: mask is one with probability keep_prob, else zero.  x: (N, *S), mask: (N, *S) → y: (N, *S).
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import bits
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def forward(x: Values, mask: Values, keep_prob: float) -> tuple[Values, tuple[Values, float]]:
    """The elements that the mask keeps, enlarged so that its mean stays; keep_prob is above zero."""
    return x * mask / keep_prob, (mask, keep_prob)


def backward(dy: Values, cache: tuple[Values, float]) -> tuple[Values, None]:
    """The upstream through the same mask, enlarged in the same way."""
    mask, keep_prob = cache
    return dy * mask / keep_prob, None


def reference(x: Any, mask: Any, keep_prob: float) -> Any:
    """The upstream of elements that are kept, and zero for those that are dropped."""
    return namespace(x).where(mask == 1, x / keep_prob, 0.0)


dropout = Op(
    "dropout",
    forward,
    backward,
    reference,
    inputs={"x": Array("N *S"), "mask": Array("N *S", bits())},
    settings={"keep_prob": choice(0.5, 0.8, 1.0)},
    batch="N",
    aliases={
        "Caffe": "Dropout",
        "CS231n": "dropout",
        "torch": "dropout",
        "Chainer": "dropout",
        "thinc": "dropout",
    },
    formula="y = x · mask / keep_prob",
    source="Srivastava et al. 2014; inverted as in CS231n notes, neural networks part 2",
)
