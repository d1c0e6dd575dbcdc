"""The high primitives of JAX 0.12: functions that are kept whole, with rules of their own, until they are compiled."""

from collections.abc import Callable
from typing import Any

from gradcheck.oracles.jaxpr.idioms import shape_of

HIGH_PRIMITIVE = "call_hi_primitive"


def expand_high_primitive(equation: Any) -> Any:
    """Return the program in ordinary primitives that an equation stands for, with its constants; in the precision of
    the oracles, also where a program is written when JAX is back in the user's."""
    import jax

    high = equation.params["_prim"]
    struct: Callable[..., Any] = jax.ShapeDtypeStruct

    def expand(*args: Any) -> Any:
        return jax.tree.leaves(high.expand(*jax.tree.unflatten(high.in_tree, args)))

    with jax.enable_x64(True):
        inputs = [struct(shape_of(v), v.aval.dtype) for v in equation.invars]
        return jax.make_jaxpr(expand)(*inputs)
