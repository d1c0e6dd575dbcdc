"""Functions that are as they were handed out: what they return is None, or zeros that nobody filled."""

import ast

from gradcheck.audit.agent.bindings import Bindings, FunctionNode, does_nothing, list_values, walk_inside

UNFINISHED_NAMES = {"NotImplementedError", "NotImplemented"}


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
