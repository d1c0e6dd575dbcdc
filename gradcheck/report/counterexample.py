"""The case of a finding as Python to paste: the arrays to the last bit, and the calls that show the mistake."""

import json
import keyword
import math
import re
from collections.abc import Iterator
from pathlib import Path
from pprint import pformat
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.origin import Script
from gradcheck.escaping import cut_text
from gradcheck.records.case import Case
from gradcheck.records.results import Finding
from gradcheck.records.subject import Part, Subject, SubjectKind

MAX_WRITTEN_ELEMENTS = 200
"""The most elements that are written out; a larger case is loaded from its file."""
MAX_LINE_LENGTH = 5000
"""The longest line of code that is written; a longer one, as of a setting that is a long text, is a comment."""
RESERVED_NAMES = frozenset({"np", "op", "load", "load_case", "case", "cache", *keyword.kwlist})


def write_counterexample(finding: Finding, target: str | None, file: Path | None, script: Script | None = None) -> str:
    """Write Python that builds the case and calls the op on it; "" where there is no case.

    target: where the op is found, None where no target names it; then `script` says how forward and backward are
    called.  file: where the case is saved.
    """
    case = finding.case
    if case is None:
        return ""
    long = file is not None and sum(a.size for a in (*case.point, *case.upstream)) > MAX_WRITTEN_ELEMENTS
    names = {label: make_variable_name(label) for label in case.inputs}
    y = choose_output_name(set(names.values()))
    arrays = write_array_loading(case, file, names, y) if long else write_array_literals(case, names, y)
    calling = write_calls_from_script(script, case, finding, names, y) if script and target is None else None
    called = calling or write_calls(finding, case, names, y, "op." * (target is not None))
    imports = [script.opening] if calling and script and script.opening else []
    lines = [*write_imports(case, target, long), *imports, *arrays, *called]
    return "\n".join(line if len(line) <= MAX_LINE_LENGTH else f"# {cut_text(line)}" for line in lines)


def write_imports(case: Case, target: str | None, long: bool) -> Iterator[str]:
    """Write the imports and the loading of the op."""
    if not long:
        yield "import numpy as np"
    if imported := ["load"] * (target is not None) + ["load_case"] * long:
        yield f"from gradcheck import {', '.join(imported)}"
    if target is not None:
        yield f"op = load({quote_python_string(target)}, {quote_python_string(case.op)})"


def quote_python_string(text: str) -> str:
    """Quote a string as Python does, in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def make_variable_name(label: str) -> str:
    """Make a name of a label: xs[0] becomes xs_0."""
    name = re.sub(r"\W+", "_", label).rstrip("_") or "x"
    return f"{name}_" if name in RESERVED_NAMES else f"_{name}" if name[0].isdigit() else name


def choose_output_name(inputs: set[str]) -> str:
    """Choose a name for the output, such that neither it nor its upstream is that of an input or of its gradient."""
    gradients = {f"d{name}" for name in inputs}
    return next(name for name in ("y", "z", "out", "result", "y_") if not {name, f"d{name}"} & (inputs | gradients))


def write_array_loading(case: Case, file: Path | None, names: dict[str, str], y: str) -> Iterator[str]:
    """Write the loading of the arrays of a large case from its file."""
    yield f"case = load_case({quote_python_string(file.as_posix() if file else '')})"
    yield f"{', '.join(names.values())}{',' * (len(names) == 1)} = case.point"
    if case.upstream:
        yield f"d{y} = case.upstream" + "[0]" * (len(case.upstream) == 1)


def write_array_literals(case: Case, names: dict[str, str], y: str) -> Iterator[str]:
    """Write the arrays of a small case, element by element."""
    for label, a in case.inputs.items():
        yield f"{names[label]} = {format_array_literal(a)}"
    if len(case.upstream) == 1:
        yield f"d{y} = {format_array_literal(case.upstream[0])}"
    elif case.upstream:
        yield f"d{y} = ({', '.join(format_array_literal(u) for u in case.upstream)})"


def format_array_literal(a: Values) -> str:
    """Format an array as an expression that gives it back to the last bit."""
    dtype = "" if a.dtype == np.float64 else f', dtype="{a.dtype.name}"'
    if not a.size:
        return f"np.zeros({a.shape}{dtype})"
    text = pformat(a.tolist(), width=100, compact=True)
    return f"np.array({re.sub('nan|inf', lambda word: f'np.{word[0]}', text)}{dtype})"


def write_calls(finding: Finding, case: Case, names: dict[str, str], y: str, of: str) -> Iterator[str]:
    """Write the calls of forward and backward, and a print of the finding's subject."""
    settings = [f"{name}={format_setting_value(value)}" for name, value in case.settings.items()]
    arguments = ", ".join([*names.values(), *settings])
    if finding.subject == Subject.of_function(Part.REFERENCE):
        yield f"{of}reference({arguments})"
        return
    yield f"{y}, cache = {of}forward({arguments})"
    if not case.upstream or is_about_output(finding, case):
        yield f"print({y})"
        return
    gradients = {label: f"d{name}" for label, name in names.items()}
    yield f"{', '.join(gradients.values())} = {of}backward(d{y}, cache)"
    yield f"print({gradients.get(finding.input) or ', '.join(gradients.values())})"


def is_about_output(finding: Finding, case: Case) -> bool:
    """Whether the mistake shows before backward runs."""
    return finding.subject.kind is SubjectKind.OUTPUT or finding.subject == Subject.of_function(Part.FORWARD)


def write_calls_from_script(script: Script, case: Case, finding: Finding, names: dict[str, str], y: str) -> list[str]:
    """Write the calls as the author of the code does."""
    script = script.choose_variant(case.settings)
    words = {"y": y, "dy": f"d{y}"} | {name: format_setting_value(value) for name, value in case.settings.items()}
    forward, backward = (text.format(**words) for text in (script.forward, script.backward))
    if not case.upstream or is_about_output(finding, case):
        return [forward, f"print({y})"]
    wrong = names.get(finding.input)
    shown = [
        f"d{name}" for name in ([wrong] if wrong else names.values()) if re.search(rf"\bd{name}\b", forward + backward)
    ]
    return [*filter(None, (forward, backward)), f"print({', '.join(shown) or y})"]


def format_setting_value(value: Any) -> str:
    """Format a setting as Python."""
    if isinstance(value, tuple):
        return f"({', '.join(map(format_setting_value, value))}{',' * (len(value) == 1)})"
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value)
