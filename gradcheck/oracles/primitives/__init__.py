"""JAX's primitives in NumPy, by name.  Each function takes the operands of an equation, and of its parameters those
that it names."""

from collections.abc import Callable
from typing import Any

from gradcheck.oracles.primitives import control, indexing, linear_algebra, pointwise, reducing, shaping, windows

TABLE: dict[str, Callable[..., Any]] = {
    name: function
    for module in (pointwise, shaping, indexing, reducing, windows, linear_algebra, control)
    for name, function in module.TABLE.items()
}
