"""Edits of whole statements: overwriting for adding, statements too many, returns and copies."""

import ast
from collections.abc import Iterator
from itertools import combinations

from gradcheck.causes.edits.edit import ATOM, Edit, EditPlace
from gradcheck.causes.edits.places import name_callee
from gradcheck.causes.edits.source_file import find_end, find_start

OVERWRITES = "overwrites where it must add"


def add_in_place(place: EditPlace) -> Iterator[Edit]:
    """a = b ↔ a += b, a[i] += b → np.add.at(a, i, b)."""
    node = place.node
    if place.role != "statement":
        return
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and not isinstance(node.targets[0], ast.Tuple):
        target, value = place.read(node.targets[0]), place.read(node.value)
        yield from place.replace(f"{target} += {value}", "overwritten", OVERWRITES)
        if isinstance(node.targets[0], ast.Subscript):
            cause = "one-hot-missing" if value in ("1", "1.0") else "overwritten"
            yield from place.replace(f"{target} -= {value}", cause, "overwrites where it must subtract")
        yield from add_at(place, node.targets[0], value)
    if isinstance(node, ast.AugAssign):
        target, value = place.read(node.target), place.read(node.value)
        if isinstance(node.op, ast.Add):
            yield from place.replace(f"{target} = {value}", "term-added", "adds where it must overwrite")
            yield from add_at(place, node.target, value)


def add_at(place: EditPlace, target: ast.expr, value: str) -> Iterator[Edit]:
    """a[i] = b → np.add.at(a, i, b)."""
    if isinstance(target, ast.Subscript) and place.numpy:
        index = place.read(target.slice)
        if isinstance(target.slice, ast.Tuple):
            has_slice = any(isinstance(part, ast.Slice) for part in target.slice.elts)
            index = f"{place.numpy}.s_[{index}]" if has_slice else f"({index})"
        elif isinstance(target.slice, ast.Slice):
            return
        text = f"{place.numpy}.add.at({place.read(target.value)}, {index}, {value})"
        yield from place.replace(text, "overwritten", "counts an index that repeats only once")


def delete_statement(place: EditPlace) -> Iterator[Edit]:
    """A statement that must not be."""
    node = place.node
    if place.role != "statement" or not isinstance(node, (ast.AugAssign, ast.Assign, ast.Expr)):
        return
    if not place.source.is_alone(node):
        return
    name, words = "term-added", "must not be"
    if isinstance(node, ast.AugAssign) and isinstance(node.op, (ast.Mult, ast.Div)):
        name = "factor-extra"
    yield Edit(find_start(node), find_end(node), "", name, words, 1, "delete")


def leave_loop(place: EditPlace) -> Iterator[Edit]:
    """A statement inside a loop → behind it, or before it."""
    node = place.node
    if place.role == "statement" and place.source.is_alone(node):
        name, words = "term-added", "is in a loop, and belongs behind it"
        if isinstance(node, ast.Return):
            name, words = "early-return", "returns inside the loop"
        if isinstance(node, (ast.Return, ast.AugAssign, ast.Assign, ast.Expr)):
            yield Edit(find_start(node), find_end(node), place.text, name, words, 1, "dedent")
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            words = "begins anew in every round of the loop"
            yield Edit(find_start(node), find_end(node), place.text, "overwritten", words, 1, "hoist")


def exchange_returned(place: EditPlace) -> Iterator[Edit]:
    """return a, b → return b, a; and so for names that are unpacked."""
    node = place.node
    if place.role != "statement" or not isinstance(node, ast.Return) or not isinstance(node.value, ast.Tuple):
        return
    parts = [place.read(part) for part in node.value.elts]
    for i, j in combinations(range(len(parts)), 2):
        order = {i: j, j: i}
        others = [parts[order.get(k, k)] for k in range(len(parts))]
        yield from place.replace(
            f"return {', '.join(others)}", "gradients-exchanged", "returns two gradients exchanged"
        )


def copy_value(place: EditPlace) -> Iterator[Edit]:
    """v = x → v = x.copy(), v.append(x) → v.append(x.copy())."""
    own = place.seen.get(place.text)
    named = isinstance(place.node, (ast.Name, ast.Attribute, ast.Subscript))
    is_kept = place.role == "whole" or (name_callee(place.parent) == "append" and place.node is not place.parent)
    if named and is_kept and own is not None and own.kind == "array":
        text = f"{place.read(place.node, ATOM)}.copy()"
        yield from place.replace(text, "cache-corrupted", "shares an array that is written to later")
