"""Paths to the parameters and gradients of an object: in attributes, or in dictionaries or lists of them."""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.adapters.input_labels import make_input_label

AttributePath = tuple[Any, ...]
"""An attribute, and a key or an index in it where it is a dictionary or a list."""

PARAMETER_CONTAINERS = (
    ("params", "grads"),
    ("parameters", "gradients"),
    ("params", "gradients"),
    ("parameters", "grads"),
)
"""Attributes that contain all parameters, and all gradients.  Source: numpy-ml (parameters, gradients), Saitoh 2016 and
CS231n's assignments (params, grads)."""


@dataclass(frozen=True)
class ParameterPath:
    """The paths of a parameter and of its gradient."""

    value: AttributePath
    gradient: AttributePath


def list_gradient_names(name: str) -> list[str]:
    """Return the names that the gradient of a parameter may have."""
    return [f"d{name}", f"d_{name}", f"grad_{name}", f"{name}_grad", f"grad{name}", f"dLd{name}", f"dL_d{name}"]


def get_at_path(thing: Any, path: AttributePath) -> Any:
    """Return the value at a path.  Raises KeyError, IndexError or AttributeError where there is none."""
    attribute, *keys = path
    value = getattr(thing, attribute)
    return value[keys[0]] if keys else value


def copy_with_values(thing: Any, values: Mapping[AttributePath, Any]) -> Any:
    """Return a deep copy with these values.  An array replaces the old one everywhere in the object, also in inner
    layers; a number only at its own path, since equal numbers may be one object in Python."""
    before = {path: get_at_path(thing, path) for path in values}
    copied = copy.deepcopy(thing, {id(old): values[path] for path, old in before.items() if is_numpy_array(old)})
    for path, value in values.items():
        if get_at_path(copied, path) is not value:
            set_at_path(copied, path, value if is_numpy_array(before[path]) else to_scalar(value))
    return copied


def has_parameter_at(thing: Any, path: AttributePath) -> bool:
    """Whether there is a parameter at a path."""
    try:
        return is_parameter(get_at_path(thing, path))
    except (AttributeError, LookupError, TypeError):
        return False


def set_at_path(thing: Any, path: AttributePath, value: Any) -> None:
    """Set the value at a path."""
    attribute, *keys = path
    if keys:
        getattr(thing, attribute)[keys[0]] = value
    else:
        setattr(thing, attribute, value)


def to_scalar(value: Any) -> Any:
    """Return a 0-d array as a number, which cannot be changed in place; a copy of a 0-d array of another class, since a
    number carries neither noise nor traces."""
    return value[()] if type(value) is np.ndarray else value.copy()


def is_numpy_array(value: Any) -> bool:
    """Whether it is a NumPy array."""
    return isinstance(value, np.ndarray)


def is_parameter(value: Any) -> bool:
    """Whether a value is real numbers, as parameters are."""
    return isinstance(value, (float, np.floating)) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def find_real_numbers(thing: Any) -> dict[str, AttributePath]:
    """Return the paths of an object's real numbers by label: in attributes, and in dictionaries and lists among
    them."""
    paths: dict[str, AttributePath] = {}
    for name, value in vars(thing).items():
        within = {make_input_label(key, name): (name, key) for key, item in list_entries(value) if is_parameter(item)}
        paths |= {name: (name,)} if is_parameter(value) else within
    return paths


def list_entries(held: Any) -> Iterable[tuple[Any, Any]]:
    """Return the entries of a dictionary or a list with keys or indices; empty for anything else."""
    return held.items() if isinstance(held, Mapping) else enumerate(held) if isinstance(held, (list, tuple)) else ()


def find_parameters(thing: Any) -> dict[str, ParameterPath]:
    """Return the parameters of an object by label: those of its containers, and other attributes that have an attribute
    for the gradient."""
    containers = (
        dict(find_container_parameters(thing, *pair)) for pair in PARAMETER_CONTAINERS if hasattr(thing, pair[1])
    )
    paths = next(filter(None, containers), {})
    known = collect_array_ids(thing, paths)
    for name, value in vars(thing).items():
        if is_parameter(value) and id(value) not in known and name not in paths:
            path = find_gradient_path(thing, name)
            paths |= {name: ParameterPath((name,), path)} if path else {}
    return paths


def find_container_parameters(thing: Any, values: str, gradients: str) -> Iterator[tuple[str, ParameterPath]]:
    """Yield the parameters in a dictionary or a list; an array in a list has the name of the attribute that is the same
    object."""
    for key, value in list_entries(getattr(thing, values, None)):
        if is_parameter(value):
            aliased = isinstance(key, int) and is_numpy_array(value)
            same = [n for n, other in vars(thing).items() if other is value] if aliased else []
            yield make_input_label(same[0] if same else key, values), ParameterPath((values, key), (gradients, key))


def collect_array_ids(thing: Any, paths: Mapping[str, ParameterPath]) -> set[int]:
    """Return the identities of the arrays at some paths."""
    held = (get_at_path(thing, path.value) for path in paths.values())
    return {id(value) for value in held if is_numpy_array(value)}


def find_gradient_path(thing: Any, name: str) -> AttributePath | None:
    """Return the path of the gradient of one parameter; None where no name fits."""
    for _, container in PARAMETER_CONTAINERS:
        held = getattr(thing, container, None)
        if isinstance(held, Mapping):
            gradient_key = next((key for key in (name, *list_gradient_names(name)) if key in held), None)
            if gradient_key is not None:
                return (container, gradient_key)
    return next(((spelling,) for spelling in list_gradient_names(name) if hasattr(thing, spelling)), None)


def find_unassigned_numbers(thing: Any, places: Mapping[str, ParameterPath], inputs: Iterable[str]) -> list[str]:
    """Return the labels of an object's real numbers that are neither at these paths nor gradients."""
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
    """Return the labels of inner layers that contain real numbers other than the arrays at these paths."""
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
    """Return a deep copy that shares these arrays, so that changes to them are visible."""
    return copy.deepcopy(thing, {id(a): a for a in keep})


def format_path(path: AttributePath, of: str) -> str:
    """Return the path as Python: layer.dW, net.params['W1']."""
    attribute, *keys = path
    return f"{of}.{attribute}" + "".join(f"[{key!r}]" for key in keys)
