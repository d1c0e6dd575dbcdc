"""Paths to the parameters and gradients of an object: in attributes, in dictionaries and lists of them, and in objects
within."""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.adapters.input_labels import make_input_label
from gradcheck.adapters.layers.method_copies import is_instance_of_user_class

AttributePath = tuple[Any, ...]
"""An attribute, then keys and indices in dictionaries and lists, and attributes of objects within as Attribute."""

RETURNED: AttributePath = ()
"""In place of the path of a gradient: backward returns it."""

PARAMETER_CONTAINERS = (
    ("params", "grads"),
    ("parameters", "gradients"),
    ("params", "gradients"),
    ("parameters", "grads"),
)
"""Attributes that contain all parameters, and all gradients.  Source: numpy-ml (parameters, gradients), Saitoh 2016 and
CS231n's assignments (params, grads)."""

GRADIENT_CONTAINERS = ("grads", "gradients", "grad", "gradient", "dparams", "param_grads")
"""Attributes that may be dictionaries or lists of gradients."""

LONE_GRADIENTS = ("grad", "gradient")
"""Attributes that may be the gradient of an object's only parameter."""

SHORT_NAMES: Mapping[str, tuple[str, ...]] = {
    "weight": ("W", "w"),
    "weights": ("W", "w", "weight"),
    "bias": ("b",),
    "biases": ("b", "bias"),
}
"""How the gradient of a parameter with a long name may call it: weights and dW."""

MAX_DEPTH = 5
"""The longest path that is searched."""


class Attribute(str):
    """A step of a path that is an attribute of an object within; the first step of a path always is one."""

    __slots__ = ()


@dataclass(frozen=True)
class ParameterPath:
    """The paths of a parameter and of its gradient."""

    value: AttributePath
    gradient: AttributePath


def list_gradient_names(name: str) -> list[str]:
    """Return the names that the gradient of a parameter may have."""
    return [f"d{name}", f"d_{name}", f"grad_{name}", f"{name}_grad", f"grad{name}", f"dLd{name}", f"dL_d{name}"]


def list_spellings(name: str) -> list[str]:
    """Return the names that the gradient of an attribute may have, also of one that is private or has a long name."""
    bare = name.strip("_")
    names = [n for known in (name, bare, *SHORT_NAMES.get(bare, ())) for n in list_gradient_names(known)]
    return list(dict.fromkeys([*names, f"_d{bare}", f"{bare}_gradient", f"gradient_{bare}"]))


def list_gradient_paths(path: AttributePath) -> Iterator[AttributePath]:
    """Yield the paths at which the gradient of a parameter may be, seen from the object that has it as an attribute, or
    in a dictionary or list: grads["W"], dW, dW[0], grads["W"][0], grads[0]."""
    attribute, *keys = path
    spellings = list_spellings(attribute)
    if not keys:
        yield from ((container, key) for container in GRADIENT_CONTAINERS for key in (attribute, *spellings))
        yield from ((spelling,) for spelling in spellings)
        return
    yield from ((spelling, *keys) for spelling in spellings)
    yield from ((container, name, *keys) for container in GRADIENT_CONTAINERS for name in (attribute, *spellings[:2]))
    last = keys[-1]
    names = [last, *(list_spellings(last) if isinstance(last, str) else [])]
    own = attribute in {values for values, _ in PARAMETER_CONTAINERS} or isinstance(last, str)
    yield from ((container, *keys[:-1], n) for container in GRADIENT_CONTAINERS for n in names if own)
    joined = [f"{attribute}{last}", f"{attribute}_{last}"]
    yield from ((container, n) for container in GRADIENT_CONTAINERS for j in joined for n in (j, f"d{j}"))
    yield from ((f"d{j}",) for j in joined)
    if isinstance(last, str):
        yield from ((spelling,) for spelling in list_spellings(last))


def take_step(value: Any, step: Any) -> Any:
    """Return what one step of a path behind the first leads to.  Raises as get_at_path."""
    if isinstance(step, Attribute):
        return getattr(value, step)
    if not isinstance(value, (Mapping, list, tuple)):
        raise TypeError(f"a {type(value).__name__} has no entries")
    return value[step]


def get_at_path(thing: Any, path: AttributePath) -> Any:
    """Return the value at a path.  Raises KeyError, IndexError, TypeError or AttributeError where there is none."""
    if not path:
        return thing
    value = getattr(thing, path[0])
    for step in path[1:]:
        value = take_step(value, step)
    return value


def find_at_path(thing: Any, path: AttributePath) -> Any:
    """Return the value at a path; None where there is none."""
    try:
        return get_at_path(thing, path)
    except (AttributeError, LookupError, TypeError):
        return None


def has_value_at(thing: Any, path: AttributePath) -> bool:
    """Whether there is something at a path, also None."""
    try:
        get_at_path(thing, path)
    except (AttributeError, LookupError, TypeError):
        return False
    return True


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
    return is_parameter(find_at_path(thing, path))


def set_at_path(thing: Any, path: AttributePath, value: Any) -> None:
    """Set the value at a path."""
    *before, last = path
    if not before:
        setattr(thing, last, value)
        return
    holder = get_at_path(thing, tuple(before))
    if isinstance(last, Attribute):
        setattr(holder, last, value)
    else:
        holder[last] = value


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
    """Return the paths of an object's real numbers by label: in attributes, in dictionaries and lists of them, and in
    objects within."""
    paths: dict[str, AttributePath] = {}
    for path in walk_numbers(thing, (), set()):
        label = make_path_label(path)
        paths.setdefault(label if label not in paths else "_".join(map(str, path)), path)
    return paths


def walk_numbers(value: Any, path: AttributePath, seen: set[int]) -> Iterator[AttributePath]:
    """Yield the paths of the real numbers in a value.  seen: the objects and containers that were entered before."""
    if path and is_parameter(value):
        yield path
        return
    if id(value) in seen or len(path) > MAX_DEPTH:
        return
    steps: Iterable[tuple[Any, Any]] = list_entries(value)
    if (not path or is_instance_of_user_class(value)) and hasattr(value, "__dict__"):
        steps = [(Attribute(n) if path else n, part) for n, part in vars(value).items()]
    for step, part in steps:
        seen.add(id(value))
        yield from walk_numbers(part, (*path, step), seen)


def list_entries(held: Any) -> Iterable[tuple[Any, Any]]:
    """Return the entries of a dictionary or a list with keys or indices; empty for anything else."""
    return held.items() if isinstance(held, Mapping) else enumerate(held) if isinstance(held, (list, tuple)) else ()


def make_path_label(path: AttributePath) -> str:
    """Return a path as the name of an input: W, W_0, W1 for params["W1"], layers_0_W."""
    if len(path) == 1:
        return str(path[0])
    owner, inner = split_at_owner(path)
    label = make_input_label(inner[-1], "_".join(map(str, inner[:-1]))) if len(inner) > 1 else str(inner[0])
    return "_".join([*(make_input_label(str(step), "") for step in owner), label])


def split_at_owner(path: AttributePath) -> tuple[AttributePath, AttributePath]:
    """Return the path of the object that has a number as an attribute, and the path from there."""
    last = max((i for i, step in enumerate(path) if isinstance(step, Attribute)), default=0)
    return path[:last], (str(path[last]), *path[last + 1 :])


def join_paths(owner: AttributePath, inner: AttributePath) -> AttributePath:
    """Return the path from the outer object of a path within one of its objects."""
    return (*owner, Attribute(inner[0]), *inner[1:]) if owner else inner


def find_parameters(thing: Any, candidates: Iterable[AttributePath] | None = None) -> dict[str, ParameterPath]:
    """Return the parameters of an object by label: those of its containers, and other numbers that have a gradient.
    candidates: the paths at which a parameter may be; by default all."""
    containers = (
        dict(find_container_parameters(thing, *pair)) for pair in PARAMETER_CONTAINERS if hasattr(thing, pair[1])
    )
    paths = next(filter(None, containers), {})
    known = collect_array_ids(thing, paths)
    numbers = find_real_numbers(thing)
    among = list(numbers.values() if candidates is None else candidates)
    for label, path in numbers.items():
        value = get_at_path(thing, path)
        if path in among and id(value) not in known and not holds_path(paths, path):
            gradient = find_gradient_of(thing, path, is_lone_parameter(thing, path, among))
            if gradient is not None and gradient != path:
                paths[label if label not in paths else "_".join(map(str, path))] = ParameterPath(path, gradient)
                known |= {id(value)} if is_numpy_array(value) else set()
    return paths


def holds_path(paths: Mapping[str, ParameterPath], path: AttributePath) -> bool:
    """Whether a path is that of a parameter, or of a gradient."""
    return any(path in (known.value, known.gradient) for known in paths.values())


def is_lone_parameter(thing: Any, path: AttributePath, among: Iterable[AttributePath]) -> bool:
    """Whether an object has one array among some numbers, and it is at this path."""
    owner = split_at_owner(path)[0]
    gradients = {*LONE_GRADIENTS, *GRADIENT_CONTAINERS}
    arrays = [
        other
        for other in among
        if split_at_owner(other)[0] == owner
        and split_at_owner(other)[1][0] not in gradients
        and is_numpy_array(find_at_path(thing, other))
    ]
    return arrays == [path]


def find_gradient_of(thing: Any, path: AttributePath, lone: bool, same_shape: bool = True) -> AttributePath | None:
    """Return the path of the gradient of the parameter at a path; None where there is none.

    lone: whether it is the only parameter of its object, so that `grad` is its gradient; of the same shape, unless
    same_shape is False, as where the shape of the parameter itself is a guess.
    """
    owner, inner = split_at_owner(path)
    places = [join_paths(owner, place) for place in list_gradient_paths(inner)]
    shape = np.shape(get_at_path(thing, path)) if has_value_at(thing, path) else ()
    if isinstance(inner[-1], int) and len(inner) > 1:
        indexed = [join_paths(owner, (container, inner[-1])) for container in GRADIENT_CONTAINERS]
        places += [p for p in indexed if shape and np.shape(find_at_path(thing, p)) == shape]
    if lone:
        lone_places = [join_paths(owner, (name,)) for name in LONE_GRADIENTS]
        arrays = [p for p in lone_places if is_numpy_array(find_at_path(thing, p))]
        places += [p for p in arrays if not same_shape or get_at_path(thing, p).shape == shape]
    there = [place for place in places if has_value_at(thing, place)]
    return next((place for place in there if get_at_path(thing, place) is not None), there[0] if there else None)


def find_container_parameters(thing: Any, values: str, gradients: str) -> Iterator[tuple[str, ParameterPath]]:
    """Yield the parameters in a dictionary or a list; an array in a list has the name of the attribute that is the same
    object."""
    for key, value in list_entries(getattr(thing, values, None)):
        if is_parameter(value):
            aliased = isinstance(key, int) and is_numpy_array(value)
            same = [n for n, other in vars(thing).items() if other is value] if aliased else []
            path = (gradients, key)
            other_name = (gradients, f"d{key}")
            path = other_name if not has_value_at(thing, path) and has_value_at(thing, other_name) else path
            yield make_input_label(same[0] if same else key, values), ParameterPath((values, key), path)


def collect_array_ids(thing: Any, paths: Mapping[str, ParameterPath]) -> set[int]:
    """Return the identities of the arrays at some paths."""
    held = (get_at_path(thing, path.value) for path in paths.values())
    return {id(value) for value in held if is_numpy_array(value)}


def find_gradient_path(thing: Any, name: str) -> AttributePath | None:
    """Return the path of the gradient of one parameter, by its name; None where no name fits."""
    return find_gradient_of(thing, (name,), lone=False)


def find_array_paths(thing: Any, array: Any) -> list[AttributePath]:
    """Return the paths at which an object has an array itself, or else an equal one."""
    paths = list(find_real_numbers(thing).values())
    own = [path for path in paths if get_at_path(thing, path) is array]
    return own or [path for path in paths if is_equal_array(get_at_path(thing, path), array)]


def is_equal_array(value: Any, array: Any) -> bool:
    """Whether a value is an array of the same shape and numbers."""
    return is_numpy_array(value) and value.shape == np.shape(array) and bool(np.array_equal(value, array))


def find_unassigned_numbers(
    thing: Any, places: Mapping[str, ParameterPath], inputs: Iterable[str]
) -> dict[str, AttributePath]:
    """Return an object's real numbers that are neither at these paths nor gradients, by label."""
    numbers, known = find_real_numbers(thing), collect_array_ids(thing, places)
    values = {place.value for place in places.values()} | {place.gradient for place in places.values()}
    gradients = {*GRADIENT_CONTAINERS, *(name for pair in PARAMETER_CONTAINERS for name in pair[1:])}
    names = {split_at_owner(path)[1][0] for path in numbers.values()} | {*inputs}
    gradients |= {spelling for name in names for spelling in list_spellings(name)}
    return {
        label: path
        for label, path in numbers.items()
        if path not in values
        and split_at_owner(path)[1][0] not in gradients
        and id(get_at_path(thing, path)) not in known
    }


def copy_keeping_arrays(thing: Any, keep: Sequence[Any] = ()) -> Any:
    """Return a deep copy that shares these arrays, so that changes to them are visible."""
    return copy.deepcopy(thing, {id(a): a for a in keep})


def format_path(path: AttributePath, of: str) -> str:
    """Return the path as Python: layer.dW, net.params['W1'], net.layers[0].W; without an object before it for ""."""
    attribute, *steps = path
    words = [f".{step}" if isinstance(step, Attribute) else f"[{step!r}]" for step in steps]
    return f"{of}.{attribute}".removeprefix(".") + "".join(words)


def describe_gradient_places(path: AttributePath) -> str:
    """Say where the gradient of a parameter was looked for: the first of the places of each kind."""
    owner, inner = split_at_owner(path)
    attribute, *keys = inner
    first = [(f"d{attribute}", *keys), (f"grad_{attribute}", *keys)]
    first += [("grads", attribute, *keys)] if keys else [("grads", attribute), ("grad",)]
    return ", ".join(format_path(join_paths(owner, place), "") for place in first)
