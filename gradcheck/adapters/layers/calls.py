"""One layer, a class with methods forward and backward, as it is made and called."""

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
    """How one layer is made and called.

    make(arguments) -> an instance of its own; taken, made_of: the parameters of forward, and of the constructor.
    held: the parameters that the instance holds.  upstream: whether backward takes one.
    gradients: where those of the constructor's parameters were found.
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
        """How forward is called."""
        return make_caller(self.cls.forward, leave=1)

    def run(self, arguments: Mapping[str, Any], translate: Callable[[Any], Any] = lambda f: f) -> Any:
        """(outputs, cache): forward on an instance of its own."""
        instance = use_copied_methods(self.make(arguments))
        y = self.call(partial(translate(self.cls.forward), instance), arguments)
        return (tuple(y) if isinstance(y, (tuple, list)) else (y,)), (instance, tuple(arguments.values()))

    def pull(self, upstream: tuple[Any, ...], cache: Any) -> dict[str, Any]:
        """The gradients by name: backward on a copy of the instance, which may gather them."""
        instance = copy_keeping_arrays(cache[0], cache[1])
        returned = self.backward(instance, upstream)
        arrays = [n for n, a in zip(self.forward_parameters, cache[1], strict=False) if isinstance(a, np.ndarray)]
        found = self.read_input_gradients(instance, arrays, returned)
        for name in (*self.held, *self.constructor_parameters):
            path = self.path(instance, name)
            found[name] = get_at_path(instance, path) if path else None
        return found

    def backward(self, instance: Any, upstream: tuple[Any, ...]) -> Any:
        """What backward returns."""
        return instance.backward(*upstream) if self.upstream else scale_gradients(instance.backward(), upstream[0])

    def read_input_gradients(self, instance: Any, arrays: Sequence[str], returned: Any) -> dict[str, Any]:
        """The gradients of what forward took: those that backward returned, else attributes."""
        if isinstance(returned, Mapping):
            return dict(returned)
        if returned is None:
            paths = {n: find_gradient_path(instance, n) for n in arrays}
            return {n: get_at_path(instance, path) for n, path in paths.items() if path}
        listed = returned if isinstance(returned, (tuple, list)) else (returned,)
        names = arrays if len(listed) <= len(arrays) else list(self.forward_parameters)
        return dict(zip(names, listed, strict=False))

    def path(self, instance: Any, name: str) -> AttributePath | None:
        """Where the instance has the gradient of a parameter, None for nowhere."""
        if name in self.gradient_attributes:
            return (self.gradient_attributes[name],)
        path = self.held[name].gradient if name in self.held else find_gradient_path(instance, name)
        if path:
            self.gradients[name] = path
        return path

    def script(self, arguments: Mapping[str, str], gradients: Sequence[str]) -> Script:
        """How a person calls it."""
        name = self.cls.__name__
        made = f"layer = {name}({', '.join(arguments[n] for n in self.constructor_parameters)})"
        opening = format_import(self.cls, name)
        if self.held:
            opening, made = f"# layer = the {name} that was checked", ""
        sets = [f"{format_path(place.value, 'layer')} = {n}" for n, place in self.held.items()]
        forward = "{y} = layer.forward(" + ", ".join(arguments[n] for n in self.forward_parameters) + ")"
        returned = [g for g in gradients if g[1:] in self.forward_parameters]
        kept = [f"{g} = {format_path(self.gradients[g[1:]], 'layer')}" for g in gradients if g[1:] in self.gradients]
        pulled = f"{', '.join(returned)} = " * bool(returned) + f"layer.backward({'{dy}' * self.upstream})"
        return Script(opening, "\n".join(filter(None, (made, *sets, forward))), "\n".join([pulled, *kept]))


def scale_gradients(gradients: Any, upstream: Any) -> Any:
    """Gradients of a loss, times its upstream."""
    if isinstance(gradients, Mapping):
        return {name: scale_gradients(g, upstream) for name, g in gradients.items()}
    if isinstance(gradients, (tuple, list)):
        return tuple(scale_gradients(g, upstream) for g in gradients)
    return None if gradients is None else gradients * upstream


def declare_exact_shape(value: Any) -> Array:
    """An input of exactly this shape."""
    return Array(" ".join(map(str, np.shape(value))))
