"""A function that returns (y, backprop): y, backprop = layer(x, w), then dx, dw = backprop(dy)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gradcheck.adapters.conventions.pair import required
from gradcheck.adapters.frameworks.under_jax import under_jax
from gradcheck.adapters.parameters import Keywords, parameters_of
from gradcheck.adapters.pipeline import Code
from gradcheck.adapters.source_names import import_of, name_in_source, reading
from gradcheck.declaration.op import Script


def code(name: str, thing: Any, keywords: Keywords) -> Code:
    """The code of a function that returns its own backward."""
    source = name_in_source(thing, "layer")

    def pull(upstream: tuple[Any, ...], backprop: Callable[..., Any]) -> Any:
        return backprop(*upstream) if len(required(backprop)) == len(upstream) else backprop(upstream)

    def script(arguments: Mapping[str, str], gradients: Sequence[str]) -> Script:
        call = f"{{y}}, backprop = {source}({', '.join(arguments.values())})"
        return Script(import_of(thing, source), call, f"{', '.join(gradients)} = backprop({{dy}})")

    return Code(
        name,
        parameters_of(name, thing),
        reading(thing, split),
        pull,
        thing,
        traceable=reading(under_jax(thing), split),
        script=script,
    )


def split(returned: Any) -> tuple[tuple[Any, ...], Callable[..., Any]]:
    """Outputs and backprop.  Raises TypeError where they are not there."""
    if not isinstance(returned, tuple) or len(returned) != 2 or not callable(returned[1]):
        raise TypeError(f"it returned a {type(returned).__name__}, not (y, backprop)")
    y, backprop = returned
    return (y if isinstance(y, tuple) else (y,)), backprop
