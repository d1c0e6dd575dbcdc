"""Edits of windows that slide along an axis, and of the padding around it."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations, product

from gradcheck.causes.edits.edit import ATOM, Edit, EditPlace
from gradcheck.causes.edits.operators.factors import is_array_name
from gradcheck.causes.setting_names import are_height_and_width

PADDINGS = re.compile(r"(^|[\W_])p(ad\w*)?[hw]?$", re.IGNORECASE)
"""Names of the width of a padding."""
NAMES_OF_STRIDES = re.compile(r"(^|[\W_])(s(tr\w*|tep\w*|[hwy])?|hop\w*)$", re.IGNORECASE)
"""Names of the step between windows."""
HEIGHT = re.compile(r"(^|_|\.)(h|height|hh|hout|oh|kh|r|rows?)\d*(_|$)", re.IGNORECASE)
WIDTH = re.compile(r"(^|_|\.)(w|width|ww|wout|ow|kw|c|cols?)\d*(_|$)", re.IGNORECASE)
"""Names for the two axes of an image."""


def scale_windows(place: EditPlace) -> Iterator[Edit]:
    """x[i:i + k] → x[i * s:i * s + k], in all slices of an index, for whole numbers s that the line knows."""
    node = place.node
    if not isinstance(node, ast.Subscript):
        return
    starts = dict.fromkeys(start for part in list_slices(node) if (start := find_window_start(part)))
    if not starts:
        return
    steps = [t for t in place.list_seen("whole") if t.isidentifier() or "." in t or "[" in t]
    for step in steps:
        if step not in starts:
            cause = "stride-ignored" if NAMES_OF_STRIDES.search(step) else "wrong-index"
            text = substitute_in_index(place, node, {start: f"{start} * {step}" for start in starts})
            yield from place.replace(text, cause, f"lacks the factor `{step}` in an index")
    likely = [step for step in steps if NAMES_OF_STRIDES.search(step) and step not in starts]
    for pair in product(likely, repeat=len(starts)) if len(starts) == 2 else ():
        if len(set(pair)) == 2:
            factors = {start: f"{start} * {step}" for start, step in zip(starts, pair, strict=True)}
            words = "lacks the strides in an index"
            yield from place.replace(substitute_in_index(place, node, factors), "stride-ignored", words)


def change_window_lengths(place: EditPlace) -> Iterator[Edit]:
    """x[i:i + s, j:j + s] → x[i:i + k, j:j + k], and x[i:i + w, j:j + h] → x[i:i + h, j:j + w]."""
    node = place.node
    if not isinstance(node, ast.Subscript):
        return
    ends = [part.upper for part in list_slices(node) if isinstance(part.upper, ast.BinOp)]
    lengths = [place.read(end.right) for end in ends if isinstance(end.op, ast.Add)]
    names = [*dict.fromkeys(text for text in lengths if text in place.seen)]
    if len(lengths) < 2 or not 1 <= len(names) <= 2:
        return
    others = [text for text in place.list_seen("whole") if text.isidentifier() and text not in names]
    for other in others if len(names) == 1 else ():
        cause = "window-from-stride" if NAMES_OF_STRIDES.search(names[0]) else "wrong-variable"
        text = exchange_lengths(place, node, [other] * len(lengths))
        yield from place.replace(text, cause, f"has `{names[0]}` for `{other}` as the length of a window")
    for pair in permutations(others, 2) if len(names) == 1 and len(lengths) == 2 else ():
        if are_height_and_width(*pair) or (HEIGHT.search(pair[0]) and WIDTH.search(pair[1])):
            cause = "window-from-stride" if NAMES_OF_STRIDES.search(names[0]) else "wrong-variable"
            words = f"has `{names[0]}` for `{pair[0]}` and `{pair[1]}` as the lengths of a window"
            yield from place.replace(exchange_lengths(place, node, pair), cause, words)
    if len(names) == 2:
        exchanged = {names[0]: names[1], names[1]: names[0]}
        text = exchange_lengths(place, node, [exchanged.get(length, length) for length in lengths])
        yield from place.replace(text, "height-width-exchanged", "has the lengths of its window exchanged")


def exchange_lengths(place: EditPlace, node: ast.Subscript, lengths: Sequence[str]) -> str:
    """Return the text of an element with other lengths of its windows, one for each that is added to a start."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    changed, left = [], [*lengths]
    for part in parts:
        end, text = part.upper if isinstance(part, ast.Slice) else None, place.read(part)
        if isinstance(end, ast.BinOp) and isinstance(end.op, ast.Add):
            text = text.removesuffix(place.read(end.right)) + left.pop(0)
        changed.append(text)
    return f"{place.read(node.value)}[{', '.join(changed)}]"


def list_slices(node: ast.Subscript) -> list[ast.Slice]:
    """List the slices of an index."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return [part for part in parts if isinstance(part, ast.Slice)]


def find_window_start(part: ast.Slice) -> str:
    """Return i of a slice i:i + k; "" for any other."""
    start, end = part.lower, part.upper
    if not isinstance(start, ast.Name) or not isinstance(end, ast.BinOp) or not isinstance(end.op, ast.Add):
        return ""
    terms = [side.id for side in (end.left, end.right) if isinstance(side, ast.Name)]
    return start.id if start.id in terms else ""


def substitute_in_index(place: EditPlace, node: ast.Subscript, texts: Mapping[str, str]) -> str:
    """Return the text of an element with other texts for names in the windows of its index."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    changed = []
    for part in parts:
        text = place.read(part)
        if isinstance(part, ast.Slice) and (start := find_window_start(part)) in texts:
            text = re.sub(rf"\b{re.escape(start)}\b", texts[start], text)
        changed.append(text)
    return f"{place.read(node.value)}[{', '.join(changed)}]"


def cut_padding(place: EditPlace) -> Iterator[Edit]:
    """g → g[..., p:-p, p:-p], written such that it is right where p is 0, and x[:h, :w] → x[p:h + p, p:w + p]."""
    if place.role not in ("whole", "value"):
        return
    paddings, node = [t for t in place.list_seen("whole") if PADDINGS.search(t)], place.node
    if isinstance(node, ast.Subscript):
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for p in paddings:
            texts = [shift_slice(place, node, k, p) for k in range(len(parts))]
            text = f"{place.read(node.value)}[{', '.join(texts)}]"
            is_fixed = any(is_fixed_cut(place, part) for part in parts)
            ignored = "padding-ignored", f"lacks `{p}` in an index"
            cause = ("padding-kept", f"cuts off a fixed number of elements, not `{p}`") if is_fixed else ignored
            yield from place.replace(text, *cause)
    if place.role == "whole" and is_array_name(place):
        rank, body = len(place.seen[place.text].shape), place.read(node, ATOM)
        for p in paddings:
            for count in (1, 2):
                first = rank - count
                ends = [f"{p}:{body}.shape[{k}] - {p}" for k in range(max(first, 0), rank)]
                words = "keeps the padding"
                if first >= 0:
                    yield from place.replace(f"{body}[{', '.join([':'] * first + ends)}]", "padding-kept", words)


def is_fixed_cut(place: EditPlace, part: ast.expr) -> bool:
    """Whether a part of an index is 1:-1 or the like."""
    ends = (part.lower, part.upper) if isinstance(part, ast.Slice) and part.step is None else ()
    low, high = (place.read(end) if end else "" for end in ends) if ends else ("", "")
    return low.isdigit() and high == f"-{low}"


def shift_slice(place: EditPlace, node: ast.Subscript, k: int, p: str) -> str:
    """Return the text of slice k of an index, where it is :n with both ends p higher, where it is 1:-1 with the padding
    p for 1; of anything else as it is."""
    part = node.slice.elts[k] if isinstance(node.slice, ast.Tuple) else node.slice
    if not isinstance(part, ast.Slice) or part.upper is None or part.step is not None:
        return place.read(part)
    low, high = (place.read(end) if end else "" for end in (part.lower, part.upper))
    if is_fixed_cut(place, part):
        return f"{p}:{place.read(node.value, ATOM)}.shape[{k}] - {p}"
    return place.read(part) if low else f"{p}:{p} + {high}"
