"""What the names of a function are bound to, and which of them nobody fills."""

import ast
from collections.abc import Iterator
from typing import Any

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
COPYING = {"astype", "copy", "squeeze"}
"""Functions and methods of which the result is blank where they are given something blank."""
HARMLESS = {
    "print",
    "len",
    "isinstance",
    "type",
    "str",
    "repr",
    "zeros_like",
    "empty_like",
    "shape",
    "format",
} | COPYING
"""Functions that do not fill an array that they are given."""
MEASURES = {"shape", "dtype", "ndim", "size"}
FILLED_BY_ZEROS = {"zeros", "zeros_like", "empty", "empty_like", "dict", "list"}
INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def does_nothing(statement: ast.stmt) -> bool:
    """Whether a statement does nothing: `pass`, a docstring, `...`."""
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


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
    something into an object that is not its own, as a method does into `self`.  is_open: whether there is a branch with
    nothing in it, so that what the other branches return of what was given may have been handed out."""

    def __init__(self, function: FunctionNode) -> None:
        self.parameters = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
        self.values: dict[str, list[ast.expr | None]] = {}
        self.is_keeping, self.is_open = False, False
        for node in walk_inside(function):
            self.add(node)

    def add(self, node: ast.AST) -> None:
        """Add what a statement binds, and what it fills."""
        if isinstance(node, ast.Assign):
            for view in list_values(node.value):
                self.fill(view if isinstance(view, (ast.Subscript, ast.Attribute)) else None)
            for target in node.targets:
                self.bind(target, node.value)
        elif isinstance(node, ast.AnnAssign) or (isinstance(node, ast.AugAssign) and not is_none(node.value)):
            self.bind(node.target, node.value if isinstance(node, ast.AnnAssign) else None)
        elif isinstance(node, (ast.For, ast.comprehension)):
            self.bind(node.target, None)
            self.fill(node.iter)
        elif isinstance(node, ast.If):
            self.is_open = self.is_open or all(map(does_nothing, node.body))
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
            values: list[Any] = list_bound_values(value) if pairs else [None] * len(target.elts)
            for part, its_value in zip(target.elts, values, strict=True):
                self.bind(part, its_value)
        elif isinstance(target, ast.Name):
            self.values.setdefault(target.id, []).append(value)
        elif value is None or not is_none(value):
            self.is_keeping = self.is_keeping or (isinstance(target, ast.Attribute) and not self.is_blank(value))
            self.fill(target)

    def is_blank(self, value: ast.expr | None, seen: frozenset[str] = frozenset()) -> bool:
        """Whether a value is None, zero, what nobody filled, or a name that is never assigned.  seen: names whose
        values are being looked at."""
        if isinstance(value, ast.Constant):
            return value.value is None or (isinstance(value.value, (int, float)) and not value.value)
        if isinstance(value, (ast.Dict, ast.List)):
            parts = value.values if isinstance(value, ast.Dict) else value.elts
            return all(self.is_blank(part, seen) for part in parts)
        if isinstance(value, ast.Call):
            return get_called_name(value) in FILLED_BY_ZEROS or (
                get_called_name(value) in COPYING and any(self.is_blank(part, seen) for part in list_copied(value))
            )
        return isinstance(value, ast.Name) and (value.id in seen or self.is_blank_name(value.id, seen | {value.id}))

    def is_blank_name(self, name: str, seen: frozenset[str]) -> bool:
        """Whether all that a name is bound to is blank, or, where a branch is open, None or what was given."""
        bound = self.values.get(name, [])
        if name in self.parameters or (not bound and name.isupper()):
            return False
        return all(self.is_blank(value, seen) for value in bound) or (
            self.is_open and any(map(is_none, bound)) and all(self.is_given(value, seen) for value in bound)
        )

    def list_judged(self, row: list[ast.expr]) -> list[ast.expr]:
        """Return what is returned without the cache, where that is made of what was given."""
        return row[:-1] if len(row) > 1 and self.is_given(row[-1]) else row

    def is_given(self, value: ast.expr | None, seen: frozenset[str] = frozenset()) -> bool:
        """Whether a value is made of parameters and blanks alone, as a cache that was handed out."""
        if isinstance(value, ast.Tuple):
            return all(self.is_given(part, seen) for part in value.elts)
        if isinstance(value, ast.Name):
            bound = self.values.get(value.id, [])
            return value.id in self.parameters | seen or (
                bool(bound) and all(self.is_given(one, seen | {value.id}) for one in bound)
            )
        return self.is_blank(value, seen)


def is_none(value: ast.expr | None) -> bool:
    """Whether a value is a None that is written out, which handouts put where something is to be filled in."""
    return isinstance(value, ast.Constant) and value.value is None


def list_bound_values(value: ast.expr | None) -> list[ast.expr]:
    """Return the parts of a tuple or a list."""
    return value.elts if isinstance(value, (ast.Tuple, ast.List)) else []


def get_called_name(call: ast.Call) -> str:
    """Return the name of a function or a method that is called, "" where it has none."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else str(getattr(call.func, "id", ""))


def list_copied(call: ast.Call) -> list[ast.expr]:
    """Return what a call may copy: the object of a method, or the first argument of a function of NumPy."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    is_module = isinstance(owner, ast.Name) and owner.id in ("np", "numpy")
    return [owner] if owner is not None and not is_module else call.args[:1]


def list_passed(call: ast.Call) -> list[ast.expr]:
    """Return what a call may fill: its arguments, and what it calls a method of."""
    if get_called_name(call) in HARMLESS:
        return []
    passed = [*call.args, *(keyword.value for keyword in call.keywords)]
    return [*passed, call.func.value] if isinstance(call.func, ast.Attribute) else passed
