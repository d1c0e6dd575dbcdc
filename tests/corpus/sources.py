"""Functions of the library as they are written, and written anew with a change."""

import ast
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

from tests.corpus.slips import Slips


@dataclass(frozen=True)
class Source:
    """A function as it is written.  names: all that it sees, globals and closure."""

    tree: ast.FunctionDef
    names: Mapping[str, Any]
    file: str


@cache
def parsed(file: str) -> ast.Module:
    """A file as a tree."""
    return ast.parse(Path(file).read_text(encoding="utf-8"))


@cache
def source_of(function: Callable[..., Any]) -> Source:
    """A function as it is written; for a pointwise op, the backward that its slope makes."""
    written: Any = getattr(function, "written_at", function)
    file, line = inspect.getfile(written), written.__code__.co_firstlineno
    found = (node for node in ast.walk(parsed(file)) if isinstance(node, (ast.FunctionDef, ast.Lambda)))
    tree = next(node for node in found if node.lineno == line)
    names = written.__globals__ | inspect.getclosurevars(written).nonlocals
    return Source(with_slope(tree) if isinstance(tree, ast.Lambda) else tree, names, file)


def with_slope(slope: ast.Lambda) -> ast.FunctionDef:
    """The backward of a pointwise op, the slope written out."""
    text = f"def backward(dy, cache):\n    {ast.unparse(slope.args)} = cache\n    return dy * 0"
    (tree,) = ast.parse(text).body
    tree.body[-1].value.right = slope.body
    for node in ast.walk(tree):
        if hasattr(node, "lineno"):
            node.lineno = node.end_lineno = slope.lineno
    return tree


@cache
def called_by(function: Callable[..., Any]) -> Mapping[str, Callable[..., Any]]:
    """The functions of the library that a function calls, by the names it knows them under."""
    source = source_of(function)
    names = {node.id for node in ast.walk(source.tree) if isinstance(node, ast.Name)}
    known = {name: source.names[name] for name in sorted(names & source.names.keys())}
    return {
        name: f for name, f in known.items() if isinstance(f, FunctionType) and f.__module__.startswith("gradcheck.")
    }


def reached(function: Callable[..., Any]) -> dict[Callable[..., Any], None]:
    """A function and all functions of the library that it calls, in order."""
    below = (inner for called in called_by(function).values() for inner in reached(called))
    return dict.fromkeys([function, *below])


def rebuilt(function: Callable[..., Any], changed: Callable[..., Any], tree: ast.FunctionDef, slips: Slips) -> Any:
    """A function anew, with `changed`, itself or one that it calls, written as `tree`, in which NumPy may be spoken of
    where its module does not."""
    source = source_of(function)
    names = {"np": np, **source.names, "slips": slips}
    names |= {name: rebuilt(inner, changed, tree, slips) for name, inner in called_by(function).items()}
    module = ast.Module([tree if function is changed else source.tree], [])
    exec(compile(ast.fix_missing_locations(module), source.file, "exec"), names)
    return names[source.tree.name]


def exchanged(tree: ast.FunctionDef, node: ast.AST, other: ast.AST) -> ast.FunctionDef:
    """A tree with one node exchanged; it shares all others, those above it apart, with the first."""
    for part in {*ast.walk(other)} - {*ast.walk(tree)}:
        if "lineno" in part._attributes:
            part.lineno = part.end_lineno = node.lineno
    return put(tree, node, other)


def put(tree: Any, node: ast.AST, other: ast.AST) -> Any:
    """A tree or a list of them with one node exchanged; itself where it does not hold the node."""
    if tree is node:
        return other
    if isinstance(tree, list):
        parts = [put(part, node, other) for part in tree]
        return parts if any(new is not old for new, old in zip(parts, tree, strict=True)) else tree
    if not isinstance(tree, ast.AST):
        return tree
    fields = {name: put(value, node, other) for name, value in ast.iter_fields(tree)}
    kept = all(value is getattr(tree, name) for name, value in fields.items())
    return tree if kept else ast.copy_location(type(tree)(**fields), tree)
