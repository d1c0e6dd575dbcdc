"""Operators that change axes, and the sums and transposes over them."""

import ast
from collections.abc import Iterator
from typing import Any

from tests.corpus.operators.operator import VALUES, operator
from tests.corpus.operators.syntax import TRANSPOSED, callee, expression, subject, whole


@operator("transpose dropped")
def transpose_dropped(node: Any) -> Iterator[ast.AST]:
    """a.T → a, and so for swapaxes and transpose."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    if callee(node) in TRANSPOSED:
        yield node.args[0]


@operator("sum dropped")
def sum_dropped(node: Any) -> Iterator[ast.AST]:
    """Σ a → a, and so for means."""
    if callee(node) in ("sum", "mean"):
        yield subject(node)


@operator("sum added", "gradient", VALUES)
def sum_added(node: Any) -> Iterator[ast.AST]:
    """g → Σ g over the first axis, or over the last, repeated."""
    yield expression("slips.gathered({}, 0)", node)
    yield expression("slips.gathered({}, -1)", node)


@operator("mean for sum", laws=VALUES)
def mean_for_sum(node: Any) -> Iterator[ast.AST]:
    """Σ a → mean a, and the other way round."""
    if callee(node) in ("sum", "mean"):
        other = "mean" if callee(node) == "sum" else "sum"
        yield ast.Call(ast.Attribute(node.func.value, other, ast.Load()), node.args, node.keywords)


@operator("axis changed")
def axis_changed(node: Any) -> Iterator[ast.AST]:
    """axis=0 → axis=1 or -1; of several axes, one is left out; any other axis → the one before it."""
    if isinstance(node, ast.keyword) and node.arg == "axis":
        for other in axes_beside(node.value):
            yield ast.keyword("axis", other)
    if callee(node) == "expand_dims":
        yield expression("np.expand_dims({}, {} - 1)", *node.args)


def axes_beside(axis: ast.expr) -> Iterator[ast.expr]:
    """Axes that may be confused with this one."""
    if (number := whole(axis)) is not None:
        yield from (ast.Constant(n) for n in (number - 1, number + 1))
    elif isinstance(axis, ast.Tuple):
        yield from (ast.Tuple([a for a in axis.elts if a is not left_out], ast.Load()) for left_out in axis.elts)
    elif isinstance(axis, ast.Name) and axis.id == "axis":
        yield expression("{} - 1", axis)


@operator("keepdims flipped")
def keepdims_flipped(node: Any) -> Iterator[ast.AST]:
    """keepdims=True → keepdims=False."""
    if isinstance(node, ast.keyword) and node.arg == "keepdims" and isinstance(node.value, ast.Constant):
        yield ast.keyword("keepdims", ast.Constant(not node.value.value))
