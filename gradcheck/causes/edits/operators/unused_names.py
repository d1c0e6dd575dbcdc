"""Edits that use what the function computes or receives, and never uses."""

import ast
import re
from collections.abc import Iterator

from gradcheck.causes.edits.edit import PRODUCT, SUM, Edit, EditPlace
from gradcheck.causes.edits.operators.windows import NAMES_OF_STRIDES

UPSTREAM = re.compile(r"(d[a-z]+|grad\w*|g|gy|upstream)$")
"""Names for the upstream gradient."""


def use_unused_name(place: EditPlace) -> Iterator[Edit]:
    """g → g + v, g - v, g v and g / v, and v for g, for values v that the function computes or receives, and
    never uses."""
    if place.role not in ("whole", "value") or isinstance(place.node, (ast.keyword, ast.Tuple, ast.Slice)):
        return
    for text in (name for name in place.unused if name in place.seen and place.seen[name].is_numeric):
        if isinstance(place.node, ast.Constant):
            if type(place.node.value) in (int, float):
                yield from place.replace(text, "factor-missing", f"never uses `{text}`")
            continue
        if len(place.text) > len(text) and place.text not in place.seen:
            yield from place.replace(text, "wrong-variable", f"never uses `{text}`")
        yield from replace_last_factors(place, text)
        words, is_upstream = f"never uses `{text}`", UPSTREAM.match(text) is not None
        link = re.search("carry|next|prev|later|accum", text) is not None
        for sign in "+-":
            added = f"{place.read(place.node, SUM)} {sign} {text}"
            name = "time-link-missing" if link else "path-missing" if is_upstream else "term-missing"
            yield from place.replace(added, name, words, 1, SUM)
        body, cause = place.read(place.node, PRODUCT), "upstream-ignored" if is_upstream else "factor-missing"
        own = place.seen.get(place.text)
        is_index = own is not None and own.kind == "whole"
        cause = "stride-ignored" if is_index and NAMES_OF_STRIDES.search(text) else cause
        cause = "mask-missing" if place.seen[text].kind == "mask" or "mask" in text.lower() else cause
        for factor in (f"* {text}", f"/ {text}", f"* {text}[:, None]", f"* {text}[..., None]"):
            yield from place.replace(f"{body} {factor}", cause, words, 1, PRODUCT)


def replace_last_factors(place: EditPlace, text: str) -> Iterator[Edit]:
    """a s (1 - s) → a v: the slope of another function for what is never used."""
    node = place.node
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult) or not isinstance(node.left, ast.BinOp):
        return
    if isinstance(node.left.op, ast.Mult) and is_slope_of_activation(node.left.right, node.right):
        words = f"has the slope of another function, and never uses `{text}`"
        yield from place.replace(f"{place.read(node.left.left, PRODUCT)} * {text}", "wrong-function", words)


def is_slope_of_activation(one: ast.expr, other: ast.expr) -> bool:
    """Whether two factors are v and (1 - v)."""
    return isinstance(other, ast.BinOp) and ast.unparse(other) == f"1 - {ast.unparse(one)}"
