"""The declarations of the parameters of the user's code: from its signature, and from the call of `adapt`."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.adapters.annotations import evaluate_annotation, parse_shape_annotation, read_annotation
from gradcheck.adapters.inference import NoShapes, check_example
from gradcheck.adapters.options import ADAPT_OPTION_NAMES, CHECK_OPTION_NAMES, AdaptOptions
from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.settings import Choice, Rank, Setting, Whole
from gradcheck.declaration.shape import DeclarationError, parse_shape
from gradcheck.spelling import suggest_name

ExampleArray = np.ndarray[Any, Any]

SHORT_AXIS_PATTERN = re.compile(r"[A-Z](\d*|_\w+)")
AXIS_PATTERN = re.compile(r"[A-Z]\w*")
"""The names of axes in a text that is certainly a shape: of one word, and of several."""


class AdapterError(ValueError):
    """An object that no Op can be made of; the message says why, and what to write instead.

    Examples
    --------
    >>> from gradcheck import adapt
    >>> adapt(3)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    gradcheck.adapters.parameters.AdapterError: int: 3 is nothing that holds a forward and a backward for certain...
    """


@dataclass(frozen=True)
class FixedValue:
    """A parameter that is no array and does not vary.

    default: whether it is the default of the signature.  annotation: its declaration as an input, where the signature
    has a shape beside the default.
    """

    value: Any
    default: bool = False
    annotation: Array | None = None


@dataclass(frozen=True)
class ParameterDict:
    """A dictionary of parameters, copied for every call; its settings vary.

    inputs: the labels of the inputs in it, by key.  row: list or tuple, where the code takes the values in a row.
    """

    items: Mapping[Any, Any]
    inputs: Mapping[Any, str] = field(default_factory=dict)
    row: type | None = None


ParameterDeclaration = Array | Several | Setting | FixedValue | ParameterDict | ExampleArray
"""The declaration of a parameter; a NumPy array is an example of its values."""


def is_input(declared: ParameterDeclaration | None) -> bool:
    """Whether a parameter takes an array, or may take one."""
    return declared is None or isinstance(declared, (Array, Several, np.ndarray))


def read_signature(name: str, function: Callable[..., Any], leave: int = 0) -> dict[str, ParameterDeclaration | None]:
    """Return the declaration of each parameter in a signature, None for none.  leave: the number of leading parameters
    that the user does not pass.

    Raises AdapterError where there is no signature, NoShapes for any number of inputs.
    """
    try:
        signature = list(inspect.signature(function).parameters.values())[leave:]
    except (TypeError, ValueError):
        raise AdapterError(
            f"{name}: {function!r} has no signature; call it from a function that names its inputs"
        ) from None
    scope = getattr(inspect.unwrap(function), "__globals__", {})
    known = {p.name: read_parameter(name, p, scope) for p in signature if p.kind is not p.VAR_KEYWORD}
    if any(p.kind is p.VAR_POSITIONAL and not isinstance(known[p.name], Several) for p in signature):
        raise NoShapes(
            f"{name}: forward takes any number of inputs; declare it with Op(…, inputs={{'xs': Several(Array('N D'))}})"
        )
    return known


def read_parameter(name: str, parameter: inspect.Parameter, scope: dict[str, Any]) -> ParameterDeclaration | None:
    """Return the declaration by annotation and default: a default is fixed, unless the annotation allows other
    values, as that of a dictionary does."""
    if isinstance(items := evaluate_annotation(parameter.annotation, scope), dict):
        return declare_parameter(f"{name}: {parameter.name}", items)
    note = read_annotation(name, parameter, scope)
    if parameter.default is parameter.empty or isinstance(note, (Whole, Choice, Rank)):
        return note
    shape = note if isinstance(note, Array) and parameter.annotation not in (float, "float") else None
    return FixedValue(parameter.default, default=True, annotation=shape)


def declare_parameter(name: str, value: Any) -> ParameterDeclaration:
    """Return the declaration for a keyword of `adapt`: a shape, an array as an example, a setting, a dictionary of
    parameters, or a fixed value.  Raises AdapterError."""
    if isinstance(value, (Array, Several, Whole, Choice, Rank)):
        return value
    if isinstance(value, dict):
        return ParameterDict({key: declare_item(f"{name}[{key!r}]", item) for key, item in value.items()})
    if isinstance(value, str):
        return parse_shape_argument(name, value)
    if is_row_of_shapes(value):
        items = {i: declare_item(f"{name}[{i}]", item) for i, item in enumerate(value)}
        return ParameterDict(items, row=type(value))
    if isinstance(value, (np.generic, list)) or hasattr(value, "__array__"):
        return convert_example(name, read_example_array(name, value))
    return FixedValue(value)


def is_row_of_shapes(value: Any) -> bool:
    """Whether a value is a list or a tuple of shapes."""
    return (
        type(value) in (list, tuple)
        and bool(value)
        and all(isinstance(item, Array) or (isinstance(item, str) and is_certainly_shape(item)) for item in value)
    )


def declare_item(name: str, value: Any) -> Any:
    """Return the declaration of a value in a dictionary: an array, a text that is certainly a shape, a setting, or a
    value.  Raises AdapterError for an example array that is none."""
    if isinstance(value, str):
        return Array(value) if is_certainly_shape(value) else value
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        raise AdapterError(f"{name} is an array; declare its shape, as in Array('{' '.join('N' * value.ndim)}')")
    if isinstance(value, Several):
        raise AdapterError(f"{name} stands for any number of arrays, which a dictionary cannot hold; declare each")
    return value


def is_certainly_shape(text: str) -> bool:
    """Whether a text is a shape and not a value: numbers, and axes that are one upper-case letter, as in "M", "D1" or
    "D 4*H"; where there are several words, axes that begin with one, as in "Din Dout".  "SAME" is a value."""
    try:
        axes = parse_shape(text)
    except DeclarationError:
        return False
    names = [name for axis in axes for name in (axis.expression.names if axis.kind == "size" else [axis.text])]
    pattern = SHORT_AXIS_PATTERN if len(axes) == 1 else AXIS_PATTERN
    return bool(axes) and all(pattern.fullmatch(name) for name in names)


def parse_shape_argument(name: str, value: str) -> Array:
    """Return the array of a text that is a shape.  Raises AdapterError where it is none."""
    try:
        shape = parse_shape_annotation(value)
    except DeclarationError as error:
        raise AdapterError(
            f"{name}: {error}; a text that is a value, not a shape, is written choice({value!r})"
        ) from None
    if shape is None:
        raise AdapterError(f"{name} is {value!r}, which is no shape; write it as in {name.split()[-1]}='N D'")
    return shape


def read_example_array(name: str, value: Any) -> ExampleArray:
    """Return an example as an array.  Raises AdapterError for a list of arrays of several shapes."""
    try:
        return np.asarray(value)
    except ValueError:
        raise AdapterError(
            f"{name} is a list of arrays of several shapes; declare these, as in "
            f"{name.split()[-1]}=[{', '.join(repr(' '.join('NDMHKL'[: np.ndim(a)])) for a in value)}]"
        ) from None


def convert_example(name: str, a: ExampleArray) -> ExampleArray:
    """Return an example, real numbers in float64.  Raises AdapterError where it contains anything else."""
    try:
        check_example(name, a)
    except ValueError as error:
        raise AdapterError(str(error)) from None
    return a.astype(np.float64) if a.dtype.kind == "f" else a


@dataclass(frozen=True)
class Keywords:
    """The keyword arguments of `adapt`, sorted.

    options: those that every calling convention has.  parameters: the declarations of the code's parameters.
    convention_options: those that only the calling convention takes, by the names that it declares.
    """

    options: AdaptOptions = field(default_factory=AdaptOptions)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    convention_options: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, options: AdaptOptions, declarations: Mapping[str, Any], own: Sequence[str] = ()) -> "Keywords":
        """Sort the keyword arguments.  own: the options that only the calling convention takes.  Raises AdapterError
        for inputs that are no mapping."""
        inputs = options.inputs or {}
        if not isinstance(inputs, Mapping):
            raise AdapterError(f"inputs is {inputs!r}; write inputs={{'x': Array('N D')}}")
        parameters = {n: v for n, v in declarations.items() if n not in own}
        return cls(options, {**parameters, **inputs}, {n: declarations[n] for n in own if n in declarations})

    def declare_parameters(self, name: str, existing: Mapping[str, Any]) -> dict[str, ParameterDeclaration]:
        """Return the declarations of the parameters.  Raises AdapterError for one that does not exist."""
        for parameter in self.parameters:
            if parameter not in existing:
                advice = suggest_name(parameter, (*ADAPT_OPTION_NAMES, *CHECK_OPTION_NAMES, *existing))
                has = ", ".join(existing) or "none"
                raise AdapterError(f"{name} has no parameter {parameter!r}; {advice}It has: {has}")
        return {n: declare_parameter(f"{name}: {n}", value) for n, value in self.parameters.items()}
