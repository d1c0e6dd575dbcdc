"""Edits that add a term: values that the line knows, their multiples and products, and the sum over a row."""

import ast
from collections.abc import Iterator
from itertools import combinations

from gradcheck.causes.edits.edit import ATOM, SUM, Edit, EditPlace
from gradcheck.causes.edits.operators.factors import is_penalty

MOST_NAMES = 8
"""Arrays of which products are tried."""


def name_missing_term(text: str) -> tuple[str, str]:
    """Return the cause and the words of a term that is missing."""
    if is_penalty(text):
        return "regularisation-missing", "lacks the gradient of the regularisation"
    return "term-missing", f"lacks the term `{text}`"


def add_terms(place: EditPlace) -> Iterator[Edit]:
    """g → g ± v, g ± 2 v, g ± s v, g ± 2 s v and g ± u v, for arrays u, v and settings s."""
    if place.role != "whole" or isinstance(place.node, (ast.Constant, ast.Compare, ast.Tuple)):
        return
    body = place.read(place.node, SUM)
    yield from place.replace(
        f"{body} + {place.read(place.node, ATOM)}.T", "path-missing", "lacks the transpose", 2, SUM
    )
    arrays, settings = place.list_seen("array"), place.list_seen("real", "whole")
    for text, tier in list_terms(arrays, settings, place.text):
        for sign in "+-":
            yield from place.replace(f"{body} {sign} {text}", *name_missing_term(text), tier, SUM)


def list_terms(arrays: list[str], settings: list[str], own: str) -> Iterator[tuple[str, int]]:
    """Yield terms made of arrays and settings, with their tiers."""
    for array in arrays:
        if array == own:
            continue
        yield array, 2
        yield f"2 * {array}", 3
        yield f"0.5 * {array}", 4
        for setting in settings:
            yield f"{setting} * {array}", 3
            yield f"2 * {setting} * {array}", 3
    for first, second in combinations(arrays[:MOST_NAMES], 2):
        yield f"{first} * {second}", 4


def couple_rows(place: EditPlace) -> Iterator[Edit]:
    """p * g → p * (g - Σ g p), g → g - mean g, and g → g - x mean(g x), along the last axis or the first."""
    node = place.node
    if place.role not in ("whole", "value") or not place.numpy:
        return
    words = "lacks the sum over the row"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        left, right = place.read(node.left, 13), place.read(node.right, 14)
        for axis in ("-1", "0"):
            total = f"{place.numpy}.sum({left} * {right}, axis={axis}, keepdims=True)"
            yield from place.replace(f"{left} * ({right} - {total})", "row-sum-missing", words, 2)
            yield from place.replace(f"({left} - {total}) * {right}", "row-sum-missing", words, 2)
    if place.role == "whole" or isinstance(place.parent, ast.BinOp):
        body = place.read(node, SUM)
        for axis in ("-1", "0"):
            mean = f"{place.read(node, ATOM)}.mean(axis={axis}, keepdims=True)"
            yield from place.replace(f"{body} - {mean}", "mean-constant", "lacks the gradient through the mean", 3)
            for array in place.list_seen("array"):
                product = f"{place.read(node, 13)} * {array}"
                coupled = f"{array} * ({product}).mean(axis={axis}, keepdims=True)"
                variance = "lacks the gradient through the variance"
                yield from place.replace(f"{body} - {coupled}", "variance-constant", variance, 4)
