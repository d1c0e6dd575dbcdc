"""Edits of exponentials from which a maximum is subtracted."""

import ast
from collections.abc import Iterator

from gradcheck.causes.edits.activations import list_values_of
from gradcheck.causes.edits.edit import SUM, Edit, EditPlace
from gradcheck.causes.edits.places import name_callee

MAXIMA = ("max", "amax", "nanmax")
"""Functions that take the largest element along an axis."""


def subtract_maximum(place: EditPlace) -> Iterator[Edit]:
    """exp(s) → exp(s - m), for maxima m that the line knows."""
    node = place.node
    if name_callee(node) != "exp" or not isinstance(node, ast.Call) or len(node.args) != 1:
        return
    subject = node.args[0]
    for text in place.list_seen("array"):
        if text not in place.text and is_maximum(place.source.tree, text):
            changed = f"{place.read(node.func)}({place.read(subject, SUM)} - {text})"
            words = f"takes the exponential without subtracting the maximum `{text}`"
            yield from place.replace(changed, "max-counted", words)


def is_maximum(tree: ast.AST, name: str) -> bool:
    """Whether a variable is given, somewhere in a file, the largest elements along an axis."""
    return any(name_callee(value) in MAXIMA for value in list_values_of(tree, name))
