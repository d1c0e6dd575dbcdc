"""Where an object keeps its parameters and their gradients: in attributes, or in dictionaries or lists of them."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Path = tuple[Any, ...]
"""An attribute, and a key or an index in it where it is a dictionary or a list."""

CONTAINERS = (("params", "grads"), ("parameters", "gradients"), ("params", "gradients"), ("parameters", "grads"))
"""Attributes that hold all parameters, and all gradients.  Source: numpy-ml (parameters, gradients), Saitoh 2016 and
CS231n's assignments (params, grads)."""


@dataclass(frozen=True)
class Place:
    """Where a parameter and its gradient are."""

    value: Path
    gradient: Path


def spellings(name: str) -> list[str]:
    """What the gradient of a parameter may be called."""
    return [f"d{name}", f"d_{name}", f"grad_{name}", f"{name}_grad", f"grad{name}", f"dLd{name}", f"dL_d{name}"]


def look(thing: Any, path: Path) -> Any:
    """What is there; KeyError, IndexError or AttributeError where nothing is."""
    attribute, *keys = path
    found = getattr(thing, attribute)
    return found[keys[0]] if keys else found


def put(thing: Any, path: Path, value: Any) -> None:
    """Put a parameter there, and wherever else the object held the old one."""
    old = look(thing, path)
    for attribute, held in list(vars(thing).items()):
        if held is old:
            setattr(thing, attribute, value)
        elif isinstance(held, (dict, list)):
            setattr(thing, attribute, exchanged(held, old, value))


def exchanged(held: Any, old: Any, new: Any) -> Any:
    """A dictionary or a list with one thing in place of another."""
    if isinstance(held, dict):
        return type(held)((key, new if item is old else item) for key, item in held.items())
    return [new if item is old else item for item in held]


def is_parameter(value: Any) -> bool:
    """Whether something holds real numbers, as parameters do."""
    return isinstance(value, (float, np.floating)) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def parameters_in(thing: Any) -> dict[str, Place]:
    """The parameters that an object holds, by label: those of its containers, else attributes beside which there is one
    for the gradient."""
    for values, gradients in CONTAINERS:
        if hasattr(thing, gradients) and (found := dict(contained(thing, values, gradients))):
            return found
    attributes = [name for name, value in vars(thing).items() if is_parameter(value)]
    paths = ((name, gradient_path(thing, name)) for name in attributes)
    return {name: Place((name,), path) for name, path in paths if path}


def contained(thing: Any, values: str, gradients: str) -> Iterator[tuple[str, Place]]:
    """The parameters in a dictionary or a list; those of a list are called as the attributes that hold them, too."""
    held = getattr(thing, values, None)
    pairs = held.items() if isinstance(held, Mapping) else enumerate(held) if isinstance(held, Sequence) else ()
    for key, value in pairs:
        if is_parameter(value):
            same = [n for n, other in vars(thing).items() if other is value] if isinstance(key, int) else []
            yield label(same[0] if same else key, values), Place((values, key), (gradients, key))


def label(key: Any, container: str) -> str:
    """A key as the name of an input: W1, W_0 for ("W", 0), params_0 for an index."""
    if isinstance(key, int):
        return f"{container}_{key}"
    text = "_".join(map(str, key)) if isinstance(key, tuple) else str(key)
    return "".join(c if c.isalnum() else "_" for c in text)


def gradient_path(thing: Any, name: str) -> Path | None:
    """Where an object keeps the gradient of one parameter; None where nothing is called like that."""
    for _, container in CONTAINERS:
        held = getattr(thing, container, None)
        if isinstance(held, Mapping):
            found = next((key for key in (name, *spellings(name)) if key in held), None)
            if found is not None:
                return (container, found)
    return next(((spelling,) for spelling in spellings(name) if hasattr(thing, spelling)), None)


def unassigned(thing: Any, places: Mapping[str, Place]) -> list[str]:
    """Attributes that look like parameters, and whose gradients nobody could tell."""
    held = {id(look(thing, place.value)) for place in places.values()}
    gradients = {place.gradient[0] for place in places.values()}
    return [
        n
        for n, v in vars(thing).items()
        if isinstance(v, np.ndarray) and v.dtype.kind == "f" and id(v) not in held and n not in gradients
    ]


def fresh(thing: Any, keep: Sequence[Any] = ()) -> Any:
    """A deep copy, in which the arrays to keep are the same: what is changed in them is seen."""
    return copy.deepcopy(thing, {id(a): a for a in keep})


def source(path: Path, of: str) -> str:
    """The path as Python: layer.dW, net.params['W1']."""
    attribute, *keys = path
    return f"{of}.{attribute}" + "".join(f"[{key!r}]" for key in keys)
