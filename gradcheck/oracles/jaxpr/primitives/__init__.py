"""NumPy counterparts of JAX's primitives, by name.  Each function takes the operands of an equation, and of its
parameters those that it names; `results` is the shape and dtype of each result."""

from collections.abc import Callable, Mapping
from typing import Any

from gradcheck.oracles.jaxpr.primitives import control, indexing, linear_algebra, pointwise, reducing, shaping, windows

TABLE: dict[str, Callable[..., Any]] = {
    name: function
    for module in (pointwise, shaping, indexing, reducing, windows, linear_algebra, control)
    for name, function in module.TABLE.items()
}


def find_counterpart(primitive: str, parameters: Mapping[str, Any]) -> Callable[..., Any] | None:
    """Return the counterpart of a primitive with these parameters; None where there is none."""
    beyond = (indexing.UNSUPPORTED_SCATTERS | linear_algebra.UNSUPPORTED_DECOMPOSITIONS).get(primitive)
    return None if beyond and beyond(parameters) else TABLE.get(primitive)
