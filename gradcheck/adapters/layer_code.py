"""A class with methods forward and backward: the lecture's gates, and layers with parameters and their gradients in
attributes.

forward(x, …) returns the output, or several; backward(dy, …) the gradients of what forward took.  Parameters are what
the constructor takes, or what an instance holds, with gradients called dW, grad_W, W_grad, gradients["W"] … or as
`parameters={"W": "attribute"}` says.  Source: CS231n lecture 4, modular implementation.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np

from gradcheck.adapters.code import Code
from gradcheck.adapters.declared import AdapterError, Declared, Keywords, parameters_of
from gradcheck.adapters.places import Path, Place, fresh, gradient_path, look, parameters_in, put, source, unassigned
from gradcheck.adapters.source import calling, import_of
from gradcheck.adapters.under_jax import private_copy
from gradcheck.op import Array, Script


def recognises(thing: Any) -> bool:
    """A class, or an instance, with both methods."""
    return all(callable(getattr(thing, method, None)) for method in ("forward", "backward"))


@dataclass(frozen=True)
class Layer:
    """How one layer is made and called.

    make(arguments) -> an instance of its own; taken, made_of: the parameters of forward, and of the constructor.
    held: the parameters that the instance holds.  upstream: whether backward takes one.
    gradients: where those of the constructor's parameters were found.
    """

    cls: Any
    make: Callable[[Mapping[str, Any]], Any]
    taken: Mapping[str, Declared | None]
    made_of: Mapping[str, Declared | None]
    held: Mapping[str, Place]
    named: Mapping[str, str]
    upstream: bool
    gradients: dict[str, Path] = field(default_factory=dict)

    @cached_property
    def call(self) -> Callable[[Callable[..., Any], Mapping[str, Any]], Any]:
        """How forward is called."""
        return calling(self.cls.forward, leave=1)

    def run(self, arguments: Mapping[str, Any], translate: Callable[[Any], Any] = lambda f: f) -> Any:
        """(outputs, cache): forward on an instance of its own."""
        instance = self.make(arguments)
        for name, place in self.held.items():
            put(instance, place.value, arguments[name])
        y = self.call(partial(translate(self.cls.forward), instance), arguments)
        return (tuple(y) if isinstance(y, (tuple, list)) else (y,)), (instance, tuple(arguments.values()))

    def pull(self, upstream: tuple[Any, ...], cache: Any) -> dict[str, Any]:
        """The gradients by name: backward on a copy of the instance, which may gather them."""
        instance = fresh(cache[0], cache[1])
        returned = instance.backward(*upstream) if self.upstream else scaled(instance.backward(), upstream[0])
        arrays = [n for n, a in zip(self.taken, cache[1], strict=False) if isinstance(a, np.ndarray)]
        found = self.of_inputs(instance, arrays, returned)
        for name in (*self.held, *self.made_of):
            path = self.path(instance, name)
            found[name] = look(instance, path) if path else None
        return found

    def of_inputs(self, instance: Any, arrays: Sequence[str], returned: Any) -> dict[str, Any]:
        """The gradients of what forward took: those that backward returned, else attributes."""
        if isinstance(returned, Mapping):
            return dict(returned)
        if returned is None:
            paths = {n: gradient_path(instance, n) for n in arrays}
            return {n: look(instance, path) for n, path in paths.items() if path}
        listed = returned if isinstance(returned, (tuple, list)) else (returned,)
        names = arrays if len(listed) <= len(arrays) else list(self.taken)
        return dict(zip(names, listed, strict=False))

    def path(self, instance: Any, name: str) -> Path | None:
        """Where the instance has the gradient of a parameter, None for nowhere."""
        if name in self.named:
            return (self.named[name],)
        path = self.held[name].gradient if name in self.held else gradient_path(instance, name)
        if path:
            self.gradients[name] = path
        return path

    def script(self, arguments: Mapping[str, str], gradients: Sequence[str]) -> Script:
        """How a person calls it."""
        name = self.cls.__name__
        made = f"layer = {name}({', '.join(arguments[n] for n in self.made_of)})"
        opening = import_of(self.cls, name)
        if self.held:
            opening, made = f"# layer = the {name} that was checked", ""
        sets = [f"{source(place.value, 'layer')} = {n}" for n, place in self.held.items()]
        forward = "{y} = layer.forward(" + ", ".join(arguments[n] for n in self.taken) + ")"
        returned = [g for g in gradients if g[1:] in self.taken]
        kept = [f"{g} = {source(self.gradients[g[1:]], 'layer')}" for g in gradients if g[1:] in self.gradients]
        pulled = f"{', '.join(returned)} = " * bool(returned) + f"layer.backward({'{dy}' * self.upstream})"
        return Script(opening, "\n".join(filter(None, (made, *sets, forward))), "\n".join([pulled, *kept]))


def code(name: str, thing: Any, keywords: Keywords) -> Code:
    """The code of a class, an instance, or a function that makes one.  Raises AdapterError where it is none."""
    named = keywords.options.get("parameters", {})
    if not isinstance(thing, type) and not recognises(thing):
        thing = instance_of(name, thing)
    cls: Any = thing if isinstance(thing, type) else type(thing)
    if not recognises(cls):
        raise AdapterError(f"{name}: {cls.__name__} has no methods forward and backward")
    layer = of_class(name, cls, named, keywords) if thing is cls else of_instance(name, thing, named, keywords)
    if clash := sorted(layer.taken.keys() & {*layer.made_of, *layer.held}):
        raise AdapterError(f"{name}: {clash} is a parameter of forward and of the layer itself; rename one")
    notes = []
    if layer.held and (silent := unassigned(thing, layer.held)):
        notes.append(f"not checked: {', '.join(silent)}; name where the gradient is, parameters={{{silent[0]!r}: …}}")
    shapes = {n: literal(look(thing, place.value)) for n, place in layer.held.items()}
    return Code(
        name,
        {**layer.taken, **layer.made_of, **shapes},
        layer.run,
        layer.pull,
        cls.backward,
        traceable=lambda arguments: layer.run(arguments, private_copy),
        script=layer.script,
        notes=tuple(notes),
    )


def instance_of(name: str, make: Any) -> Any:
    """What a function makes.  Raises AdapterError where it is no layer."""
    if not callable(make):
        raise AdapterError(f"{name}: {make!r} has no methods forward and backward")
    try:
        made = make()
    except TypeError as error:
        raise AdapterError(f"{name}: a function that makes a layer must work without arguments: {error}") from None
    if not recognises(made):
        raise AdapterError(f"{name}() gives {made!r}, which has no methods forward and backward")
    return made


def of_class(name: str, cls: Any, named: Mapping[str, str], keywords: Keywords) -> Layer:
    """A layer that is made of its parameters for every call."""
    own = cls.__init__ is not object.__init__
    made_of = parameters_of(name, cls.__init__, leave=1) if own else {}

    construct = calling(cls.__init__, leave=1) if own else lambda cls, arguments: cls()

    def make(arguments: Mapping[str, Any]) -> Any:
        return construct(cls, arguments)

    taken = parameters_of(name, cls.forward, leave=1)
    return Layer(cls, make, taken, made_of, {}, named, takes_upstream(cls, keywords))


def of_instance(name: str, thing: Any, named: Mapping[str, str], keywords: Keywords) -> Layer:
    """A layer whose parameters are those that an instance holds."""
    held = parameters_in(thing) | {n: Place((n,), (g,)) for n, g in named.items()}
    for n in named:
        if not hasattr(thing, n):
            raise AdapterError(f"{name}: parameters={{{n!r}: …}}, but there is no attribute {n!r}")
    taken = parameters_of(name, type(thing).forward, leave=1)
    make = lambda arguments: fresh(thing)  # noqa: E731
    return Layer(type(thing), make, taken, {}, held, {}, takes_upstream(type(thing), keywords))


def takes_upstream(cls: Any, keywords: Keywords) -> bool:
    """Whether backward takes an upstream; a loss, which is the end of everything, may not."""
    declared = keywords.options.get("upstream")
    if declared is not None:
        return bool(declared)
    return len(inspect.signature(cls.backward).parameters) > 1


def scaled(gradients: Any, upstream: Any) -> Any:
    """Gradients of a loss, times its upstream."""
    if isinstance(gradients, Mapping):
        return {name: scaled(g, upstream) for name, g in gradients.items()}
    if isinstance(gradients, (tuple, list)):
        return tuple(scaled(g, upstream) for g in gradients)
    return None if gradients is None else gradients * upstream


def literal(value: Any) -> Array:
    """An input of exactly this shape."""
    return Array(" ".join(map(str, np.shape(value))))
