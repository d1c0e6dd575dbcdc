"""The lines of backward through which the gradient of an input was computed.

A run tells which lines ran, and in which values of the outermost functions the gradient was at their end: an element of
what they returned, an attribute, an entry of a dictionary.  From there the assignments are followed backwards, into the
functions of the user that they call.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.causes.edits.edited_code import NotEditable, find_path
from gradcheck.causes.edits.source_file import (
    SourceFile,
    list_header_lines,
    list_statements,
    read_source_file,
)
from gradcheck.causes.edits.tracing import CallTrace, CodeTrace, FrameEnd, list_members, trace_calls
from gradcheck.causes.wrong_case import WrongCase
from gradcheck.isolation import silence_warnings

MOST_ROUNDS = 64
"""Functions that are followed from a gradient."""


@dataclass(frozen=True)
class BearingLine:
    """A line of the user's file, and the inputs on whose gradients it bears.  text: the line, without indentation."""

    file: str
    line: int
    labels: tuple[str, ...]
    text: str


@dataclass(frozen=True, eq=False)
class TracedFunction:
    """A function of the user that ran, with its definition and the statements of it that ran, each with the loops and
    conditions that it stands in."""

    trace: CodeTrace
    source: SourceFile
    path: Sequence[ast.AST]
    statements: Sequence[tuple[ast.stmt, tuple[ast.stmt, ...]]]

    @property
    def definition(self) -> ast.AST:
        """The syntax tree of the function."""
        return self.path[-1]


def find_bearing_lines(case: WrongCase, label: str) -> list[BearingLine]:
    """Find the lines through which the gradient of an input was computed in a case, in the order of the file; [] where
    there is no source."""
    ones = tuple(np.ones_like(u) for u in case.upstream) if all(u.size == 1 for u in case.upstream) else None
    with silence_warnings():
        trace = trace_calls(case, ones)
    functions = list_traced_functions(trace)
    slices = slice_gradients(trace, functions, case)
    found: dict[tuple[str, int], tuple[set[str], str]] = {}
    for name, statements in slices.items():
        for source, statement in statements:
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
    return (assigning or specific or [None])[-1]


def list_traced_functions(trace: CallTrace) -> list[TracedFunction]:
    """List the functions that ran and whose source is known."""
    found = []
    for one in trace.codes.values():
        source = read_source_file(one.code.co_filename)
        try:
            path = find_path(source.tree, one.code) if source else []
        except NotEditable:
            continue
        if source and path:
            found.append(TracedFunction(one, source, path, list(list_run_statements(path[-1], one))))
    return found


def list_run_statements(definition: ast.AST, trace: CodeTrace) -> Iterator[tuple[ast.stmt, tuple[ast.stmt, ...]]]:
    """Yield the statements of a function that ran, each with the loops and conditions that it stands in."""
    loops = [s for _, s in list_statements(definition) if isinstance(s, (ast.For, ast.While, ast.If))]
    for _, statement in list_statements(definition):
        if any(line in trace.lines for line in list_header_lines(statement)):
            yield statement, tuple(loop for loop in loops if loop is statement or is_inside(statement, loop))


def is_inside(statement: ast.stmt, loop: ast.stmt) -> bool:
    """Whether a statement stands in another."""
    return loop.lineno < statement.lineno <= (loop.end_lineno or 0)


def slice_gradients(
    trace: CallTrace, functions: Sequence[TracedFunction], case: WrongCase
) -> dict[str, list[tuple[SourceFile, ast.stmt]]]:
    """Return the statements that bear on the gradient of each input, by its label; no entry where that is not
    known."""
    found: dict[str, list[tuple[SourceFile, ast.stmt]]] = {}
    for i in case.differentiable:
        slicer = GradientSlicer(functions)
        if trace.gradients is not None and i < len(trace.gradients):
            for end in trace.ends:
                slicer.start(end, trace.gradients[i], i, len(trace.gradients))
        if slicer.marked:
            found[case.labels[i]] = list(slicer.marked.values())
    return found


class GradientSlicer:
    """Follows one gradient backwards.  marked: the statements that bear on it."""

    def __init__(self, functions: Sequence[TracedFunction]) -> None:
        self.functions = functions
        self.marked: dict[int, tuple[SourceFile, ast.stmt]] = {}
        self.entered = set[int]()

    def start(self, end: FrameEnd, gradient: Any, i: int, count: int) -> None:
        """Start from the places at which a function that ended held a gradient, the i-th of several."""
        function = next((f for f in self.functions if f.trace.code is end.code), None)
        if function is None or gradient is None:
            return
        value = find_returned_expression(function, end.line)
        for expression in locate_in_returned(end.returned, value, gradient, i, count):
            names = {expression} if isinstance(expression, str) else list_used(expression)
            self.follow(function, names, end.line)
            self.enter_callees(function, expression)
            self.mark_return(function, end.line)
        texts = [t for name, held in end.locals.items() for t, v in list_members(name, held) if is_same(v, gradient)]
        self.follow(function, {t for t in texts if not t.endswith("]") or "['" in t}, 10**9)

    def mark_return(self, function: TracedFunction, line: int) -> None:
        """Mark the return statement on a line."""
        for statement, _ in function.statements:
            if isinstance(statement, ast.Return) and line in list_header_lines(statement):
                self.mark(function, statement)

    def mark(self, function: TracedFunction, statement: ast.stmt) -> bool:
        """Mark a statement; returns whether it was not marked before."""
        is_new = id(statement) not in self.marked
        self.marked[id(statement)] = function.source, statement
        return is_new

    def follow(self, function: TracedFunction, names: Iterable[str], line: int) -> None:
        """Mark the statements of a function that give values to names that are used on a line, and all before."""
        waiting: list[tuple[str, int, tuple[ast.stmt, ...]]] = [(name, line, ()) for name in names]
        seen = set[tuple[str, int]]()
        while waiting:
            name, used_at, loops = waiting.pop()
            if (name, used_at) in seen:
                continue
            seen.add((name, used_at))
            for statement, around in function.statements:
                shared = {outer for outer in around if outer in loops and not isinstance(outer, ast.If)}
                later = statement.lineno >= used_at and not shared
                if later or not any(is_same_value(name, target) for target in list_assigned(statement)):
                    continue
                if self.mark(function, statement):
                    used = list_used_in(statement)
                    waiting += [(other, statement.lineno, around) for other in used]
                    self.enter_callees(function, statement)
                    for loop in around:
                        if self.mark(function, loop):
                            waiting += [(other, loop.lineno, around) for other in list_used_in(loop)]
        self.follow_closure(function, {name for name, _ in seen})

    def follow_closure(self, function: TracedFunction, names: set[str]) -> None:
        """Follow the names that a function has from the one around it."""
        free = {name for name in names if name.partition(".")[0].partition("[")[0] in function.trace.code.co_freevars}
        for outer in self.functions if free else ():
            if outer.definition in function.path[:-1] and id(outer) not in self.entered:
                self.entered.add(id(outer))
                self.follow(outer, free, 10**9)

    def enter_callees(self, function: TracedFunction, node: ast.AST | str) -> None:
        """Follow what the functions return that a node calls."""
        if isinstance(node, str):
            return
        inside = [node.iter] if isinstance(node, ast.For) else [node.test] if isinstance(node, (ast.If, ast.While)) else [node]  # fmt: skip
        calls = [call for part in inside for call in ast.walk(part) if isinstance(call, ast.Call)]
        called = {getattr(call.func, "attr", getattr(call.func, "id", "")) for call in calls}
        for other in self.functions:
            if other.trace.code.co_name in called and id(other) not in self.entered and other is not function:
                self.entered.add(id(other))
                self.enter(other)

    def enter(self, function: TracedFunction) -> None:
        """Follow all that a function returns."""
        returns = [s for s, _ in function.statements if isinstance(s, ast.Return)]
        for statement in returns:
            self.mark(function, statement)
            self.follow(function, list_used_in(statement), statement.lineno)
            self.enter_callees(function, statement)


def find_returned_expression(function: TracedFunction, line: int) -> ast.expr | None:
    """Find the expression that a function returned on a line; None where it has none."""
    if isinstance(function.definition, ast.Lambda):
        return function.definition.body
    returns = [s for s, _ in function.statements if isinstance(s, ast.Return)]
    return next((s.value for s in returns if line in list_header_lines(s)), None)


def locate_in_returned(
    returned: Any, expression: ast.expr | None, gradient: Any, i: int, count: int
) -> Iterator[ast.expr | str]:
    """Yield the expressions, or the names with a key, that gave a gradient among what was returned."""
    if expression is None:
        return
    if isinstance(returned, (tuple, list)):
        parts = list(expression.elts) if isinstance(expression, (ast.Tuple, ast.List)) else []
        if len(parts) != len(returned):
            if any(is_same(member, gradient) for member in returned):
                yield expression
            return
        matching = [k for k, member in enumerate(returned) if is_same(member, gradient)]
        matching = [i] if i in matching and len(returned) == count else matching
        for k, (member, part) in enumerate(zip(returned, parts, strict=True)):
            if k in matching:
                yield part
            elif isinstance(member, (tuple, list, dict)):
                yield from locate_in_returned(member, part, gradient, i, count)
    elif isinstance(returned, dict):
        keys = [key for key, member in returned.items() if is_same(member, gradient)]
        values = list_dictionary_values(expression)
        for key in keys:
            yield values.get(key, f"{ast.unparse(expression)}[{key!r}]")
    elif is_same(returned, gradient):
        yield expression


def list_dictionary_values(expression: ast.expr) -> Mapping[Any, ast.expr]:
    """List the values of a dictionary that is written out, by key."""
    if not isinstance(expression, ast.Dict):
        return {}
    return {k.value: v for k, v in zip(expression.keys, expression.values, strict=True) if isinstance(k, ast.Constant)}


def is_same(value: Any, gradient: Any) -> bool:
    """Whether a value is a gradient: the same, or an array of the same numbers."""
    if value is gradient:
        return value is not None
    if not isinstance(value, (np.ndarray, float)) or not isinstance(gradient, (np.ndarray, float)):
        return False
    return np.shape(value) == np.shape(gradient) and bool(np.array_equal(value, gradient))


def list_assigned(statement: ast.stmt) -> list[str]:
    """List what a statement gives a value to, or changes."""
    targets: list[ast.AST] = []
    if isinstance(statement, ast.Assign):
        targets = [*statement.targets]
    elif isinstance(statement, (ast.AugAssign, ast.AnnAssign, ast.For)):
        targets = [statement.target]
    elif isinstance(statement, ast.With):
        targets = [item.optional_vars for item in statement.items if item.optional_vars]
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        targets = [*call.args[:1], *([call.func.value] if isinstance(call.func, ast.Attribute) else [])]
    flat = [part for target in targets for part in unpack_target(target)]
    return [text for part in flat if (text := name_path(part))]


def unpack_target(target: ast.AST) -> list[ast.AST]:
    """Return the parts of a target."""
    if isinstance(target, (ast.Tuple, ast.List)):
        return [part for element in target.elts for part in unpack_target(element)]
    return [target.value] if isinstance(target, ast.Starred) else [target]


def name_path(node: ast.AST) -> str:
    """Return the text of a name, an attribute or an entry with a key of text; for an element of an array the array's;
    "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = name_path(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    if isinstance(node, ast.Subscript):
        owner = name_path(node.value)
        keyed = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
        return f"{owner}[{ast.unparse(node.slice)}]" if owner and keyed else owner
    return ""


def list_used(node: ast.AST) -> set[str]:
    """List the names, attributes and entries that an expression uses, the longest text of each alone."""
    if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) and (text := name_path(node)):
        inner = [part.slice for part in ast.walk(node) if isinstance(part, ast.Subscript)]
        return {text}.union(*(list_used(part) for part in inner))
    return set().union(*(list_used(child) for child in ast.iter_child_nodes(node)))


def list_used_in(statement: ast.stmt) -> set[str]:
    """List what a statement, or the header of one that holds others, uses."""
    if isinstance(statement, (ast.For, ast.While, ast.If)):
        return list_used(statement.iter if isinstance(statement, ast.For) else statement.test)
    if isinstance(statement, ast.Assign):
        indices = [part.slice for t in statement.targets for part in ast.walk(t) if isinstance(part, ast.Subscript)]
        return list_used(statement.value).union(*map(list_used, indices))
    if isinstance(statement, ast.With):
        return set()
    return list_used(statement)


def is_same_value(used: str, assigned: str) -> bool:
    """Whether a text that is used may stand for a value that is assigned, or for a part or an owner of it."""
    return used == assigned or used.startswith((f"{assigned}.", f"{assigned}[")) or assigned.startswith((f"{used}.", f"{used}["))  # fmt: skip
