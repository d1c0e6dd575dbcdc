"""Where an object keeps its parameters and their gradients: in attributes, or in dictionaries or lists of them."""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

AttributePath = tuple[Any, ...]
"""An attribute, and a key or an index in it where it is a dictionary or a list."""

PARAMETER_CONTAINERS = (
    ("params", "grads"),
    ("parameters", "gradients"),
    ("params", "gradients"),
    ("parameters", "grads"),
)
"""Attributes that hold all parameters, and all gradients.  Source: numpy-ml (parameters, gradients), Saitoh 2016 and
CS231n's assignments (params, grads)."""


@dataclass(frozen=True)
class ParameterPath:
    """Where a parameter and its gradient are."""

    value: AttributePath
    gradient: AttributePath


def list_gradient_names(name: str) -> list[str]:
    """What the gradient of a parameter may be called."""
    return [f"d{name}", f"d_{name}", f"grad_{name}", f"{name}_grad", f"grad{name}", f"dLd{name}", f"dL_d{name}"]


def get_at_path(thing: Any, path: AttributePath) -> Any:
    """What is there; KeyError, IndexError or AttributeError where nothing is."""
    attribute, *keys = path
    found = getattr(thing, attribute)
    return found[keys[0]] if keys else found


def copy_with_values(thing: Any, values: Mapping[AttributePath, Any]) -> Any:
    """A deep copy that holds these values.  An array goes wherever the object held the old one, also in the layers
    within it; a number to its own place alone, since numbers that are equal may be one object to Python."""
    before = {path: get_at_path(thing, path) for path in values}
    copied = copy.deepcopy(thing, {id(old): values[path] for path, old in before.items() if is_numpy_array(old)})
    for path, value in values.items():
        if get_at_path(copied, path) is not value:
            set_at_path(copied, path, value if is_numpy_array(before[path]) else to_scalar(value))
    return copied


def has_parameter_at(thing: Any, path: AttributePath) -> bool:
    """Whether a parameter is there."""
    try:
        return is_parameter(get_at_path(thing, path))
    except (AttributeError, LookupError, TypeError):
        return False


def set_at_path(thing: Any, path: AttributePath, value: Any) -> None:
    """Put a parameter there."""
    attribute, *keys = path
    if keys:
        getattr(thing, attribute)[keys[0]] = value
    else:
        setattr(thing, attribute, value)


def to_scalar(value: Any) -> Any:
    """An array without axes as a number, which nobody changes in place; a copy of one that is not NumPy's own, as a
    number knows neither noise nor traces."""
    return value[()] if type(value) is np.ndarray else value.copy()


def is_numpy_array(value: Any) -> bool:
    """Whether it is an array of NumPy's."""
    return isinstance(value, np.ndarray)


def is_parameter(value: Any) -> bool:
    """Whether something holds real numbers, as parameters do."""
    return isinstance(value, (float, np.floating)) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def find_real_numbers(thing: Any) -> dict[str, AttributePath]:
    """Where an object holds real numbers, by label: in attributes, and in dictionaries and lists among them."""
    found: dict[str, AttributePath] = {}
    for name, value in vars(thing).items():
        within = {make_input_label(key, name): (name, key) for key, item in list_entries(value) if is_parameter(item)}
        found |= {name: (name,)} if is_parameter(value) else within
    return found


def list_entries(held: Any) -> Iterable[tuple[Any, Any]]:
    """What is in a dictionary or a list, with its keys or indices; nothing for anything else."""
    return held.items() if isinstance(held, Mapping) else enumerate(held) if isinstance(held, (list, tuple)) else ()


def find_parameters(thing: Any) -> dict[str, ParameterPath]:
    """The parameters that an object holds, by label: those of its containers, and other attributes beside which there
    is one for the gradient."""
    containers = (
        dict(find_container_parameters(thing, *pair)) for pair in PARAMETER_CONTAINERS if hasattr(thing, pair[1])
    )
    found = next(filter(None, containers), {})
    known = collect_array_ids(thing, found)
    for name, value in vars(thing).items():
        if is_parameter(value) and id(value) not in known and name not in found:
            path = find_gradient_path(thing, name)
            found |= {name: ParameterPath((name,), path)} if path else {}
    return found


def find_container_parameters(thing: Any, values: str, gradients: str) -> Iterator[tuple[str, ParameterPath]]:
    """The parameters in a dictionary or a list; arrays in a list are called as the attributes that hold them, too."""
    for key, value in list_entries(getattr(thing, values, None)):
        if is_parameter(value):
            aliased = isinstance(key, int) and is_numpy_array(value)
            same = [n for n, other in vars(thing).items() if other is value] if aliased else []
            yield make_input_label(same[0] if same else key, values), ParameterPath((values, key), (gradients, key))


def collect_array_ids(thing: Any, places: Mapping[str, ParameterPath]) -> set[int]:
    """The identities of the arrays at some places."""
    held = (get_at_path(thing, place.value) for place in places.values())
    return {id(value) for value in held if is_numpy_array(value)}


def make_input_label(key: Any, container: str) -> str:
    """A key as the name of an input: W1, W_0 for ("W", 0), params_0 for an index."""
    if isinstance(key, int):
        return f"{container}_{key}"
    text = "_".join(map(str, key)) if isinstance(key, tuple) else str(key)
    return "".join(c if c.isalnum() else "_" for c in text)


def find_gradient_path(thing: Any, name: str) -> AttributePath | None:
    """Where an object keeps the gradient of one parameter; None where nothing is called like that."""
    for _, container in PARAMETER_CONTAINERS:
        held = getattr(thing, container, None)
        if isinstance(held, Mapping):
            found = next((key for key in (name, *list_gradient_names(name)) if key in held), None)
            if found is not None:
                return (container, found)
    return next(((spelling,) for spelling in list_gradient_names(name) if hasattr(thing, spelling)), None)


def find_unassigned_numbers(thing: Any, places: Mapping[str, ParameterPath], inputs: Iterable[str]) -> list[str]:
    """The real numbers of an object, by label, that are neither at one of these places nor gradients."""
    numbers, known = find_real_numbers(thing), collect_array_ids(thing, places)
    values = {place.value for place in places.values()}
    gradients = {place.gradient[0] for place in places.values()} | {container for _, container in PARAMETER_CONTAINERS}
    gradients |= {spelling for name in (*numbers, *inputs) for spelling in list_gradient_names(name)}
    return [
        name
        for name, path in numbers.items()
        if path not in values and path[0] not in gradients and id(get_at_path(thing, path)) not in known
    ]


def find_inner_layers(thing: Any, places: Mapping[str, ParameterPath]) -> list[str]:
    """The layers within an object, by label, that hold other real numbers than the arrays at these places."""
    known = collect_array_ids(thing, places)
    parts: dict[str, Any] = {}
    for name, value in vars(thing).items():
        parts |= {make_input_label(key, name): part for key, part in list_entries(value)} or {name: value}
    layers = {name: part for name, part in parts.items() if hasattr(part, "backward") and hasattr(part, "__dict__")}
    return [
        n
        for n, part in layers.items()
        if {id(get_at_path(part, path)) for path in find_real_numbers(part).values()} - known
    ]


def copy_keeping_arrays(thing: Any, keep: Sequence[Any] = ()) -> Any:
    """A deep copy, in which the arrays to keep are the same: what is changed in them is seen."""
    return copy.deepcopy(thing, {id(a): a for a in keep})


def format_path(path: AttributePath, of: str) -> str:
    """The path as Python: layer.dW, net.params['W1']."""
    attribute, *keys = path
    return f"{of}.{attribute}" + "".join(f"[{key!r}]" for key in keys)
