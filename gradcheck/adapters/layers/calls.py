"""The calls of a layer, a class with methods forward and backward."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from gradcheck.adapters.calls import find_gradient_key, multiply_elements
from gradcheck.adapters.layers.method_copies import use_copied_methods
from gradcheck.adapters.layers.parameter_paths import (
    RETURNED,
    AttributePath,
    ParameterPath,
    copy_keeping_arrays,
    copy_with_values,
    describe_gradient_places,
    find_array_paths,
    find_at_path,
    find_gradient_of,
    find_gradient_path,
    find_unassigned_numbers,
    format_path,
    get_at_path,
    has_value_at,
    is_equal_array,
    make_path_label,
)
from gradcheck.adapters.parameters import ParameterDeclaration
from gradcheck.adapters.source_names import format_import, make_caller
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.origin import NotChecked, Script


@dataclass(frozen=True)
class ReturnedForm:
    """The form in which backward returned gradients.

    names: the arguments of forward whose gradients came in a row, or one by itself.  is_row: whether it was a row.
    keys: those of a dictionary.
    """

    names: Sequence[str] = ()
    is_row: bool = False
    keys: Mapping[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LayerCalls:
    """The construction and calls of a layer.

    make(arguments) -> a new instance.  forward_parameters, constructor_parameters: the declarations of their
    parameters.  held: the parameters that the instance holds.  gradient_attributes: the attribute of a gradient by
    parameter, where the caller names it.  upstream: whether backward takes one.  origin: the lines of a
    script that get an instance; "" where the class is called.  gradients: where the gradients of parameters were found.
    returned: the form in which the last backward returned gradients.
    """

    cls: Any
    make: Callable[[Mapping[str, Any]], Any]
    forward_parameters: Mapping[str, ParameterDeclaration | None]
    constructor_parameters: Mapping[str, ParameterDeclaration | None]
    held: Mapping[str, ParameterPath]
    gradient_attributes: Mapping[str, str]
    upstream: bool
    origin: str = ""
    gradients: dict[str, AttributePath] = field(default_factory=dict)
    returned: list["ReturnedForm"] = field(default_factory=list)

    @cached_property
    def call(self) -> Callable[[Callable[..., Any], Mapping[str, Any]], Any]:
        """The function that calls forward with arguments by name."""
        return make_caller(self.cls.forward, leave=1)

    def run(self, arguments: Mapping[str, Any], translate: Callable[[Any], Any] = lambda f: f) -> Any:
        """Run forward on a new instance and return (outputs, cache)."""
        instance = use_copied_methods(self.make(arguments))
        y = self.call(partial(translate(self.cls.forward), instance), arguments)
        return (tuple(y) if isinstance(y, (tuple, list)) else (y,)), (instance, dict(arguments))

    def pull(self, upstream: tuple[Any, ...], cache: Any) -> dict[str, Any]:
        """Run backward on a copy of the instance, which may accumulate gradients, and return them by name."""
        given = cache[1]
        instance = copy_keeping_arrays(cache[0], list_given_arrays(given))
        returned = self.backward(instance, upstream)
        show_changes(instance, {path.value: given[n] for n, path in self.held.items()})
        arrays = [n for n in self.forward_parameters if isinstance(given[n], (np.ndarray, Mapping))]
        parameters = [n for n, path in self.held.items() if path.gradient == RETURNED]
        parameters += [n for n in self.constructor_parameters if is_float_array(given[n])]
        gradients = self.read_input_gradients(instance, arrays, returned, parameters)
        own = {n: self.read_gradient(instance, n, given[n]) for n in self.held}
        own |= self.read_constructor_gradients(instance, given)
        return gradients | {n: g for n, g in own.items() if g is not None}

    def read_constructor_gradients(self, instance: Any, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the gradients of the constructor's arrays, those in a dictionary as a dictionary."""
        values = {n: given[n] for n in self.constructor_parameters}
        lone = sum(map(is_float_array, list_given_arrays(values))) == 1
        gradients: dict[str, Any] = {}
        for name, value in values.items():
            if isinstance(value, Mapping):
                items = {str(key): a for key, a in value.items() if is_float_array(a)}
                gradients[name] = {k: self.read_gradient(instance, k, a, name, lone) for k, a in items.items()}
            else:
                gradients[name] = self.read_gradient(instance, name, value, lone=lone)
        return gradients

    def backward(self, instance: Any, upstream: tuple[Any, ...]) -> Any:
        """Return backward's result."""
        return instance.backward(*upstream) if self.upstream else scale_gradients(instance.backward(), upstream[0])

    def read_input_gradients(
        self, instance: Any, arrays: Sequence[str], returned: Any, parameters: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Return the gradients of forward's arguments: those that backward returned, else attributes; and those of the
        parameters, where backward returns these behind them, in a row or in a dictionary."""
        if isinstance(returned, Mapping):
            self.returned[:] = [ReturnedForm(keys=returned)]
            return dict(returned)
        if returned is None:
            self.returned[:] = [ReturnedForm()]
            paths = {n: path for n in arrays if (path := find_gradient_path(instance, n))}
            self.gradients.update(paths)
            return {n: get_at_path(instance, path) for n, path in paths.items()}
        listed = returned if isinstance(returned, (tuple, list)) else (returned,)
        rest = listed[len(arrays) :]
        if len(rest) == 1 and isinstance(rest[0], Mapping):
            self.returned[:] = [ReturnedForm(arrays, True, rest[0])]
            return dict(zip(arrays, listed, strict=False)) | dict(rest[0])
        names = list(arrays if len(listed) <= len(arrays) else self.forward_parameters)[: len(listed)]
        if 0 < len(rest) == len(parameters) and not all(g is None for g in rest):
            names = [*arrays, *parameters]
        self.returned[:] = [ReturnedForm(names, listed is returned)]
        return dict(zip(names, listed, strict=False))

    def read_gradient(self, instance: Any, name: str, value: Any, within: str = "", lone: bool = False) -> Any:
        """Return the gradient of a parameter; None where it has none."""
        path = self.path(instance, name, value, within, lone)
        return find_at_path(instance, path) if path else None

    def path(
        self, instance: Any, name: str, value: Any = None, within: str = "", lone: bool = False
    ) -> AttributePath | None:
        """Return where the instance has the gradient of a parameter; None where it has none.  value: the array.
        within: the dictionary that contains it.  lone: whether it is the only array of the constructor."""
        if name in self.gradient_attributes:
            return (self.gradient_attributes[name],)
        if name in self.held:
            path: AttributePath | None = self.held[name].gradient
        elif name in self.gradients and has_value_at(instance, self.gradients[name]):
            path = self.gradients[name]
        else:
            path = search_gradient(instance, name, value, within, lone)
        if path:
            self.gradients[name] = path
        return path

    def find_own_arrays(self, arguments: Mapping[str, Any]) -> list[NotChecked]:
        """Return the arrays that the constructor makes itself, on which the output depends."""
        try:
            instance = self.make(arguments)
            paths = list_own_arrays(instance, list_given_arrays(arguments), self.forward_parameters)
            return [
                NotChecked(format_path(path, ""), "the constructor makes it; give an instance to check it")
                for path in paths
                if self.gradient_attributes.get(make_path_label(path)) is None and self.depends_on(arguments, path)
            ]
        except Exception:  # whatever a constructor or forward raises is for the laws to report
            return []

    def depends_on(self, arguments: Mapping[str, Any], path: AttributePath) -> bool:
        """Whether the output changes with an array that the constructor made, and that forward does not assign."""
        instance = self.make(arguments)
        value = get_at_path(instance, path)
        before, (after, _) = replace(self, make=lambda _: instance).run(arguments)
        if find_at_path(after, path) is not value:
            return False
        moved = copy_with_values(self.make(arguments), {path: value + move_elements(value, 0.375)})
        outputs = replace(self, make=lambda _: moved).run(arguments)[0]
        return not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, outputs, strict=False))

    def explain_missing(self, name: str) -> str:
        """Say where the gradient of a parameter was looked for, and what to write; "" for one that was found, and for
        an argument of forward."""
        if name in self.forward_parameters or name in self.gradients:
            return ""
        return (
            f"no gradient found: looked at {describe_gradient_places((name,))}, …; name it, as in "
            f"parameters={{{name!r}: 'grad'}}, or None where there is none"
        )

    def script(self, arguments: Mapping[str, str], gradients: Sequence[str]) -> Script:
        """Return the calls as a script to paste."""
        name = self.cls.__name__
        made = f"layer = {name}({', '.join(arguments[n] for n in self.constructor_parameters)})"
        opening = format_import(self.cls, name)
        if self.origin:
            opening, made = self.origin, ""
        sets = [f"{format_path(held_path.value, 'layer')} = {n}" for n, held_path in self.held.items()]
        forward = "{y} = layer.forward(" + ", ".join(arguments[n] for n in self.forward_parameters) + ")"
        form = self.returned[-1] if self.returned else ReturnedForm(list(self.forward_parameters))
        places = {n: (a,) for n, a in self.gradient_attributes.items()} | self.gradients
        read_attributes = [
            f"{g} = {format_path(places[g[1:]], 'layer')}"
            for g in gradients
            if g[1:] in places and g[1:] not in form.names and g[1:] not in form.keys
        ]
        pulled = write_returned(f"layer.backward({'{dy}' * self.upstream})", form, gradients)
        lines = [made, *(line.replace("{", "{{").replace("}", "}}") for line in sets), forward]
        return Script(opening, "\n".join(filter(None, lines)), "\n".join([*pulled, *read_attributes]))


def write_returned(call: str, form: ReturnedForm, gradients: Sequence[str]) -> list[str]:
    """Return the lines that call backward and take the gradients that it returns."""
    keys = {g: key for g in gradients if (key := find_gradient_key(form.keys, g[1:])) is not None}
    if keys:
        row = [f"d{n}" if f"d{n}" in gradients else "_" for n in form.names]
        targets = [*row, "gradients"]
        return [f"{', '.join(targets)} = {call}", *(f"{g} = gradients[{key!r}]" for g, key in keys.items())]
    targets = [f"d{n}" if f"d{n}" in gradients else "_" for n in form.names]
    if not set(targets) - {"_"}:
        return [call]
    return [f"[{targets[0]}] = {call}" if form.is_row and len(targets) == 1 else f"{', '.join(targets)} = {call}"]


def search_gradient(instance: Any, name: str, value: Any, within: str, lone: bool) -> AttributePath | None:
    """Return where the gradient of a constructor's array is: by the parameter's name, or by attributes that are this
    array."""
    named = find_gradient_of(instance, (within, name) if within else (name,), lone=False)
    if named or not is_float_array(value):
        return named
    places = find_array_paths(instance, value)
    found = (find_gradient_of(instance, path, lone, same_shape=False) for path in places)
    return next((path for path in found if path is not None and path not in places), None)


def list_own_arrays(instance: Any, given: Sequence[Any], inputs: Iterable[str]) -> list[AttributePath]:
    """Return the paths of an object's arrays that are neither gradients nor the arrays that it was given."""
    arrays = [a for a in given if is_float_array(a)]
    paths = [
        p for p in find_unassigned_numbers(instance, {}, inputs).values() if is_float_array(get_at_path(instance, p))
    ]
    return [p for p in paths if not any(is_equal_array(get_at_path(instance, p), a) for a in arrays)]


def move_elements(value: Any, step: float) -> Any:
    """Return a different part of a step for each element of an array."""
    return step * np.cos(1.0 + np.arange(value.size)).reshape(value.shape)


def list_given_arrays(given: Mapping[str, Any]) -> list[Any]:
    """Return the arguments, and those in dictionaries among them."""
    return [a for value in given.values() for a in (value.values() if isinstance(value, Mapping) else (value,))]


def is_float_array(value: Any) -> bool:
    """Whether a value is an array of real numbers."""
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def show_changes(instance: Any, given: Mapping[AttributePath, Any]) -> None:
    """Write what the code assigned in the place of a parameter into the array that it was given, as an update in place
    does: so the law purity sees both."""
    for path, array in given.items():
        now = find_at_path(instance, path)
        writable = type(array) is np.ndarray and array.flags.writeable
        if writable and isinstance(now, np.ndarray) and now is not array and now.shape == array.shape:
            array[...] = now


def scale_gradients(gradients: Any, upstream: Any) -> Any:
    """Multiply the gradients of a loss by its upstream, element by element; what is no array stays as it is."""
    if isinstance(gradients, Mapping):
        return {name: scale_gradients(g, upstream) for name, g in gradients.items()}
    if isinstance(gradients, (tuple, list)):
        return tuple(scale_gradients(g, upstream) for g in gradients)
    return multiply_elements(gradients, upstream)


def declare_exact_shape(value: Any) -> Array:
    """Return an input of exactly this shape."""
    return Array(" ".join(map(str, np.shape(value))))
