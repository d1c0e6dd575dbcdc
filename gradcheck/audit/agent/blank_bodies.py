"""Functions that are as they were handed out: what they return is None, or zeros that nobody filled."""

import ast
from collections.abc import Iterator
from typing import Any

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
HARMLESS = {"print", "len", "isinstance", "type", "str", "repr", "zeros_like", "empty_like", "shape", "format", "id"}
"""Functions that do not fill an array that they are given."""
MEASURES = {"shape", "dtype", "ndim", "size"}
FILLED_BY_ZEROS = {"zeros", "zeros_like", "empty", "empty_like", "dict", "list"}
UNFINISHED_NAMES = {"NotImplementedError", "NotImplemented"}
INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def describe_blank(function: FunctionNode) -> tuple[str, list[int]]:
    """Return why a function is not implemented, "" where it is; and which of the values that it returns are None or
    zeros that are never filled, by their positions, 0 for a single one."""
    body = [s for s in function.body if not does_nothing(s)]
    if not body:
        return "its body is empty", []
    for i, statement in enumerate(body):
        if says_unfinished(statement) and not any(isinstance(n, ast.Return) for s in body[:i] for n in ast.walk(s)):
            return f"it raises {ast.unparse(statement)[:60]!r}", []
    returned = [node for node in walk_inside(function) if isinstance(node, ast.Return)]
    rows = [list_values(node.value) for node in returned if node.value is not None]
    bindings = Bindings(function)
    if not rows or bindings.is_keeping:
        return "", []
    blank = [i for i, column in enumerate(zip(*rows, strict=False)) if all(map(bindings.is_blank, column))]
    blank = blank if len({len(row) for row in rows}) == 1 else []
    if all(all(map(bindings.is_blank, bindings.list_judged(row))) for row in rows):
        return "it returns None or zeros, as it was handed out", blank
    return "", blank


def does_nothing(statement: ast.stmt) -> bool:
    """Whether a statement does nothing: `pass`, a docstring, `...`."""
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def says_unfinished(statement: ast.stmt) -> bool:
    """Whether a statement says that there is nothing yet: `raise NotImplementedError`, `assert False`, TODO."""
    if isinstance(statement, ast.Assert):
        return isinstance(statement.test, ast.Constant) and not statement.test.value
    if isinstance(statement, (ast.Raise, ast.Return)):
        value = statement.exc if isinstance(statement, ast.Raise) else statement.value
        names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)} if value else set()
        says_so = isinstance(statement, ast.Raise) and value is not None and "todo" in ast.dump(value).lower()
        return says_so or bool(names & UNFINISHED_NAMES)
    return False


def walk_inside(function: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function that are not those of a function or class in it."""
    for node in ast.iter_child_nodes(function):
        yield node
        if not isinstance(node, INNER):
            yield from walk_inside(node)


def list_values(value: ast.expr) -> list[ast.expr]:
    """Return what a function returns, one by one."""
    return value.elts if isinstance(value, ast.Tuple) else [value]


class Bindings:
    """What each name of a function is bound to: values, or None for one that is computed.  is_keeping: whether it puts
    something into an object that is not its own, as a method does into `self`."""

    def __init__(self, function: FunctionNode) -> None:
        self.parameters = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
        self.values: dict[str, list[ast.expr | None]] = {}
        self.is_keeping = False
        for node in walk_inside(function):
            self.add(node)

    def add(self, node: ast.AST) -> None:
        """Add what a statement binds, and what it fills."""
        if isinstance(node, ast.Assign):
            self.fill(node.value if isinstance(node.value, (ast.Subscript, ast.Attribute)) else None)
            for target in node.targets:
                self.bind(target, node.value)
        elif isinstance(node, ast.AnnAssign) or (isinstance(node, ast.AugAssign) and not is_none(node.value)):
            self.bind(node.target, node.value if isinstance(node, ast.AnnAssign) else None)
        elif isinstance(node, (ast.For, ast.comprehension)):
            self.bind(node.target, None)
            self.fill(node.iter)
        elif isinstance(node, ast.NamedExpr):
            self.bind(node.target, None)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.values.setdefault(node.name, []).append(None)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            self.values.update({name: [None] for name in node.names})
        elif isinstance(node, ast.withitem) and node.optional_vars:
            self.bind(node.optional_vars, None)
        elif isinstance(node, ast.Call):
            for passed in list_passed(node):
                self.fill(passed)

    def fill(self, value: ast.expr | None) -> None:
        """Take it that the name at the root of a value, a view of which is used elsewhere, is filled there."""
        while isinstance(value, (ast.Subscript, ast.Attribute, ast.Starred)):
            value = None if isinstance(value, ast.Attribute) and value.attr in MEASURES else value.value
        if isinstance(value, ast.Name):
            self.values.setdefault(value.id, []).append(None)

    def bind(self, target: ast.expr, value: ast.expr | None) -> None:
        """Add a binding, part by part where both sides are tuples; an element or attribute fills what it is of."""
        if isinstance(target, (ast.Tuple, ast.List)):
            pairs = isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts)
            values: list[Any] = list_values_of(value) if pairs else [None] * len(target.elts)
            for part, its_value in zip(target.elts, values, strict=True):
                self.bind(part, its_value)
        elif isinstance(target, ast.Name):
            self.values.setdefault(target.id, []).append(value)
        elif value is None or not is_none(value):
            self.is_keeping = self.is_keeping or (isinstance(target, ast.Attribute) and not self.is_blank(value))
            self.fill(target)

    def is_blank(self, value: ast.expr | None, depth: int = 0) -> bool:
        """Whether a value is None, zero, what nobody filled, or a name that is never assigned."""
        if isinstance(value, ast.Constant):
            return value.value is None or (isinstance(value.value, (int, float)) and not value.value)
        if isinstance(value, (ast.Dict, ast.List)):
            parts = value.values if isinstance(value, ast.Dict) else value.elts
            return all(self.is_blank(part, depth + 1) for part in parts)
        if isinstance(value, ast.Call):
            name = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
            return name in FILLED_BY_ZEROS
        if isinstance(value, ast.Name) and depth < 4 and value.id not in self.parameters:
            bound = self.values.get(value.id, [])
            return all(self.is_blank(one, depth + 1) for one in bound) and (bool(bound) or not value.id.isupper())
        return False

    def list_judged(self, row: list[ast.expr]) -> list[ast.expr]:
        """Return what is returned without the cache, where that is made of what was given."""
        return row[:-1] if len(row) > 1 and self.is_given(row[-1]) else row

    def is_given(self, value: ast.expr, depth: int = 0) -> bool:
        """Whether a value is made of parameters and blanks alone, as a cache that was handed out."""
        if isinstance(value, ast.Tuple):
            return all(self.is_given(part, depth + 1) for part in value.elts)
        if isinstance(value, ast.Name) and depth < 4:
            bound = self.values.get(value.id, [])
            return value.id in self.parameters or (
                bool(bound) and all(one is not None and self.is_given(one, depth + 1) for one in bound)
            )
        return self.is_blank(value)


def is_none(value: ast.expr | None) -> bool:
    """Whether a value is a None that is written out, which handouts put where something is to be filled in."""
    return isinstance(value, ast.Constant) and value.value is None


def list_values_of(value: ast.expr | None) -> list[ast.expr]:
    """Return the parts of a tuple or a list."""
    return value.elts if isinstance(value, (ast.Tuple, ast.List)) else []


def list_passed(call: ast.Call) -> list[ast.expr]:
    """Return what a call may fill: its arguments, and what it calls a method of."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    passed = [] if name in HARMLESS else [*call.args, *(keyword.value for keyword in call.keywords)]
    return [*passed, call.func.value] if isinstance(call.func, ast.Attribute) else passed
