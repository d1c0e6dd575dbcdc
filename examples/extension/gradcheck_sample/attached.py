"""A function whose attribute `gradient` is its backward: gradient(dy, x, ...) gives the gradient of each input."""

from inspect import isfunction
from typing import Any

from gradcheck.adapters import Code, Keywords, ModuleConvention, read_signature


def recognises(thing: Any) -> bool:
    """Whether a thing is a function with a gradient."""
    return isfunction(thing) and hasattr(thing, "gradient")


def code(name: str, thing: Any, keywords: Keywords) -> Code:
    """How such a function is called."""

    def run(arguments: dict[str, Any]) -> tuple[tuple[Any, ...], Any]:
        return (thing(**arguments),), arguments

    def pull(upstream: tuple[Any, ...], arguments: dict[str, Any]) -> Any:
        return thing.gradient(upstream[0], **arguments)

    return Code(name, read_signature(name, thing), run, pull, thing.gradient)


CONVENTION = ModuleConvention(
    "attached", "a function with an attribute gradient", code, recognition_order=100, recognises=recognises
)
