"""Operators that change a formula: its signs, terms, factors, operands, and which gradient is whose."""

import ast
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from tests.corpus.operators.operator import VALUES, operator
from tests.corpus.operators.syntax import (
    TRANSPOSED,
    added,
    callee,
    expression,
    numeric,
    over,
    power,
    statement,
    taken,
    times,
    whole,
)


@operator("sign flipped")
def sign_flipped(node: Any) -> Iterator[ast.AST]:
    """a + b → a - b, a - b → a + b, -a → a, a += b → a -= b."""
    if added(node):
        yield expression("{} - {}", node.left, node.right)
    if taken(node):
        yield expression("{} + {}", node.left, node.right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and whole(node) is None:
        yield node.operand
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        yield statement(f"{ast.unparse(node.target)} -= {ast.unparse(node.value)}")


@operator("sign flipped", "gradient", VALUES)
def gradient_negated(node: Any) -> Iterator[ast.AST]:
    """g → -g."""
    yield expression("-{}", node)


@operator("term dropped")
def term_dropped(node: Any) -> Iterator[ast.AST]:
    """a + b → a or b, a - b → a or -b."""
    if added(node) or taken(node):
        yield node.left
        yield node.right if added(node) else expression("-{}", node.right)


@operator("factor dropped")
def factor_dropped(node: Any) -> Iterator[ast.AST]:
    """a b → a or b, a / b → a or 1 / b, a^b → a, a /= b → nothing."""
    if times(node) or over(node) or power(node):
        yield node.left
    if times(node):
        yield node.right
    if over(node):
        yield expression("1 / {}", node.right)
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div):
        yield ast.Pass()


HARMLESS = ("array", "asarray", "dict", "enumerate", "int", "len", "list", "max", "range", "tuple", "zip")


@operator("function dropped")
def function_dropped(node: Any) -> Iterator[ast.AST]:
    """f(a) → a."""
    if callee(node) not in ("", *HARMLESS, *TRANSPOSED) and len(node.args) == 1 and not node.keywords:
        yield node.args[0]


@operator("operands swapped")
def operands_swapped(node: Any) -> Iterator[ast.AST]:
    """a - b → b - a, and so for /, //, %, ^, @, dot and outer."""
    if numeric(ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)(node):
        yield ast.BinOp(node.right, node.op, node.left)
    if callee(node) == "dot":
        yield expression("{}.dot({})", node.args[0], node.func.value)
    if callee(node) == "outer":
        yield expression("np.outer({}, {})", *reversed(node.args))


@operator("doubled", "gradient", VALUES)
def doubled(node: Any) -> Iterator[ast.AST]:
    """g → 2 g."""
    yield expression("2 * {}", node)


@operator("doubled", "value", VALUES)
def value_doubled(node: Any) -> Iterator[ast.AST]:
    """a = b → a = 2 b."""
    if callee(node) != "zeros":
        yield expression("2 * {}", node)


@operator("halved", "gradient", VALUES)
def halved(node: Any) -> Iterator[ast.AST]:
    """g → g / 2."""
    yield expression("{} / 2", node)


@operator("divided by its length", "gradient", VALUES)
def divided(node: Any) -> Iterator[ast.AST]:
    """g → g / its size, or the length of its first axis."""
    yield expression("{0} / np.size({0})", node)
    yield expression("{0} / len(np.atleast_1d({0}))", node)


@operator("gradient zeroed", "gradient", VALUES)
def zeroed(node: Any) -> Iterator[ast.AST]:
    """g → 0 g."""
    yield expression("0 * {}", node)


@operator("gradients swapped")
def gradients_swapped(node: Any) -> Iterator[ast.AST]:
    """return a, b → return b, a."""
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        parts = node.value.elts
        for i, j in combinations([i for i, part in enumerate(parts) if ast.unparse(part) != "None"], 2):
            order = {i: j, j: i}
            yield ast.Return(ast.Tuple([parts[order.get(k, k)] for k in range(len(parts))], ast.Load()))
