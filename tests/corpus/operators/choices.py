"""Operators that change which elements are meant: comparisons, conditions, indices, and what is gathered at them."""

import ast
from collections.abc import Iterator
from typing import Any

from tests.corpus.operators.operator import VALUES, operator
from tests.corpus.operators.syntax import callee, expression, statement, whole

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}


@operator("comparison changed")
def comparison_changed(node: Any) -> Iterator[ast.AST]:
    """> → >= or <, == → !=, and so on."""
    if isinstance(node, ast.Compare):
        for other in COMPARED[type(node.ops[0])]:
            yield ast.Compare(node.left, [other()], node.comparators)


@operator("condition replaced")
def condition_replaced(node: Any) -> Iterator[ast.AST]:
    """where(c, a, b) → a, b or where(c, b, a), and so for a if c else b; ~c → c."""
    if callee(node) == "where":
        test, yes, no = node.args
        yield from (yes, no, expression("np.where({}, {}, {})", test, no, yes))
    if isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse, ast.IfExp(node.test, node.orelse, node.body))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        yield node.operand


@operator("off by one")
def off_by_one(node: Any) -> Iterator[ast.AST]:
    """A whole number one more or less; a slice that begins later or ends sooner; a loop without its last turn."""
    if isinstance(node, ast.Constant) and whole(node) is not None:
        yield from (ast.Constant(node.value + step) for step in (1, -1))
    if isinstance(node, ast.Slice) and node.lower and whole(node.lower) is None:
        yield ast.Slice(expression("{} + 1", node.lower), node.upper, node.step)
    if isinstance(node, ast.Slice) and node.upper and whole(node.upper) is None:
        yield ast.Slice(node.lower, expression("{} - 1", node.upper), node.step)
    if callee(node) == "range":
        yield ast.Call(node.func, [*node.args[:-1], expression("{} - 1", node.args[-1])], [])


@operator("overwritten")
def overwritten(node: Any) -> Iterator[ast.AST]:
    """a += b → a = b, and so where an index comes twice."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        yield statement(f"{ast.unparse(node.target)} = {ast.unparse(node.value)}")
    if isinstance(node, ast.Expr) and ast.unparse(node).startswith("np.add.at"):
        into, places, values = map(ast.unparse, node.value.args)
        yield statement(f"{into}[{places}] = {values}")


@operator("begun at one", laws=VALUES)
def begun_at_one(node: Any) -> Iterator[ast.AST]:
    """What is gathered begins at one and not at zero."""
    if callee(node) == "zeros":
        yield ast.Call(expression("np.ones"), node.args, node.keywords)
