"""Arguments and arrays in the Python by which a person calls an op."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradcheck.adapters.calls import Calls, find_gradient_key, find_gradient_order, list_inner_labels, number_row
from gradcheck.adapters.parameters import FixedValue, ParameterDict
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.origin import Script
from gradcheck.declaration.settings import Choice, Rank, Whole


def convert_script_arrays(script: Script, op: Op, sent: Callable[[str, bool], str]) -> Script:
    """The script, arrays and upstream brought into the form of a library before they are used."""
    lines = [f"{n} = {sent(n, a.differentiable)}" for n, a in op.inputs.items() if isinstance(a, Array)]
    upstream = f"tuple({sent('u', False)} for u in {{dy}})" if len(op.outputs) > 1 else sent("{dy}", False)
    return Script(script.opening, "\n".join([*lines, script.forward]), script.backward.replace("{dy}", upstream))


def format_argument(name: str, declared: Any) -> str:
    """A parameter that is no input, as an argument in a Script."""
    if isinstance(declared, ParameterDict) and declared.row is not None:
        values = ", ".join(declared.inputs[key] for key in declared.items)
        return f"[{values}]" if declared.row is list else f"({values},)"
    if isinstance(declared, ParameterDict):
        items = ", ".join(
            f"{escape_braces(repr(key))}: {declared.inputs.get(key) or format_argument(str(key), value)}"
            for key, value in declared.items.items()
        )
        return f"{{{{{items}}}}}"
    if isinstance(declared, (Whole, Choice, Rank)):
        return f"{{{name}}}"
    value = declared.value if isinstance(declared, FixedValue) else declared
    return escape_braces(repr(value))


def escape_braces(text: str) -> str:
    """Double the braces of a text in a Script."""
    return text.replace("{", "{{").replace("}", "}}")


@dataclass(frozen=True)
class GradientReading:
    """How a script takes the gradients that backward returns: the targets of an assignment, and lines behind it."""

    targets: Sequence[str]
    lines: Sequence[str] = ()


def read_gradients(returned: Any, calls: Calls, owed: Sequence[str], left_out: Sequence[str] = ()) -> GradientReading:
    """Return how to take what backward returned in a trial: in a row, where `_` stands for one that nobody needs, or in
    dictionaries.  returned: None where the trial raised.  owed: the inputs that have a gradient."""
    inner = {name: labels for name, d in calls.rest.items() if (labels := list_inner_labels(d))}
    if isinstance(returned, Mapping):
        return GradientReading(["gradients"], read_mapping("gradients", returned, owed, inner))
    if returned is None or calls.several:
        return GradientReading([f"d{n}" for n in owed if n not in left_out])
    listed = returned if isinstance(returned, (tuple, list)) else (returned,)
    order = find_gradient_order(listed, calls.names, calls.differentiable, calls.list_returnable(), left_out)
    if inner and any(isinstance(g, (Mapping, tuple, list)) for g in listed):
        order = list(calls.parameters)[: len(listed)]
    if order is None:
        return GradientReading([f"d{n}" for n in owed])
    lines = [
        line
        for name, g in zip(order, listed, strict=False)
        if isinstance(g, (Mapping, tuple, list))
        for line in read_mapping(f"d{name}", number_row(g), owed, {name: inner.get(name, {})})
    ]
    targets = [f"d{n}" if n in owed or n in inner else "_" for n in order]
    return GradientReading([f"[{targets[0]}]"] if listed is returned and len(targets) == 1 else targets, lines)


def read_mapping(
    variable: str, returned: Mapping[Any, Any], owed: Sequence[str], inner: Mapping[str, Mapping[Any, str]]
) -> list[str]:
    """Return the lines that take gradients out of a dictionary, also out of dictionaries in it."""
    keys: dict[str, Any] = {label: key for labels in inner.values() for key, label in labels.items()}
    lines = []
    for name in owed:
        key = find_gradient_key(returned, keys.get(name, name))
        if key is not None:
            lines.append(f"d{name} = {variable}[{escape_braces(repr(key))}]")
    for name, labels in inner.items():
        key = find_gradient_key(returned, name)
        nested = None if key is None else number_row(returned[key])
        if isinstance(nested, Mapping):
            lines += read_mapping(f"{variable}[{escape_braces(repr(key))}]", nested, owed, {name: labels})
    return lines
