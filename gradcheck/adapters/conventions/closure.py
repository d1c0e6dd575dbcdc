"""A function that returns (y, backprop): y, backprop = layer(x, w), then dx, dw = backprop(dy)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gradcheck.adapters.calling_convention import ModuleConvention
from gradcheck.adapters.code import Code
from gradcheck.adapters.conventions.pair import list_required_parameters
from gradcheck.adapters.frameworks.under_jax import substitute_jax_numpy
from gradcheck.adapters.parameters import Keywords, read_signature
from gradcheck.adapters.source_names import format_import, get_source_name, make_splitting_caller
from gradcheck.declaration.origin import Script


def code(name: str, thing: Any, keywords: Keywords) -> Code:
    """Return the code of a function that returns its own backward."""
    source = get_source_name(thing, "layer")

    def pull(upstream: tuple[Any, ...], backprop: Callable[..., Any]) -> Any:
        return backprop(*upstream) if len(list_required_parameters(backprop)) == len(upstream) else backprop(upstream)

    def script(arguments: Mapping[str, str], gradients: Sequence[str]) -> Script:
        call = f"{{y}}, backprop = {source}({', '.join(arguments.values())})"
        return Script(format_import(thing, source), call, f"{', '.join(gradients)} = backprop({{dy}})")

    return Code(
        name,
        read_signature(name, thing),
        make_splitting_caller(thing, split_output_and_backprop),
        pull,
        thing,
        traceable=make_splitting_caller(substitute_jax_numpy(thing), split_output_and_backprop),
        unpacks=True,
        script=script,
    )


def split_output_and_backprop(returned: Any) -> tuple[tuple[Any, ...], Callable[..., Any]]:
    """Return outputs and backprop.  Raises TypeError where the result is not (y, backprop)."""
    if not isinstance(returned, tuple) or len(returned) != 2 or not callable(returned[1]):
        raise TypeError(f"it returned a {type(returned).__name__}, not (y, backprop)")
    y, backprop = returned
    return (y if isinstance(y, tuple) else (y,)), backprop


CONVENTION = ModuleConvention("closure", "a function that returns (y, backprop)", code)
