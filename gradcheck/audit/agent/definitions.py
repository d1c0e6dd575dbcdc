"""What of a file runs when it is loaded: definitions, imports and plain assignments, but not the work around them,
which trains, plots and prints."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
PLAIN_CALLS = {
    *("abs", "bool", "complex", "dict", "float", "frozenset", "int", "len", "list", "max", "min", "namedtuple"),
    *("object", "partial", "pow", "range", "round", "set", "slice", "sorted", "str", "sum", "tuple", "xrange", "zip"),
    *("OrderedDict", "defaultdict", "TypeVar", "dataclass", "field"),
}
PLAIN_MODULES = {"np", "numpy", "math", "functools", "collections", "itertools", "operator", "typing", "enum"}
"""What may be called in an assignment that runs when a file is loaded."""


@dataclass
class Split:
    """Statements that run when a file is loaded, and assignments that wait until somebody asks for their names."""

    kept: list[ast.stmt]
    waiting: dict[str, ast.stmt]


def split_statements(statements: list[ast.stmt]) -> Split:
    """Separate what runs when a file is loaded from what waits.  `if __name__ == "__main__"` is left out."""
    waiting: dict[str, ast.stmt] = {}
    return Split(keep(statements, waiting), waiting)


def keep(statements: list[ast.stmt], waiting: dict[str, ast.stmt]) -> list[ast.stmt]:
    """Return the statements that run, and add the assignments that wait."""
    kept: list[ast.stmt] = []
    for statement in statements:
        if isinstance(statement, ast.ImportFrom):
            kept += split_import(statement)
        elif isinstance(statement, (*DEFINITIONS, ast.Import, ast.Pass, ast.Delete)):
            kept.append(statement)
        elif isinstance(statement, ASSIGNMENTS):
            if is_plain(statement):
                kept.append(statement)
            else:
                waiting.update(dict.fromkeys(list_targets(statement), statement))
        elif isinstance(statement, ast.If) and not is_main_guard(statement):
            kept += keep_branches(statement, ("body", "orelse"), waiting)
        elif isinstance(statement, ast.Try):
            kept += keep_branches(statement, ("body", "orelse", "finalbody"), waiting)
        elif isinstance(statement, ast.With):
            kept += keep(statement.body, waiting)
    return kept


def keep_branches(statement: ast.stmt, fields: tuple[str, ...], waiting: dict[str, ast.stmt]) -> list[ast.stmt]:
    """Return an `if` or a `try` with what of its branches runs; nothing, where nothing does."""
    reduced = copy.copy(statement)
    branches = {name: keep(getattr(statement, name), waiting) for name in fields}
    handlers = [copy.copy(handler) for handler in getattr(statement, "handlers", [])]
    for handler in handlers:
        handler.body = keep(handler.body, waiting) or [ast.copy_location(ast.Pass(), handler)]
    if not any(branches.values()) and all(isinstance(h.body[0], ast.Pass) for h in handlers):
        return []
    needed = "body" if handlers or isinstance(statement, ast.If) else "finalbody"
    for name, kept in branches.items():
        empty = [ast.copy_location(ast.Pass(), statement)] if name in ("body", needed) else []
        setattr(reduced, name, kept or empty)
    if handlers:
        reduced.handlers = handlers  # type: ignore[attr-defined]  # a Try
    return [reduced]


def split_import(statement: ast.ImportFrom) -> list[ast.stmt]:
    """Return one import for each name, so that one that is missing does not take the others with it."""
    copies: list[ast.stmt] = []
    for alias in statement.names:
        single = copy.copy(statement)
        single.names = [alias]
        copies.append(single)
    return copies


def is_main_guard(statement: ast.If) -> bool:
    """Whether an `if` asks for `__name__`."""
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(statement.test))


def is_plain(statement: ast.stmt) -> bool:
    """Whether an assignment calls nothing but NumPy and Python, outside of a lambda."""
    return all(is_plain_call(node) for node in walk_outside_lambdas(statement) if isinstance(node, ast.Call))


def is_plain_call(call: ast.Call) -> bool:
    """Whether a call is one of NumPy or Python that reads no file."""
    function: ast.expr = call.func
    names = []
    while isinstance(function, ast.Attribute):
        names.append(function.attr)
        function = function.value
    if any(name.startswith(("load", "genfrom", "from", "save", "memmap")) for name in names):
        return False
    return isinstance(function, ast.Name) and function.id in (PLAIN_MODULES if names else PLAIN_CALLS)


def walk_outside_lambdas(statement: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that run with a statement."""
    for node in ast.iter_child_nodes(statement):
        if not isinstance(node, ast.Lambda):
            yield node
            yield from walk_outside_lambdas(node)


def list_targets(statement: ast.stmt) -> list[str]:
    """Return the names that a statement assigns."""
    return [n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
