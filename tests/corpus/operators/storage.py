"""Operators that change what is kept and where: stale caches, arguments written to, missing copies, other dtypes."""

import ast
from collections.abc import Iterator
from typing import Any

from tests.corpus.operators.operator import NUMBERS, SHAPES, VALUES, operator
from tests.corpus.operators.syntax import after, callee, expression, statement, times, with_body


@operator("stale cache", "cache", ("purity", *SHAPES))
def stale_cache(node: Any) -> Iterator[ast.AST]:
    """The cache is that of the first, or of the previous, call with these shapes."""
    name = node.args.args[1].arg
    yield after(node, f"{name} = slips.first({name})")
    yield after(node, f"{name} = slips.previous({name})")


@operator("argument changed", "backward", ("purity",))
def argument_changed(node: Any) -> Iterator[ast.AST]:
    """Backward is right, and then doubles its upstream in place."""
    yield finally_enlarged(node, node.args.args[0].arg)


@operator("argument changed", "numbers", ("purity",))
def cache_changed(node: Any) -> Iterator[ast.AST]:
    """Backward is right, and then doubles what is in its cache, in place."""
    yield finally_enlarged(node, node.args.args[1].arg)


def finally_enlarged(function: ast.FunctionDef, name: str) -> ast.FunctionDef:
    """A function that doubles an argument when it has its result."""
    finished = ast.Try(function.body, [], [], [statement("slips.enlarged(given)")])
    return with_body(function, [statement(f"given = {name}"), finished])


@operator("computed in place", "own", ("purity", "contract"))
def computed_in_place(node: Any) -> Iterator[ast.AST]:
    """a * b → a *= b."""
    if times(node):
        yield expression("{}.__imul__({})", node.left, node.right)


@operator("copy dropped", laws=("purity",))
def copy_dropped(node: Any) -> Iterator[ast.AST]:
    """a.copy() → a."""
    if callee(node) == "copy":
        yield node.func.value


@operator("upstream ignored", "backward", NUMBERS)
def upstream_ignored(node: Any) -> Iterator[ast.AST]:
    """The upstream is taken for ones."""
    name = node.args.args[0].arg
    yield after(node, f"{name} = slips.ones({name})")


@operator("rounded to float32", "backward", NUMBERS)
def rounded(node: Any) -> Iterator[ast.AST]:
    """The upstream was rounded to float32."""
    name = node.args.args[0].arg
    yield after(node, f"{name} = slips.single({name})")


@operator("rounded to float32", "numbers", VALUES)
def cache_rounded(node: Any) -> Iterator[ast.AST]:
    """What is in the cache was rounded to float32."""
    name = node.args.args[1].arg
    yield after(node, f"{name} = slips.single({name})")


@operator("rounded to float32", "gradient", NUMBERS)
def gradient_rounded(node: Any) -> Iterator[ast.AST]:
    """The gradient is rounded to float32 on its way."""
    yield expression("slips.single({})", node)


@operator("always float32", "gradient", ("contract", *NUMBERS))
def always_float32(node: Any) -> Iterator[ast.AST]:
    """The gradient leaves in float32."""
    yield expression("np.float32({})", node)


@operator("rounded to whole numbers", "gradient", NUMBERS)
def gradient_whole(node: Any) -> Iterator[ast.AST]:
    """The gradient passes through an array of whole numbers."""
    yield expression("np.trunc({})", node)


@operator("always float64", "gradient", ("precision",))
def always_float64(node: Any) -> Iterator[ast.AST]:
    """The gradient leaves in float64."""
    yield expression("np.float64({})", node)


@operator("always float64", laws=("precision",))
def gathered_in_float64(node: Any) -> Iterator[ast.AST]:
    """zeros(shape, dtype) → zeros(shape)."""
    if callee(node) == "zeros" and len(node.args) == 2:
        yield ast.Call(node.func, node.args[:1], [])
