"""A class with methods forward and backward: the lecture's gates, and layers with parameters and their gradients in
attributes.

forward(x, …) returns the output, or several; backward(dy, …) the gradients of forward's arguments.  Parameters are the
arguments of the constructor, or attributes of an instance, with gradients called dW, grad_W, W_grad, gradients["W"] …
or named by `parameters={"W": "attribute"}`.  Source: CS231n lecture 4, modular implementation.
"""

import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gradcheck.adapters.calling_convention import ModuleConvention
from gradcheck.adapters.code import Code
from gradcheck.adapters.frameworks.under_jax import copy_with_jax_numpy
from gradcheck.adapters.layers.calls import LayerCalls, declare_exact_shape
from gradcheck.adapters.layers.parameter_paths import ParameterPath, copy_keeping_arrays, find_real_numbers, get_at_path
from gradcheck.adapters.layers.trial import make_copier, run_parameter_trial
from gradcheck.adapters.parameters import (
    AdapterError,
    FixedValue,
    Keywords,
    ParameterDeclaration,
    declare_parameter,
    read_signature,
)
from gradcheck.adapters.source_names import make_caller

Notes = tuple[str, ...]


def recognises(thing: Any) -> bool:
    """Whether it is a class, or an instance, with both methods."""
    return all(callable(getattr(thing, method, None)) for method in ("forward", "backward"))


def code(name: str, thing: Any, keywords: Keywords) -> Code:
    """Return the code of a class, an instance, or a function that makes one.  Raises AdapterError for anything else."""
    named = keywords.options.parameters or {}
    if not isinstance(thing, type) and not recognises(thing):
        thing = make_instance(name, thing)
    cls: Any = thing if isinstance(thing, type) else type(thing)
    if not recognises(cls):
        raise AdapterError(f"{name}: {cls.__name__} has no methods forward and backward")
    fixed: dict[str, ParameterDeclaration | None] = {}
    if thing is cls and (made := construct_without_arrays(name, cls, keywords)):
        thing, fixed = made
        keywords = replace(keywords, parameters={n: v for n, v in keywords.parameters.items() if n not in fixed})
    layer, notes = (read_layer_class if thing is cls else read_layer_instance)(name, thing, named, keywords)
    if clash := sorted(layer.forward_parameters.keys() & {*layer.constructor_parameters, *layer.held}):
        raise AdapterError(f"{name}: {clash} is a parameter of forward and of the layer itself; rename one")
    shapes = {n: declare_exact_shape(get_at_path(thing, path.value)) for n, path in layer.held.items()}
    return Code(
        name,
        {**layer.forward_parameters, **layer.constructor_parameters, **fixed, **shapes},
        layer.run,
        layer.pull,
        cls.backward,
        traceable=lambda arguments: layer.run(arguments, copy_with_jax_numpy),
        script=layer.script,
        notes=notes,
    )


def make_instance(name: str, make: Any) -> Any:
    """Return the instance that a function makes.  Raises AdapterError where it is no layer."""
    if not callable(make):
        raise AdapterError(f"{name}: {make!r} has no methods forward and backward")
    try:
        made = make()
    except TypeError as error:
        raise AdapterError(f"{name}: a function that makes a layer must work without arguments: {error}") from None
    if not recognises(made):
        raise AdapterError(f"{name}() gives {made!r}, which has no methods forward and backward")
    return made


def construct_without_arrays(
    name: str, cls: Any, keywords: Keywords
) -> tuple[Any, dict[str, ParameterDeclaration | None]] | None:
    """Return an instance of a class whose constructor makes its own parameters, and the constructor's arguments; None
    where the constructor takes arrays or settings that vary, or makes no real numbers."""
    if cls.__init__ is object.__init__:
        return None
    declarations = keywords.parameters
    made_of = read_signature(name, cls.__init__, leave=1)
    known = {
        n: declare_parameter(f"{name}: {n}", declarations[n]) if n in declarations else d for n, d in made_of.items()
    }
    values = {n: d.value for n, d in known.items() if isinstance(d, FixedValue)}
    if len(values) < len(known) or not find_real_numbers(instance := make_caller(cls.__init__, leave=1)(cls, values)):
        return None
    return instance, known


def read_layer_class(name: str, cls: Any, named: Mapping[str, str], keywords: Keywords) -> tuple[LayerCalls, Notes]:
    """Return the calls of a layer that is constructed from its parameters for every call."""
    own = cls.__init__ is not object.__init__
    made_of = read_signature(name, cls.__init__, leave=1) if own else {}

    construct = make_caller(cls.__init__, leave=1) if own else lambda cls, arguments: cls()

    def make(arguments: Mapping[str, Any]) -> Any:
        return construct(cls, arguments)

    forward_parameters = read_signature(name, cls.forward, leave=1)
    return LayerCalls(cls, make, forward_parameters, made_of, {}, named, takes_upstream(cls, keywords)), ()


def read_layer_instance(
    name: str, thing: Any, named: Mapping[str, str], keywords: Keywords
) -> tuple[LayerCalls, Notes]:
    """Return the calls of a layer whose parameters an instance holds, and notes on those that are not checked."""
    numbers = find_real_numbers(thing)
    for n in named:
        if n not in numbers and not hasattr(thing, n):
            raise AdapterError(f"{name}: parameters={{{n!r}: …}}, but there is no attribute {n!r}")
    cls = type(thing)
    make = lambda arguments: copy_keeping_arrays(thing)  # noqa: E731
    layer = LayerCalls(cls, make, read_signature(name, cls.forward, leave=1), {}, {}, {}, takes_upstream(cls, keywords))
    trial = run_parameter_trial(name, thing, layer, keywords)
    held = trial.parameters() | {n: ParameterPath(numbers.get(n, (n,)), (g,)) for n, g in named.items()}
    made = make_copier(thing, {n: path.value for n, path in held.items()})
    return replace(layer, held=held, make=made), tuple(trial.notes(held, layer.forward_parameters))


def takes_upstream(cls: Any, keywords: Keywords) -> bool:
    """Whether backward takes an upstream; that of a loss may not."""
    declared = keywords.options.upstream
    if declared is not None:
        return bool(declared)
    return len(inspect.signature(cls.backward).parameters) > 1


CONVENTION = ModuleConvention(
    "layer",
    "a class, an instance or a function that makes one, with methods forward and backward",
    code,
    recognition_order=50,
    recognises=recognises,
)
