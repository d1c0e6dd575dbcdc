"""The calls of a layer, a class with methods forward and backward."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np

from gradcheck.adapters.layers.method_copies import use_copied_methods
from gradcheck.adapters.layers.parameter_paths import (
    AttributePath,
    ParameterPath,
    copy_keeping_arrays,
    find_gradient_path,
    format_path,
    get_at_path,
)
from gradcheck.adapters.parameters import ParameterDeclaration
from gradcheck.adapters.source_names import format_import, make_caller
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.origin import Script


@dataclass(frozen=True)
class LayerCalls:
    """The construction and calls of a layer.

    make(arguments) -> a new instance.  forward_parameters, constructor_parameters: the declarations of their
    parameters.  held: the parameters that the instance holds.  gradient_attributes: the attribute of a gradient by
    parameter, where the caller names it.  upstream: whether backward takes one.  gradients: where the gradients of
    parameters were found.
    """

    cls: Any
    make: Callable[[Mapping[str, Any]], Any]
    forward_parameters: Mapping[str, ParameterDeclaration | None]
    constructor_parameters: Mapping[str, ParameterDeclaration | None]
    held: Mapping[str, ParameterPath]
    gradient_attributes: Mapping[str, str]
    upstream: bool
    gradients: dict[str, AttributePath] = field(default_factory=dict)

    @cached_property
    def call(self) -> Callable[[Callable[..., Any], Mapping[str, Any]], Any]:
        """The function that calls forward with arguments by name."""
        return make_caller(self.cls.forward, leave=1)

    def run(self, arguments: Mapping[str, Any], translate: Callable[[Any], Any] = lambda f: f) -> Any:
        """Run forward on a new instance and return (outputs, cache)."""
        instance = use_copied_methods(self.make(arguments))
        y = self.call(partial(translate(self.cls.forward), instance), arguments)
        return (tuple(y) if isinstance(y, (tuple, list)) else (y,)), (instance, tuple(arguments.values()))

    def pull(self, upstream: tuple[Any, ...], cache: Any) -> dict[str, Any]:
        """Run backward on a copy of the instance, which may accumulate gradients, and return them by name."""
        instance = copy_keeping_arrays(cache[0], cache[1])
        returned = self.backward(instance, upstream)
        arrays = [n for n, a in zip(self.forward_parameters, cache[1], strict=False) if isinstance(a, np.ndarray)]
        gradients = self.read_input_gradients(instance, arrays, returned)
        for name in (*self.held, *self.constructor_parameters):
            path = self.path(instance, name)
            gradients[name] = get_at_path(instance, path) if path else None
        return gradients

    def backward(self, instance: Any, upstream: tuple[Any, ...]) -> Any:
        """Return backward's result."""
        return instance.backward(*upstream) if self.upstream else scale_gradients(instance.backward(), upstream[0])

    def read_input_gradients(self, instance: Any, arrays: Sequence[str], returned: Any) -> dict[str, Any]:
        """Return the gradients of forward's arguments: those that backward returned, else attributes."""
        if isinstance(returned, Mapping):
            return dict(returned)
        if returned is None:
            paths = {n: find_gradient_path(instance, n) for n in arrays}
            return {n: get_at_path(instance, path) for n, path in paths.items() if path}
        listed = returned if isinstance(returned, (tuple, list)) else (returned,)
        names = arrays if len(listed) <= len(arrays) else list(self.forward_parameters)
        return dict(zip(names, listed, strict=False))

    def path(self, instance: Any, name: str) -> AttributePath | None:
        """Return where the instance has the gradient of a parameter; None where it has none."""
        if name in self.gradient_attributes:
            return (self.gradient_attributes[name],)
        path = self.held[name].gradient if name in self.held else find_gradient_path(instance, name)
        if path:
            self.gradients[name] = path
        return path

    def script(self, arguments: Mapping[str, str], gradients: Sequence[str]) -> Script:
        """Return the calls as a script to paste."""
        name = self.cls.__name__
        made = f"layer = {name}({', '.join(arguments[n] for n in self.constructor_parameters)})"
        opening = format_import(self.cls, name)
        if self.held:
            opening, made = f"# layer = the {name} that was checked", ""
        sets = [f"{format_path(held_path.value, 'layer')} = {n}" for n, held_path in self.held.items()]
        forward = "{y} = layer.forward(" + ", ".join(arguments[n] for n in self.forward_parameters) + ")"
        returned = [g for g in gradients if g[1:] in self.forward_parameters]
        read_attributes = [
            f"{g} = {format_path(self.gradients[g[1:]], 'layer')}" for g in gradients if g[1:] in self.gradients
        ]
        pulled = f"{', '.join(returned)} = " * bool(returned) + f"layer.backward({'{dy}' * self.upstream})"
        return Script(opening, "\n".join(filter(None, (made, *sets, forward))), "\n".join([pulled, *read_attributes]))


def scale_gradients(gradients: Any, upstream: Any) -> Any:
    """Multiply the gradients of a loss by its upstream."""
    if isinstance(gradients, Mapping):
        return {name: scale_gradients(g, upstream) for name, g in gradients.items()}
    if isinstance(gradients, (tuple, list)):
        return tuple(scale_gradients(g, upstream) for g in gradients)
    return None if gradients is None else gradients * upstream


def declare_exact_shape(value: Any) -> Array:
    """Return an input of exactly this shape."""
    return Array(" ".join(map(str, np.shape(value))))
