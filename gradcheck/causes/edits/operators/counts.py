"""Edits of lengths and of counts of elements."""

import ast
from collections.abc import Iterator
from itertools import combinations

from gradcheck.causes.edits.edit import ATOM, Edit, EditPlace

MOST_COUNTS = 6
"""Lengths that a line knows, up to which their products are likely."""


def replace_axis_of_shape(place: EditPlace) -> Iterator[Edit]:
    """x.shape[0] → x.shape[1], len(x) → x.shape[1], x.shape[0] → y.shape[0]."""
    node, words = place.node, "takes the length of another axis"
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
        for other in ("0", "1", "2", "3"):
            text = f"{place.read(node.value)}[{other}]"
            yield from place.replace(text, "wrong-count", words)
        yield from place.replace(f"{place.read(node.value.value)}.size", "wrong-count", "counts along one axis alone")
    if isinstance(node, ast.Attribute) and node.attr in ("size", "shape"):
        for other in place.list_seen("array"):
            yield from place.replace(f"{other}.{node.attr}", "wrong-count", words)
    is_length = isinstance(node, ast.Call) and place.text.startswith("len(")
    is_size = isinstance(node, ast.Attribute) and node.attr == "size"
    is_count = place.text in place.seen and place.seen[place.text].kind == "whole"
    is_shape = isinstance(node, ast.Subscript) and ".shape[" in place.text
    divisor = isinstance(place.parent, ast.BinOp) and isinstance(place.parent.op, (ast.Div, ast.Mult))
    if is_length and isinstance(node, ast.Call) and node.args:
        yield from place.replace(f"{place.read(node.args[0], ATOM)}.size", "wrong-count", "counts the rows alone")
    if is_length or is_size or ((is_count or is_shape) and divisor):
        for text in place.lengths:
            yield from place.replace(text, "wrong-count", "counts the wrong elements", 1 if divisor else 2)
    if is_count and (divisor or place.role == "whole"):
        yield from multiply_counts(place)
    if is_count and divisor:
        wholes = place.list_seen("whole")
        for text in wholes:
            if place.seen[text].number > 0 and place.seen[place.text].number % place.seen[text].number == 0:
                part = f"{place.text} // {text}"
                yield from place.replace(part, "wrong-count", f"counts `{place.text}` for `{part}`", 2)


def multiply_counts(place: EditPlace) -> Iterator[Edit]:
    """n → n m and n m k, for lengths m and k that the line knows."""
    wholes = [text for text in place.list_seen("whole") if text != place.text and text.isidentifier()]
    for count in (1, 2):
        for others in combinations(wholes, count):
            text = " * ".join([place.text, *others])
            tier = 1 if place.role == "whole" and len(wholes) <= MOST_COUNTS else 1 + count
            yield from place.replace(text, "wrong-count", "counts too few elements", tier)
