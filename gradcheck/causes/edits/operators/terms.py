"""Edits that add a term: values that the line knows, their multiples and products, and the sum over a row."""

import ast
from collections.abc import Iterator
from itertools import combinations

from gradcheck.causes.edits.edit import ATOM, PRODUCT, SUM, Edit, EditPlace
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
            yield from place.replace(f"{body} {sign} {text}", *name_missing_term(text), tier + (sign == "-"), SUM)


def list_terms(arrays: list[str], settings: list[str], own: str) -> Iterator[tuple[str, int]]:
    """Yield terms made of arrays and settings, with their tiers."""
    for array in arrays:
        if array == own:
            continue
        yield array, 2
        yield f"2 * {array}", 3
        yield f"0.5 * {array}", 4
        for setting in settings:
            tier = 2 if is_penalty(setting) else 3
            yield f"{setting} * {array}", tier
            yield f"2 * {setting} * {array}", tier
    for first, second in combinations(arrays[:MOST_NAMES], 2):
        yield f"{first} * {second}", 4


def couple_rows(place: EditPlace) -> Iterator[Edit]:
    """p * g → p * (g - Σ g p), g * p * (1 - p) → p * (g - Σ g p), p * g → p * Σ g, g → g - mean g, and g → g - x mean(g
    x), along the last axis or the first."""
    node = place.node
    if place.role not in ("whole", "value") or not place.numpy:
        return
    words = "lacks the sum over the row"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        left, right = place.read(node.left, 13), place.read(node.right, 14)
        tier = 4 if "sum" in place.text else 2  # one sum is hardly taken of another
        for axis in ("-1", "0"):
            total = f"{place.numpy}.sum({left} * {right}, axis={axis}, keepdims=True)"
            yield from place.replace(f"{left} * ({right} - {total})", "row-sum-missing", words, tier)
            yield from place.replace(f"({left} - {total}) * {right}", "row-sum-missing", words, tier)
        yield from couple_diagonal(place, node)
    if isinstance(place.parent, ast.BinOp) and isinstance(place.parent.op, ast.Mult) and is_named_array(place):
        for axis in ("-1", "0"):
            total = f"{place.text}.sum(axis={axis}, keepdims=True)"
            yield from place.replace(total, "row-sum-missing", f"has `{place.text}` for its sum over the row", 2)
    if place.role == "whole" or isinstance(place.parent, ast.BinOp):
        yield from subtract_means(place)


def is_named_array(place: EditPlace) -> bool:
    """Whether a place is an array that the line knows by a name."""
    return place.text in place.seen and place.seen[place.text].kind == "array"


def subtract_means(place: EditPlace) -> Iterator[Edit]:
    """g → g - mean g, and g → g - x mean(g x)."""
    body = place.read(place.node, SUM)
    for axis in ("-1", "0"):
        mean = f"{place.read(place.node, ATOM)}.mean(axis={axis}, keepdims=True)"
        yield from place.replace(f"{body} - {mean}", "mean-constant", "lacks the gradient through the mean", 3)
        for array in place.list_seen("array"):
            product = f"{place.read(place.node, 13)} * {array}"
            coupled = f"{array} * ({product}).mean(axis={axis}, keepdims=True)"
            variance = "lacks the gradient through the variance"
            yield from place.replace(f"{body} - {coupled}", "variance-constant", variance, 4)


def couple_diagonal(place: EditPlace, node: ast.BinOp) -> Iterator[Edit]:
    """g * p * (1 - p), in any order of the factors → p * (g - Σ g p)."""
    factors = list_factors(node)
    texts = [place.read(factor, PRODUCT + 1) for factor in factors]
    for p in texts:
        complement = next((t for t in (f"(1 - {p})", f"(1.0 - {p})") if t in texts), "")
        rest = [t for t in texts if t not in (p, complement)]
        if complement and rest and len(rest) == len(texts) - 2:
            g = " * ".join(rest)
            for axis in ("-1", "0"):
                total = f"{place.numpy}.sum({g} * {p}, axis={axis}, keepdims=True)"
                words = "takes the diagonal of the Jacobian alone"
                yield from place.replace(f"{p} * ({g} - {total})", "diagonal-jacobian", words)


def list_factors(node: ast.expr) -> list[ast.expr]:
    """List the factors of a product."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [*list_factors(node.left), *list_factors(node.right)]
    return [node]
