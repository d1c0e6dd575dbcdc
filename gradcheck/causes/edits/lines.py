"""The lines of backward through which the gradient of an input was computed."""

from collections.abc import Sequence
from dataclasses import dataclass

from gradcheck.causes.edits.slicing import slice_gradients
from gradcheck.causes.edits.traced_functions import list_traced_functions
from gradcheck.causes.edits.tracing import trace_gradients
from gradcheck.causes.wrong_case import WrongCase
from gradcheck.isolation import silence_warnings


@dataclass(frozen=True)
class BearingLine:
    """A line of the user's file, and the inputs on whose gradients it bears.  text: the line, without indentation."""

    file: str
    line: int
    labels: tuple[str, ...]
    text: str


def find_bearing_lines(case: WrongCase, label: str) -> list[BearingLine]:
    """Find the lines through which the gradient of an input was computed in a case, in the order of the file; [] where
    there is no source."""
    with silence_warnings():
        trace = trace_gradients(case)
    functions = list_traced_functions(trace)
    slices = slice_gradients(trace, functions, case)
    found: dict[tuple[str, int], tuple[set[str], str]] = {}
    for name, own in slices.items():
        for source, statement in own.statements:
            text = source.lines[statement.lineno - 1].decode().strip()
            found.setdefault((source.name, statement.lineno), (set(), text))[0].add(name)
    ordered = sorted(found.items())
    lines = [BearingLine(file, n, tuple(sorted(names)), text) for (file, n), (names, text) in ordered]
    return [one for one in lines if label in one.labels]


def find_specific_line(lines: Sequence[BearingLine]) -> BearingLine | None:
    """Find the last of the lines that bear on the fewest inputs, returns left out where there are others."""
    fewest = min((len(one.labels) for one in lines), default=0)
    specific = [one for one in lines if len(one.labels) == fewest]
    assigning = [one for one in specific if not one.text.startswith("return")]
    return next(reversed(assigning or specific), None)
