"""Stochastic depth: y = x * mask / keep_prob, a whole example of a residual branch kept or dropped.

The draw is an input: the mask of an example is one with probability keep_prob, else zero.  x: (N, *S), mask: (N,) → y:
(N, *S).
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import bits
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def forward(x: Values, mask: Values, keep_prob: float) -> tuple[Values, tuple[Values, float]]:
    """The examples that the mask keeps, enlarged so that their mean stays."""
    kept = (mask == 1).reshape(-1, *(1,) * (x.ndim - 1))
    return x * kept / keep_prob, (kept, keep_prob)


def backward(dy: Values, cache: tuple[Values, float]) -> tuple[Values, None]:
    """The upstream of the same examples, enlarged in the same way."""
    kept, keep_prob = cache
    return dy * kept / keep_prob, None


def reference(x: Any, mask: Any, keep_prob: float) -> Any:
    """The examples that are kept, enlarged, and zero for those that are dropped."""
    xp = namespace(x)
    kept = xp.reshape(mask == 1, (x.shape[0], *(1 for _ in x.shape[1:])))
    return xp.where(kept, x / keep_prob, 0.0)


drop_path = Op(
    "drop_path",
    forward,
    backward,
    reference,
    inputs={"x": Array("N *S"), "mask": Array("N", bits())},
    settings={"keep_prob": choice(0.5, 0.8, 1.0)},
    batch="N",
    aliases={"torchvision": "stochastic_depth", "timm": "drop_path"},
    formula="y = x · mask / keep_prob, one mask for each example",
    source="Huang et al. 2016, Deep networks with stochastic depth; enlarged in training as in torchvision",
)
