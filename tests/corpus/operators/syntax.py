"""Syntax trees, read and written in few words."""

import ast
from collections.abc import Callable

TRANSPOSED = ("swapaxes", "transpose", "transposed")
"""Functions that exchange axes."""


def expression(template: str, *parts: ast.AST) -> ast.expr:
    """An expression from a template with {} for each part."""
    return ast.parse(template.format(*(f"({ast.unparse(part)})" for part in parts)), mode="eval").body


def statement(text: str) -> ast.stmt:
    """A statement from its text."""
    return ast.parse(text).body[0]


def whole(node: ast.AST) -> int | None:
    """The number that a constant, negative or not, stands for; None for anything else."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError):
        return None
    return value if type(value) is int else None


def callee(node: ast.AST) -> str:
    """The name of the function or method that is called; "" where none is."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)


def subject(node: ast.Call) -> ast.expr:
    """What a function of NumPy or a method is called on: x in np.sum(x, 0) and in x.sum(0)."""
    method = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) != "np"
    return node.func.value if method else node.args[0]


def numeric(*kinds: type[ast.operator]) -> Callable[[ast.AST], bool]:
    """Whether a node is one of these operations of two operands."""
    return lambda node: isinstance(node, ast.BinOp) and isinstance(node.op, kinds)


added, taken, times, over, power = map(numeric, (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow))


def after(function: ast.FunctionDef, text: str) -> ast.FunctionDef:
    """A function with one more statement, the first."""
    return with_body(function, [statement(text), *function.body])


def with_body(function: ast.FunctionDef, body: list[ast.stmt]) -> ast.FunctionDef:
    """A function with another body."""
    fields = {name: getattr(function, name) for name in function._fields}
    return ast.FunctionDef(**fields | {"body": body}, lineno=function.lineno)
