"""The case of a finding as Python to paste: the arrays to the last bit, and the calls that show the mistake."""

import json
import keyword
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from pprint import pformat
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.origin import Script
from gradcheck.escaping import cut_text
from gradcheck.records.case import Case
from gradcheck.records.demonstration import ArrayForm, Demonstration
from gradcheck.records.results import Finding, FindingKind
from gradcheck.records.subject import Part, Subject, SubjectKind


@dataclass(frozen=True)
class PastedCalls:
    """Lines that call forward and backward, and the expressions that show what is wrong.  again: lines after which the
    same expressions show something else; empty where the first ones show what is wrong."""

    lines: tuple[str, ...]
    shown: tuple[str, ...]
    again: tuple[str, ...] = ()


MAX_WRITTEN_ELEMENTS = 200
"""The most elements that are written out; a larger case is loaded from its file."""
MAX_LINE_LENGTH = 5000
"""The longest line of code that is written; a longer one, as of a setting that is a long text, is a comment."""
RESERVED_NAMES = frozenset({"np", "op", "load", "load_case", "case", "cache", *keyword.kwlist})


def write_counterexample(finding: Finding, target: str | None, file: Path | None, script: Script | None = None) -> str:
    """Write Python that builds the case, calls the op on it, and prints the number of the claim; "" where there is no
    case.

    target: where the op is found, None where no target names it; then `script` says how forward and backward are
    called.  file: where the case is saved.
    """
    case = finding.case
    if case is None:
        return ""
    long = file is not None and sum(a.size for a in (*case.point, *case.upstream)) > MAX_WRITTEN_ELEMENTS
    names = {label: make_variable_name(label) for label in case.inputs}
    y = choose_output_name(set(names.values()))
    upstream = finding.demonstration.upstream if case.upstream else ()
    arrays = [*(write_array_loading(case, file, names, y) if long else write_array_literals(case, names, y, upstream))]
    called = write_calls_from_script(script, case, finding, names, y) if script and target is None else None
    imports = [script.opening] if called and script and script.opening else []
    calls = called or write_calls(finding, case, names, y, "op." * (target is not None))
    if long and upstream and not equal_arrays(upstream, case.upstream):
        arrays.append(f"d{y} = {format_upstream(upstream)}")
    shown = write_demonstration(finding, case, names, y, calls)
    lines = [*write_imports(case, target, long), *imports, *arrays, *shown]
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


def write_array_literals(case: Case, names: dict[str, str], y: str, upstream: tuple[Values, ...] = ()) -> Iterator[str]:
    """Write the arrays of a small case, element by element.  upstream: another one than the case's, where there is."""
    for label, a in case.inputs.items():
        yield f"{names[label]} = {format_array_literal(a)}"
    if case.upstream:
        yield f"d{y} = {format_upstream(upstream or case.upstream)}"


def format_upstream(upstream: tuple[Values, ...]) -> str:
    """Format the upstream as Python: an array, or a row of them."""
    arrays = ", ".join(map(format_array_literal, upstream))
    return arrays if len(upstream) == 1 else f"({arrays})"


def format_array_literal(a: Values) -> str:
    """Format an array as an expression that gives it back to the last bit."""
    dtype = "" if a.dtype == np.float64 else f', dtype="{a.dtype.name}"'
    if not a.size:
        return f"np.zeros({a.shape}{dtype})"
    text = pformat(a.tolist(), width=100, compact=True)
    return f"np.array({re.sub('nan|inf', lambda word: f'np.{word[0]}', text)}{dtype})"


def write_calls(finding: Finding, case: Case, names: dict[str, str], y: str, of: str) -> PastedCalls:
    """Write the calls of forward and backward, and what shows the finding's subject."""
    arguments = ", ".join([*names.values(), *write_settings(case)])
    if finding.subject == Subject.of_function(Part.REFERENCE):
        return PastedCalls((f"{of}reference({arguments})",), ())
    if is_form_of_forward_wrong(finding):
        return PastedCalls((), (f"{of}forward({arguments})",))
    forward = f"{y}, cache = {of}forward({arguments})"
    if not case.upstream or is_about_output(finding, case):
        return PastedCalls((forward,), (y,))
    if is_number_of_gradients_wrong(finding):
        return PastedCalls((forward,), (f"{of}backward(d{y}, cache)",))
    gradients = {label: f"d{name}" for label, name in names.items()}
    backward = f"{', '.join(gradients.values())} = {of}backward(d{y}, cache)"
    wrong = gradients.get(finding.input)
    again = tuple(write_second_run(finding.demonstration, case, (forward, backward), of, y))
    return PastedCalls((forward, backward), (wrong,) if wrong else tuple(gradients.values()), again)


def write_settings(case: Case) -> list[str]:
    """Write the settings of a case as arguments."""
    return [f"{name}={format_setting_value(value)}" for name, value in case.settings.items()]


def write_second_run(shown: Demonstration, case: Case, calls: tuple[str, str], of: str, y: str) -> Iterator[str]:
    """Write what is done after the case was run, for its gradients to be others; nothing where nothing is needed."""
    settings = write_settings(case)
    forward, backward = calls

    def write_call(point: tuple[Values, ...]) -> str:
        return f"{of}forward({', '.join([*map(format_array_literal, point), *settings])})"

    between = f"{of}backward(d{y}, {write_call(shown.between)}[1])" if shown.between else ""
    if shown.keeps_gradients:
        yield between
    elif shown.overwrites_output:
        yield from (forward, write_overwriting(case, y), backward)
    elif shown.between or shown.before:
        yield from filter(None, (*map(write_call, shown.before), forward, between, backward))


def write_overwriting(case: Case, y: str) -> str:
    """Write a line that overwrites the output of a case, or several."""
    return f"{y}[...] = 1 - 2 * {y}" if len(case.upstream) == 1 else f"for part in {y}: part[...] = 1 - 2 * part"


def is_form_of_forward_wrong(finding: Finding) -> bool:
    """Whether forward returned something other than an output and a cache."""
    return finding.kind is FindingKind.MALFORMED and finding.claim.startswith("forward returned ")


def is_number_of_gradients_wrong(finding: Finding) -> bool:
    """Whether backward returned more or fewer gradients than there are inputs."""
    return finding.kind is FindingKind.MALFORMED and finding.claim.startswith("backward returned ")


def is_about_output(finding: Finding, case: Case) -> bool:
    """Whether the mistake shows before backward runs."""
    return finding.subject.kind is SubjectKind.OUTPUT or finding.subject == Subject.of_function(Part.FORWARD)


def write_calls_from_script(script: Script, case: Case, finding: Finding, names: dict[str, str], y: str) -> PastedCalls:
    """Write the calls as the author of the code does."""
    script = script.choose_variant(case.settings)
    words = {"y": y, "dy": f"d{y}"} | {name: format_setting_value(value) for name, value in case.settings.items()}
    forward, backward = (text.format(**words) for text in (script.forward, script.backward))
    if not case.upstream or is_about_output(finding, case):
        return PastedCalls((forward,), (y,))
    if backward and is_number_of_gradients_wrong(finding):
        return PastedCalls((forward, re.sub(r"^[^=(]* = ", "gradients = ", backward.split("\n")[0])), ("gradients",))
    wrong = names.get(finding.input)
    shown = [
        f"d{name}" for name in ([wrong] if wrong else names.values()) if re.search(rf"\bd{name}\b", forward + backward)
    ]
    again = tuple(write_second_run_of_script(finding.demonstration, case, list(names.values()), (forward, backward), y))
    return PastedCalls(tuple(filter(None, (forward, backward))), tuple(shown or [y]), again)


def write_second_run_of_script(
    shown: Demonstration, case: Case, names: list[str], calls: tuple[str, str], y: str
) -> Iterator[str]:
    """Write what is done after the calls of a script, for their gradients to be others."""
    forward, backward = calls
    if shown.overwrites_output:
        yield from (forward, write_overwriting(case, y), backward)
    elif shown.before:
        variables = f"{', '.join(names)},"
        yield f"inputs = {variables}"
        for point in shown.before:
            yield from (f"{variables} = {', '.join(map(format_array_literal, point))},", forward)
        yield from (f"{variables} = inputs", forward, backward)


def write_demonstration(
    finding: Finding, case: Case, names: dict[str, str], y: str, calls: PastedCalls
) -> Iterator[str]:
    """Write the calls, what is done with the arrays before them, and the print of the number that is claimed."""
    shown = finding.demonstration
    for name, a in list_arrays(case, names, y):
        changed = format_changed_array(name, a, shown.form)
        if changed:
            yield f"{name} = {changed}"
    if shown.parts and len(calls.shown) == 1:
        yield from write_parts(finding, names, y, calls)
        return
    yield from calls.lines
    if shown.direction and set(calls.shown) != {y}:
        yield from write_slope(finding, names, calls)
    elif calls.shown:
        printed = f"print({', '.join(format_shown(finding, case, expression) for expression in calls.shown)})"
        yield printed
        if calls.again:
            yield from (*calls.again, printed)


def equal_arrays(these: tuple[Values, ...], others: tuple[Values, ...]) -> bool:
    """Whether two rows of arrays are equal."""
    return len(these) == len(others) and all(map(np.array_equal, these, others))


def list_arrays(case: Case, names: dict[str, str], y: str) -> Iterator[tuple[str, Values]]:
    """Yield the variables that hold one array each, with their values."""
    yield from ((names[label], a) for label, a in case.inputs.items())
    if len(case.upstream) == 1:
        yield f"d{y}", case.upstream[0]


def format_changed_array(name: str, a: Values, form: ArrayForm) -> str:
    """Format an expression that gives an array in another form; "" where it stays as it is."""
    is_number = not a.ndim
    match form:
        case ArrayForm.STRIDED if not is_number:
            return f"np.repeat({name}[..., ::-1], 2, axis=-1)[..., ::-2]"
        case ArrayForm.FORTRAN_ORDERED if a.ndim > 1:
            return f"np.asfortranarray({name})"
        case ArrayForm.READ_ONLY:
            return f"np.frombuffer({name}.tobytes(), {name}.dtype).reshape({name}.shape)"
        case ArrayForm.NUMBERS if is_number:
            return f"{name}[()]"
        case ArrayForm.FLOAT32 if a.dtype.kind == "f":
            return f"{name}.astype(np.float32)"
    return ""


def write_parts(finding: Finding, names: dict[str, str], y: str, calls: PastedCalls) -> Iterator[str]:
    """Write the calls for each part of a batch, and the print of the joined results."""
    shown, (expression,) = finding.demonstration, calls.shown
    axes = {names[label]: axis for label, axis in shown.batch_axes.items()} | {f"d{y}": 0}
    taken = ", ".join(f"np.take({name}, rows, axis={axis})" for name, axis in axes.items())
    yield f"def run_part({', '.join(axes)}):"
    yield from (f"    {line}" for text in calls.lines for line in text.split("\n"))
    yield f"    return {expression}"
    batches = ", ".join(str(list(rows)) if rows else "np.arange(0)" for rows in shown.parts)
    yield f"batches = [{batches}]"
    yield f"parts = [run_part({taken}) for rows in batches]"
    axis = 0 if expression == y else shown.batch_axes.get(finding.input)
    order = np.argsort([row for rows in shown.parts for row in rows]).tolist()
    joined = "sum(parts)" if axis is None else f"np.take(np.concatenate(parts, {axis}), {order}, axis={axis})"
    yield f"print({joined}{finding.where.removeprefix('at ')})"


def write_slope(finding: Finding, names: dict[str, str], calls: PastedCalls) -> Iterator[str]:
    """Write the product of the gradients and the direction of the claim."""
    moved = {label: d for label, d in finding.demonstration.direction.items() if d.any()}
    terms = []
    for label, d in moved.items():
        if f"d{names[label]}" in calls.shown:
            yield f"direction_{names[label]} = {format_array_literal(d)}"
            terms.append(f"np.vdot(d{names[label]}, direction_{names[label]})")
    yield f"print({' + '.join(terms)})"


def format_shown(finding: Finding, case: Case, expression: str) -> str:
    """Format what is printed of a result: its shape or dtype where that is wrong, the element of the claim where it has
    several, else all of it."""
    if finding.kind is FindingKind.MALFORMED:
        for word in ("shape", "dtype"):
            if f" has {word} " in finding.claim:
                return f"{expression}.{word}"
        return expression
    if finding.kind is FindingKind.RAISED or count_shown_elements(finding, case) <= 1:
        return expression
    return f"{expression}{finding.where.removeprefix('at ')}"


def count_shown_elements(finding: Finding, case: Case) -> int:
    """Count the elements of the gradient or of the outputs that a finding is about."""
    if finding.subject.kind is SubjectKind.INPUT and finding.input in case.inputs:
        return case.inputs[finding.input].size
    return sum(u.size for u in case.upstream)


def format_setting_value(value: Any) -> str:
    """Format a setting as Python."""
    if isinstance(value, tuple):
        return f"({', '.join(map(format_setting_value, value))}{',' * (len(value) == 1)})"
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value)
