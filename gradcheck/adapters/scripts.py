"""Arguments and arrays in the Python by which a person calls an op."""

from collections.abc import Callable
from typing import Any

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
    if isinstance(declared, ParameterDict):
        items = ", ".join(f"{key!r}: {format_argument(key, value)}" for key, value in declared.items.items())
        return f"{{{{{items}}}}}"
    if isinstance(declared, (Whole, Choice, Rank)):
        return f"{{{name}}}"
    value = declared.value if isinstance(declared, FixedValue) else declared
    return repr(value).replace("{", "{{").replace("}", "}}")
