"""Root mean square normalization: y = γ x / √(mean x² + eps), the mean of each row over the last axis.

x: (N, *S, D), γ gamma: (D,) → y: (N, *S, D).  Unlike layer normalization it does not centre x, and has no shift.
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.normalization.standardization import rescale, rescale_backward


def forward(x: Values, gamma: Values, eps: float) -> tuple[Values, Any]:
    """The output, and what backward needs of the normalized input."""
    normal, rescaled = rescale(x, (-1,), eps)
    return gamma * normal, (normal, gamma, rescaled)


def backward(dy: Values, cache: Any) -> tuple[Values, Values]:
    """dx by way of dx̂ = γ dy; γ gathers over all rows."""
    normal, gamma, rescaled = cache
    return rescale_backward(dy * gamma, rescaled), (dy * normal).sum(axis=tuple(range(dy.ndim - 1)))


def reference(x: Any, gamma: Any, eps: float) -> Any:
    """The definition."""
    xp = namespace(x)
    return gamma * x / xp.sqrt(xp.mean(x**2, axis=-1, keepdims=True) + eps)


rms_norm = Op(
    "rms_norm",
    forward,
    backward,
    reference,
    inputs={"x": Array("N *S D"), "gamma": Array("D")},
    settings={"eps": choice(1e-5, 1e-3)},
    batch="N",
    aliases={"torch": "rms_norm"},
    formula="y = γ x / √(mean x² + eps), the mean of each row over the last axis",
    source="Zhang and Sennrich 2019, Root mean square layer normalization; eps as in torch.nn.functional.rms_norm",
)
