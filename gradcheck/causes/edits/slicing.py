"""The statements that bear on a gradient.

A run tells in which values of the outermost functions the gradient was at their end: an element of what they returned,
an attribute, an entry of a dictionary.  From there the assignments are followed backwards, into the functions of the
user that they call.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.causes.edits.dataflow import is_same_value, list_assigned, list_used, list_used_in
from gradcheck.causes.edits.source_file import COMPOUND, SourceFile, list_header_lines
from gradcheck.causes.edits.traced_functions import TracedFunction
from gradcheck.causes.edits.tracing import CallTrace, FrameEnd, list_seen_members
from gradcheck.causes.wrong_case import WrongCase


@dataclass(frozen=True, eq=False)
class GradientSlice:
    """The statements that bear on a gradient, and the expressions that returned it."""

    statements: Sequence[tuple[SourceFile, ast.stmt]]
    returned: Sequence[ast.expr]


def slice_gradients(trace: CallTrace, functions: Sequence[TracedFunction], case: WrongCase) -> dict[str, GradientSlice]:
    """Return what bears on the gradient of each input, by its label; no entry where that is not known."""
    found: dict[str, GradientSlice] = {}
    for i in case.differentiable:
        slicer = GradientSlicer(functions)
        if trace.gradients is not None and i < len(trace.gradients):
            for end in trace.ends:
                slicer.start(end, trace.gradients[i], i, len(trace.gradients))
        if slicer.marked:
            found[case.labels[i]] = GradientSlice([*slicer.marked.values()], slicer.returned)
    return found


class GradientSlicer:
    """Follows one gradient backwards.  marked: the statements that bear on it.  returned: the expressions that returned
    it."""

    def __init__(self, functions: Sequence[TracedFunction]) -> None:
        self.functions = functions
        self.marked: dict[int, tuple[SourceFile, ast.stmt]] = {}
        self.returned = list[ast.expr]()
        self.entered = set[int]()

    def start(self, end: FrameEnd, gradient: Any, i: int, count: int) -> None:
        """Start from the places at which a function that ended held a gradient, the i-th of several."""
        function = next((f for f in self.functions if f.trace.code is end.code), None)
        if function is None or gradient is None:
            return
        value = find_returned_expression(function, end.line)
        for expression in locate_in_returned(end.returned, value, gradient, i, count):
            names = {expression} if isinstance(expression, str) else list_used(expression)
            self.returned += [] if isinstance(expression, str) else [expression]
            self.follow(function, names, end.line)
            self.enter_callees(function, expression)
            self.mark_return(function, end.line)
        texts = [
            t for name, held in end.locals.items() for t, v in list_seen_members(name, held) if is_same(v, gradient)
        ]
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
        inside = getattr(node, "iter", getattr(node, "test", node)) if isinstance(node, COMPOUND) else node
        calls = [call for call in ast.walk(inside) if isinstance(call, ast.Call)]
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
