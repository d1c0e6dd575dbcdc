"""A class with methods forward and backward: the lecture's gates, and layers with parameters and their gradients in
attributes.

forward(x, …) returns the output, or several; backward(dy, …) the gradients of forward's arguments.  Parameters are the
arguments of the constructor, or attributes of an instance, with gradients called dW, grad_W, W_grad, gradients["W"] …
or named by `parameters={"W": "attribute"}`; None says
that there is none.  Source: CS231n lecture 4, modular implementation.
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradcheck.adapters.calling_convention import ModuleConvention
from gradcheck.adapters.code import Code
from gradcheck.adapters.conventions import pair
from gradcheck.adapters.frameworks.under_jax import copy_with_jax_numpy
from gradcheck.adapters.layers.calls import LayerCalls, declare_exact_shape
from gradcheck.adapters.layers.parameter_paths import ParameterPath, copy_keeping_arrays, find_real_numbers, get_at_path
from gradcheck.adapters.layers.trial import ParameterTrial, make_copier, run_parameter_trial
from gradcheck.adapters.parameters import (
    AdapterError,
    FixedValue,
    Keywords,
    ParameterDeclaration,
    declare_parameter,
    read_signature,
)
from gradcheck.adapters.source_names import UNNAMED, format_import, make_caller
from gradcheck.declaration.domain import real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.origin import NotChecked


@dataclass(frozen=True)
class ReadLayer:
    """A layer as far as it is read.  thing: the class, or the instance that is copied.  examples: the arrays by which
    inputs are declared."""

    calls: LayerCalls
    thing: Any
    notes: tuple[str, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    examples: Mapping[str, Any] = field(default_factory=dict)


def recognises(thing: Any) -> bool:
    """Whether it is a class, or an instance, with both methods."""
    return all(callable(getattr(thing, method, None)) for method in ("forward", "backward"))


def code(name: str, thing: Any, keywords: Keywords) -> Code:
    """Return the code of a class, an instance, or a function that makes one.  Raises AdapterError for anything else."""
    if not isinstance(thing, type) and not recognises(thing):
        thing = make_instance(name, thing)
        name = name if keywords.options.name or name != UNNAMED else type(thing).__name__
    cls: Any = thing if isinstance(thing, type) else type(thing)
    if not recognises(cls):
        raise AdapterError(f"{name}: {cls.__name__} has no methods forward and backward")
    if has_static_methods(cls):
        return pair.code(name, (cls.forward, cls.backward), keywords)
    fixed: dict[str, ParameterDeclaration | None] = {}
    opening = f"# layer = the {cls.__name__} that was checked"
    if thing is cls and (made := construct_without_arrays(name, cls, keywords)):
        thing, fixed = made
        opening = write_construction(cls, fixed)
        keywords = replace(keywords, parameters={n: v for n, v in keywords.parameters.items() if n not in fixed})
    read = (
        read_layer_class(cls, name, keywords) if thing is cls else read_layer_instance(name, thing, keywords, opening)
    )
    layer = read.calls
    if clash := sorted(layer.forward_parameters.keys() & {*layer.constructor_parameters, *layer.held}):
        raise AdapterError(f"{name}: {clash} is a parameter of forward and of the layer itself; rename one")
    shapes = {n: declare_exact_shape(get_at_path(read.thing, path.value)) for n, path in layer.held.items()}
    parameters = {**layer.forward_parameters, **layer.constructor_parameters, **fixed, **shapes}
    constants = [n for n, gradient in (keywords.options.parameters or {}).items() if gradient is None]
    return Code(
        name,
        parameters,
        layer.run,
        layer.pull,
        cls.backward,
        traceable=lambda arguments: layer.run(arguments, copy_with_jax_numpy),
        script=layer.script,
        owed=tuple(n for n in parameters if n not in constants) if constants else None,
        explain_missing=layer.explain_missing,
        notes=read.notes,
        find_unchecked=(lambda arguments: read.not_checked) if thing is not cls else layer.find_own_arrays,
        examples=read.examples,
    )


def has_static_methods(cls: Any) -> bool:
    """Whether forward and backward are static methods or class methods, which are two functions."""
    methods = (inspect.getattr_static(cls, method) for method in ("forward", "backward"))
    return all(isinstance(method, (staticmethod, classmethod)) for method in methods)


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
    """Return an instance of a class that makes its own parameters, and the constructor's arguments; None where the
    constructor takes arrays or settings that vary, or neither it nor the first forward makes real numbers."""
    if cls.__init__ is object.__init__:
        return None
    declarations = keywords.parameters
    made_of = read_signature(name, cls.__init__, leave=1)
    known = {
        n: declare_parameter(f"{name}: {n}", declarations[n]) if n in declarations else d for n, d in made_of.items()
    }
    values = {n: d.value for n, d in known.items() if isinstance(d, FixedValue)}
    if len(values) < len(known):
        return None
    instance = make_caller(cls.__init__, leave=1)(cls, values)
    if not find_real_numbers(instance) and not try_instance(name, instance, keywords).find_made_parameters():
        return None
    return instance, known


def write_construction(cls: Any, made_of: Mapping[str, Any]) -> str:
    """Return the lines that make an instance as it was made."""
    given = [f"{n}={d.value!r}" for n, d in made_of.items() if isinstance(d, FixedValue) and not d.default]
    made = f"layer = {cls.__name__}({', '.join(given)})".replace("{", "{{").replace("}", "}}")
    return "\n".join(filter(None, [format_import(cls, cls.__name__), made]))


def read_layer_class(cls: Any, name: str, keywords: Keywords) -> ReadLayer:
    """Return the calls of a layer that is constructed from its parameters for every call."""
    own = cls.__init__ is not object.__init__
    made_of = read_signature(name, cls.__init__, leave=1) if own else {}
    named = {n: g for n, g in (keywords.options.parameters or {}).items() if g is not None}

    construct = make_caller(cls.__init__, leave=1) if own else lambda cls, arguments: cls()

    def make(arguments: Mapping[str, Any]) -> Any:
        return construct(cls, arguments)

    forward_parameters = read_signature(name, cls.forward, leave=1)
    return ReadLayer(LayerCalls(cls, make, forward_parameters, made_of, {}, named, takes_upstream(cls, keywords)), cls)


def read_calls(name: str, thing: Any, keywords: Keywords, opening: str = "") -> LayerCalls:
    """Return the calls of copies of an instance, with the numbers that it has."""
    cls = type(thing)
    make = lambda arguments: copy_keeping_arrays(thing)  # noqa: E731
    forward_parameters = read_signature(name, cls.forward, leave=1)
    return LayerCalls(cls, make, forward_parameters, {}, {}, {}, takes_upstream(cls, keywords), opening)


def try_instance(name: str, thing: Any, keywords: Keywords) -> ParameterTrial:
    """Run forward and backward of an instance once."""
    return run_parameter_trial(name, thing, read_calls(name, thing, keywords), keywords)


def read_layer_instance(name: str, thing: Any, keywords: Keywords, opening: str) -> ReadLayer:
    """Return the calls of a layer whose parameters an instance holds, after one forward where that makes them."""
    declared = keywords.options.parameters or {}
    trial = try_instance(name, thing, keywords)
    examples: Mapping[str, Any] = {}
    if trial.find_made_parameters():
        thing = trial.warmed
        examples = select_examples(trial.arguments, keywords)
        shapes = [f"np.ones({np.shape(a)})" for a in trial.arguments.values() if isinstance(a, np.ndarray)]
        opening += f"\nlayer.forward({', '.join(shapes)})  # makes its parameters"
        keywords = replace(keywords, parameters={**keywords.parameters, **examples})
        trial = try_instance(name, thing, keywords)
    numbers = find_real_numbers(thing)
    for n in declared:
        if n not in numbers and not hasattr(thing, n):
            raise AdapterError(f"{name}: parameters={{{n!r}: …}}, but there is no attribute {n!r}")
    layer = read_calls(name, thing, keywords, opening)
    named = {n: ParameterPath(numbers.get(n, (n,)), (g,)) for n, g in declared.items() if g is not None}
    held = {n: path for n, path in trial.parameters().items() if n not in declared} | named
    made = make_copier(thing, {n: path.value for n, path in held.items()}, [path.gradient for path in held.values()])
    not_checked, kept = trial.find_unchecked(held, [*layer.forward_parameters, *declared])
    calls = replace(layer, held=held, make=made)
    return ReadLayer(calls, thing, tuple(trial.notes(kept)), tuple(not_checked), examples)


def select_examples(arguments: Mapping[str, Any], keywords: Keywords) -> Mapping[str, Any]:
    """Return the arrays on which a layer made its parameters, by which its inputs are declared, since their lengths are
    fixed from then on; none where what is declared says so, or is more than a shape."""
    arrays = {n: a for n, a in arguments.items() if isinstance(a, np.ndarray)}
    declared = {n: declare_parameter(n, v) for n, v in keywords.parameters.items() if n in arrays}
    shapes = [d for d in declared.values() if isinstance(d, Array) and d.domain.name == real().name]
    variable = [d for d in shapes if sum(not axis.text.isdigit() for axis in d.axes) > 1]
    if len(shapes) < len(declared) or (len(declared) == len(arrays) and not variable):
        return {}
    return arrays


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
