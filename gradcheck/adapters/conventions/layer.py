"""A class with methods forward and backward: the lecture's gates, and layers with parameters and their gradients in
attributes.

forward(x, …) returns the output, or several; backward(dy, …) the gradients of what forward took.  Parameters are what
the constructor takes, or what an instance holds, with gradients called dW, grad_W, W_grad, gradients["W"] … or as
`parameters={"W": "attribute"}` says.  Source: CS231n lecture 4, modular implementation.
"""

import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gradcheck.adapters.frameworks.under_jax import private_copy
from gradcheck.adapters.layers.calls import Layer, literal
from gradcheck.adapters.layers.parameter_paths import Place, fresh, look, numbers_in
from gradcheck.adapters.layers.trial import maker, tried
from gradcheck.adapters.parameters import AdapterError, Declared, Fixed, Keywords, given, parameters_of
from gradcheck.adapters.pipeline import Code
from gradcheck.adapters.source_names import calling

Notes = tuple[str, ...]


def recognises(thing: Any) -> bool:
    """A class, or an instance, with both methods."""
    return all(callable(getattr(thing, method, None)) for method in ("forward", "backward"))


def code(name: str, thing: Any, keywords: Keywords) -> Code:
    """The code of a class, an instance, or a function that makes one.  Raises AdapterError where it is none."""
    named = keywords.options.get("parameters", {})
    if not isinstance(thing, type) and not recognises(thing):
        thing = instance_of(name, thing)
    cls: Any = thing if isinstance(thing, type) else type(thing)
    if not recognises(cls):
        raise AdapterError(f"{name}: {cls.__name__} has no methods forward and backward")
    fixed: dict[str, Declared | None] = {}
    if thing is cls and (made := self_made(name, cls, keywords)):
        thing, fixed = made
        keywords = replace(keywords, parameters={n: v for n, v in keywords.parameters.items() if n not in fixed})
    layer, notes = (of_class if thing is cls else of_instance)(name, thing, named, keywords)
    if clash := sorted(layer.taken.keys() & {*layer.made_of, *layer.held}):
        raise AdapterError(f"{name}: {clash} is a parameter of forward and of the layer itself; rename one")
    shapes = {n: literal(look(thing, place.value)) for n, place in layer.held.items()}
    return Code(
        name,
        {**layer.taken, **layer.made_of, **fixed, **shapes},
        layer.run,
        layer.pull,
        cls.backward,
        traceable=lambda arguments: layer.run(arguments, private_copy),
        script=layer.script,
        notes=notes,
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


def self_made(name: str, cls: Any, keywords: Keywords) -> tuple[Any, dict[str, Declared | None]] | None:
    """An instance of a class whose constructor makes its parameters itself, and what the constructor was given; None
    where it takes arrays, or settings that vary, or makes no numbers."""
    if cls.__init__ is object.__init__:
        return None
    said = keywords.parameters
    made_of = parameters_of(name, cls.__init__, leave=1)
    known = {n: given(f"{name}: {n}", said[n]) if n in said else d for n, d in made_of.items()}
    values = {n: d.value for n, d in known.items() if isinstance(d, Fixed)}
    if len(values) < len(known) or not numbers_in(instance := calling(cls.__init__, leave=1)(cls, values)):
        return None
    return instance, known


def of_class(name: str, cls: Any, named: Mapping[str, str], keywords: Keywords) -> tuple[Layer, Notes]:
    """A layer that is made of its parameters for every call."""
    own = cls.__init__ is not object.__init__
    made_of = parameters_of(name, cls.__init__, leave=1) if own else {}

    construct = calling(cls.__init__, leave=1) if own else lambda cls, arguments: cls()

    def make(arguments: Mapping[str, Any]) -> Any:
        return construct(cls, arguments)

    taken = parameters_of(name, cls.forward, leave=1)
    return Layer(cls, make, taken, made_of, {}, named, takes_upstream(cls, keywords)), ()


def of_instance(name: str, thing: Any, named: Mapping[str, str], keywords: Keywords) -> tuple[Layer, Notes]:
    """A layer whose parameters are those that an instance holds, and what to say of others."""
    numbers = numbers_in(thing)
    for n in named:
        if n not in numbers and not hasattr(thing, n):
            raise AdapterError(f"{name}: parameters={{{n!r}: …}}, but there is no attribute {n!r}")
    cls = type(thing)
    make = lambda arguments: fresh(thing)  # noqa: E731
    layer = Layer(cls, make, parameters_of(name, cls.forward, leave=1), {}, {}, {}, takes_upstream(cls, keywords))
    trial = tried(name, thing, layer, keywords)
    held = trial.parameters() | {n: Place(numbers.get(n, (n,)), (g,)) for n, g in named.items()}
    made = maker(thing, {n: place.value for n, place in held.items()})
    return replace(layer, held=held, make=made), tuple(trial.notes(held, layer.taken))


def takes_upstream(cls: Any, keywords: Keywords) -> bool:
    """Whether backward takes an upstream; a loss, which is the end of everything, may not."""
    declared = keywords.options.get("upstream")
    if declared is not None:
        return bool(declared)
    return len(inspect.signature(cls.backward).parameters) > 1
