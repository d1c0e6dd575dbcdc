"""The statements of the user's code that may be edited, the nearest to a gradient first."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import FunctionType

from gradcheck.causes.edits.edited_code import (
    CodeUnit,
    NotEditable,
    find_unit_index,
    list_functions_of,
    list_keepers,
    make_unit,
)
from gradcheck.causes.edits.places import PlaceFinder, list_unused
from gradcheck.causes.edits.slicing import GradientSlice, slice_gradients
from gradcheck.causes.edits.source_file import list_header_lines, list_statements
from gradcheck.causes.edits.traced_functions import TracedFunction, list_traced_functions
from gradcheck.causes.edits.tracing import SeenValue, trace_gradients
from gradcheck.causes.wrong_case import WrongCase

LINES_PER_TIER = 4
"""Lines farther from the gradient that count as much as being one tier more far-fetched."""

BARE = (ast.Return, ast.Name, ast.Attribute, ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.expr_context)
"""What a statement consists of that returns names and computes nothing."""


@dataclass(frozen=True, eq=False)
class EditableStatement:
    """A statement that ran, the block that it stands in, and the code of which it is.

    seen: the values that it may use.  returned: the expressions that return the gradient.  distance: from it, in lines.
    in_forward: whether it runs in forward alone.
    """

    unit: CodeUnit
    definition: ast.AST
    block: list[ast.stmt]
    statement: ast.stmt
    seen: Mapping[str, SeenValue]
    returned: Sequence[ast.expr]
    distance: int
    in_forward: bool = False

    @property
    def finder(self) -> PlaceFinder:
        """What finds the places in it."""
        return PlaceFinder(self.unit.source, self.statement, self.seen, list_unused(self.definition), self.returned)

    @property
    def first_rank(self) -> float:
        """How late its edits are tried."""
        return self.distance / LINES_PER_TIER

    @cached_property
    def own_values(self) -> frozenset[str]:
        """The variables that the function computes, and uses in this statement alone."""
        inside = {id(node) for node in ast.walk(self.statement)}
        outside = [n for n in ast.walk(self.definition) if isinstance(n, ast.Name) and id(n) not in inside]
        used = {node.id for node in outside if isinstance(node.ctx, ast.Load)}
        return frozenset(list_computed(self.definition)) - used


def list_computed(definition: ast.AST) -> list[str]:
    """List the variables of a function to which it assigns what it computes."""
    assigned = [node for node in ast.walk(definition) if isinstance(node, ast.Assign)]
    computed = [a for a in assigned if not isinstance(a.value, (ast.Name, ast.Attribute, ast.Subscript, ast.Constant))]
    return [target.id for a in computed for target in a.targets if isinstance(target, ast.Name)]


def list_editable_statements(case: WrongCase, label: str) -> list[EditableStatement]:
    """List the statements that bear on a gradient, the nearest to it first, then the others that ran; none where a
    library compiles some of the code."""
    trace = trace_gradients(case)
    if any(code.is_compiled for code in trace.codes.values()):
        return []
    functions = list_traced_functions(trace)
    slices = slice_gradients(trace, functions, case)
    own = slices.get(label, GradientSlice((), ()))
    bearing = {id(statement) for _, statement in own.statements}
    others = {id(s) for name, other in slices.items() if name != label for _, s in other.statements}
    found = list[tuple[int, EditableStatement]]()
    for function, one in list_unranked_statements(functions):
        of_others = id(one.statement) in others
        if id(one.statement) in bearing or not of_others:
            shared = of_others and not isinstance(one.statement, ast.Return)  # one of many is in it
            later = shared or not function.trace.in_backward or is_bare_return(one.statement)
            far = 2 * (id(one.statement) not in bearing) + later
            found.append((far, replace(one, returned=own.returned)))
    found.sort(key=lambda row: (row[0], -row[1].statement.lineno))
    return [replace(one, distance=k + LINES_PER_TIER * far) for k, (far, one) in enumerate(found)]


def list_unranked_statements(functions: Sequence[TracedFunction]) -> Iterator[tuple[TracedFunction, EditableStatement]]:
    """Yield the statements that ran, each with its function; those of code that cannot be compiled anew are left
    out."""
    units = make_units(functions)
    for function in functions:
        unit = units.get(id(function))
        for block, statement in list_blocks_of(function, unit) if unit else ():
            lines = [line for line in list_header_lines(statement) if line in function.trace.lines]
            if unit and lines:
                seen = function.trace.list_seen(lines[0])
                alone = function.trace.in_forward and not function.trace.in_backward
                yield function, EditableStatement(unit, function.definition, block, statement, seen, (), 0, alone)


def is_bare_return(statement: ast.stmt) -> bool:
    """Whether a statement returns nothing but names, in which hardly anyone would compute."""
    return isinstance(statement, ast.Return) and all(isinstance(node, BARE) for node in ast.walk(statement))


def list_blocks_of(function: TracedFunction, unit: CodeUnit) -> Iterator[tuple[list[ast.stmt], ast.stmt]]:
    """Yield the statements of a function with their blocks; for a lambda, the statement that holds it."""
    if not isinstance(function.definition, ast.Lambda):
        yield from list_statements(function.definition)
        return
    statement = next(node for node in reversed(function.path) if isinstance(node, ast.stmt))
    yield from ((block, one) for block, one in list_all_statements(unit.tree) if one is statement)


def list_all_statements(tree: ast.AST) -> Iterator[tuple[list[ast.stmt], ast.stmt]]:
    """Yield all statements with their blocks, those in functions and classes too."""
    for block, statement in list_statements(tree):
        yield block, statement
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield from list_all_statements(statement)


def make_units(functions: Sequence[TracedFunction]) -> dict[int, CodeUnit]:
    """Return the unit of each function that can be compiled anew; those of one outermost function share it."""
    existing = list_functions_of({f.source.name for f in functions})
    units: dict[int, CodeUnit] = {}
    by_root: dict[int, CodeUnit | None] = {}
    for function in functions:
        root = id(function.path[find_unit_index([*function.path])])
        if root not in by_root:
            by_root[root] = try_unit(function, existing)
        unit = by_root[root]
        if unit is not None:
            units[id(function)] = unit
    return units


def try_unit(function: TracedFunction, existing: Sequence[FunctionType]) -> CodeUnit | None:
    """Return the unit of a function; None where there is none, or where a function of it keeps its results."""
    try:
        unit = make_unit(function.source, [*function.path], function.trace.code, existing)
    except (NotEditable, SyntaxError, ValueError):
        return None
    kept = [getattr(keeper, "__wrapped__", None) for keeper in list_keepers(function.trace.names)]
    return None if any(f in kept for f, _ in unit.functions) else unit
