"""The places in a backward that may be mutated."""

import ast
from collections.abc import Callable, Iterator
from typing import Any

from gradcheck.declaration.op import Op
from gradcheck.evaluation.cache_snapshot import list_cached_arrays
from gradcheck.generation.search import generate_cases
from tests.corpus.sources import source_of


def sites(op: Op, function: Callable[..., Any]) -> Iterator[tuple[str, ast.AST]]:
    """The places to mutate, each with its kind.  "node": any; "value": what is assigned; in the backward itself also
    "gradient": what is returned for one input; "own": a product whose first factor was handed in; and the whole under
    the names that `wholes` gives."""
    tree, outermost = source_of(function).tree, function is op.backward
    given = handed_in(tree) if outermost else set()
    yield from ((kind, tree) for kind in wholes(op, tree) if outermost)
    for node in (inner for part in tree.body for inner in ast.walk(part)):
        yield "node", node
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield "value", node.value
        if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Name) and node.left.id in given:
            yield "own", node
        if isinstance(node, ast.Return) and outermost:
            yield from (("gradient", part) for part in returned(node.value) if ast.unparse(part) != "None")


def wholes(op: Op, tree: ast.FunctionDef) -> Iterator[str]:
    """The whole is a site "backward", "cache" where arrays in the cache are used,
    and "numbers" where these are floating-point ones."""
    (case,) = generate_cases(op, 1, 0)
    held = list_cached_arrays(op.forward(*case.point, **case.settings)[1])
    used = handed_in(tree) - {tree.args.args[0].arg}
    yield "backward"
    yield from ["cache"] * bool(used and held) + ["numbers"] * bool(used and any(a.dtype.kind == "f" for a in held))


def handed_in(tree: ast.FunctionDef) -> set[str]:
    """The names under which a backward uses its arguments, or parts of them, unless it assigns to them otherwise."""
    given, anew = {argument.arg for argument in tree.args.args}, set[str]()
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.Assign)):
        parts = {name for target in node.targets for name in named(target, ast.Store)}
        if isinstance(node.value, ast.Name) and node.value.id in given:
            given = given - {node.value.id} | parts
        else:
            anew |= parts
    return (given & named(tree, ast.Load)) - anew


def named(tree: ast.AST, context: type[ast.expr_context]) -> set[str]:
    """The names that are loaded, or stored, somewhere below a node."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, context)}


def returned(value: ast.expr) -> list[ast.expr]:
    """The gradients in what is returned: the elements of a tuple, or what a generator of one gives."""
    if isinstance(value, ast.Tuple):
        return value.elts
    if isinstance(value, ast.Call) and value.args and isinstance(value.args[0], ast.GeneratorExp):
        return [value.args[0].elt]
    return [value]
