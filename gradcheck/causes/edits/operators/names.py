"""Edits that put another value of the same kind in the place of a name."""

import ast
import re
from collections.abc import Iterator

from gradcheck.causes.edits.edit import PRODUCT, SUM, Edit, EditPlace
from gradcheck.causes.edits.operators.windows import HEIGHT, NAMES_OF_STRIDES, WIDTH
from gradcheck.causes.setting_names import are_height_and_width, are_window_and_stride

UPSTREAM = re.compile(r"(d[a-z]+|grad\w*|g|gy|upstream)$")
"""Names for the upstream gradient."""

UPSTREAM_OF_A_STATE = re.compile(r"(dnext|dprev|dlast|dout|grad_out)_?\w*$")
"""Names for the upstream gradients of the states of a recurrent cell."""


def name_confusion(old: str, new: str, is_number: bool = True) -> tuple[str, str]:
    """Return the cause and the words of a name that stands for another.  is_number: whether the two are whole numbers;
    arrays of the names h and w are no sides of an image."""
    if UPSTREAM_OF_A_STATE.match(old) and UPSTREAM_OF_A_STATE.match(new):
        return "upstream-wrong", f"has `{old}` where `{new}` belongs"
    are_named = (HEIGHT.search(old) and WIDTH.search(new)) or (WIDTH.search(old) and HEIGHT.search(new))
    if is_number and (are_named or are_height_and_width(old, new)):
        return "height-width-exchanged", f"has `{old}` where `{new}` belongs"
    if "stride" in new.lower() or "stride" in old.lower() or are_window_and_stride(old, new):
        return "window-from-stride", f"has `{old}` where `{new}` belongs"
    return "wrong-variable", f"has `{old}` where `{new}` belongs"


def replace_name(place: EditPlace) -> Iterator[Edit]:
    """v → w, where both are arrays, whole numbers, other numbers, or functions of as many arguments; those of the same
    shape first."""
    node = place.node
    if not isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) or place.text not in place.seen:
        return
    if isinstance(place.parent, ast.Attribute) and place.parent.attr == "shape":
        return
    own = place.seen[place.text]
    kinds = {"array": ("array", "mask"), "mask": ("mask", "array"), "whole": ("whole",), "real": ("real",)}
    if own.kind == "function":
        alike = [t for t in place.list_seen("function") if place.seen[t].number == own.number]
        for text in alike if place.role == "function" else ():
            yield from place.replace(text, "wrong-function", f"calls `{place.text}` where `{text}` belongs")
        return
    stored = isinstance(getattr(node, "ctx", None), ast.Store)
    for text in place.list_seen(*kinds.get(own.kind, ())):
        if text != place.text and not (stored and not text.isidentifier()) and not stored:
            tier = 1 if place.seen[text].shape == own.shape else 2
            yield from place.replace(text, *name_confusion(place.text, text, own.kind == "whole"), tier)


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


def replace_number(place: EditPlace) -> Iterator[Edit]:
    """0.01 → v, for numbers v that the line knows."""
    node = place.node
    if not isinstance(node, ast.Constant) or type(node.value) not in (int, float) or place.role != "value":
        return
    if isinstance(place.parent, ast.BinOp) and isinstance(place.parent.op, ast.Pow):
        return
    for text in place.list_seen("real"):
        yield from place.replace(text, "setting-ignored", f"has `{place.text}` for `{text}`")


def replace_axis_of_shape(place: EditPlace) -> Iterator[Edit]:
    """x.shape[0] → x.shape[1], len(x) → x.shape[1], x.shape[0] → y.shape[0]."""
    node, words = place.node, "takes the length of another axis"
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
        for other in ("0", "1", "2", "3"):
            text = f"{place.read(node.value)}[{other}]"
            yield from place.replace(text, "wrong-count", words)
    if isinstance(node, ast.Attribute) and node.attr in ("size", "shape"):
        for other in place.list_seen("array"):
            yield from place.replace(f"{other}.{node.attr}", "wrong-count", words)
    is_length = isinstance(node, ast.Call) and place.text.startswith("len(")
    is_size = isinstance(node, ast.Attribute) and node.attr == "size"
    is_count = place.text in place.seen and place.seen[place.text].kind == "whole"
    is_shape = isinstance(node, ast.Subscript) and ".shape[" in place.text
    divisor = isinstance(place.parent, ast.BinOp) and isinstance(place.parent.op, (ast.Div, ast.Mult))
    if is_length or is_size or ((is_count or is_shape) and divisor):
        for text in place.lengths:
            yield from place.replace(text, "wrong-count", "counts the wrong elements", 1 if divisor else 2)
    if is_count and divisor:
        wholes = place.list_seen("whole")
        for text in wholes:
            yield from place.replace(f"{place.text} * {text}", "wrong-count", "counts too few elements", 2)
            if place.seen[text].number > 0 and place.seen[place.text].number % place.seen[text].number == 0:
                part = f"{place.text} // {text}"
                yield from place.replace(part, "wrong-count", f"counts `{place.text}` for `{part}`", 2)
