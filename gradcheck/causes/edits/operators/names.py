"""Edits that put another value of the same kind in the place of a name."""

import ast
import re
from collections.abc import Iterator

from gradcheck.causes.edits.activations import adds_eps, is_activation_of, is_eps
from gradcheck.causes.edits.edit import Edit, EditPlace
from gradcheck.causes.edits.operators.windows import HEIGHT, WIDTH
from gradcheck.causes.edits.places import is_within_subscript
from gradcheck.causes.setting_names import are_height_and_width, are_window_and_stride

UPSTREAM_OF_A_STATE = re.compile(r"(dnext|dprev|dlast|dout|grad_out)_?\w*$")
"""Names for the upstream gradients of the states of a recurrent cell."""


def name_at_place(place: EditPlace, new: str) -> tuple[str, str]:
    """Return the cause and the words of a name that stands for another at a place: an index, the value of an activation
    or what it is given, or else another variable."""
    old = place.text
    name, words = name_confusion(old, new, place.seen[old].kind == "whole" if old in place.seen else False)
    if name != "wrong-variable":
        return name, words
    if is_within_subscript(place) or are_elements_of_one_array(place, new):
        return "wrong-index", words
    tree = place.source.tree
    if is_activation_of(tree, old, new) or is_activation_of(tree, new, old):
        return "slope-at-output", f"takes the slope at `{old}` where `{new}` belongs"
    return name, words


def are_elements_of_one_array(place: EditPlace, new: str) -> bool:
    """Whether a place and another text are elements of the same array."""
    (one, _, index), (other, _, _) = place.text.partition("["), new.partition("[")
    return bool(index) and one == other and one in place.list_seen("array")


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
            yield from place.replace(text, *name_at_place(place, text), tier)


def replace_name_everywhere(place: EditPlace) -> Iterator[Edit]:
    """v (1 - v) → w (1 - w): an array that a statement uses several times, by another one of its shape."""
    if place.role != "whole":
        return
    text = place.text
    for old in place.list_seen("array"):
        uses = rf"(?<![\w.]){re.escape(old)}(?![\w.\[(])"
        for new in place.list_seen("array") if len(re.findall(uses, text)) > 1 else ():
            if new != old and place.seen[new].shape == place.seen[old].shape:
                is_slope = is_activation_of(place.source.tree, new, old) or is_activation_of(
                    place.source.tree, old, new
                )
                words = f"takes the slope at `{old}` where `{new}` belongs"
                cause = ("slope-at-output", words) if is_slope else name_confusion(old, new)
                yield from place.replace(re.sub(uses, new, text), *cause, 1 if is_slope else 3)


def use_root_with_eps(place: EditPlace) -> Iterator[Edit]:
    """a / Σ v² → a / n², for a norm n that has eps in it."""
    node, parent = place.node, place.parent
    is_divisor = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Div) and node is parent.right
    if not is_divisor or place.text in place.seen or isinstance(node, ast.Constant):
        return
    has_eps, has_root = any(map(is_eps, ast.walk(node))), "sqrt" in place.text
    for text in place.list_seen("array") if has_root or not has_eps else ():
        if adds_eps(place.source.tree, text) and text not in place.text:
            name = "eps-misplaced" if has_eps else "eps-missing"
            words = f"divides {'with eps in another place than' if has_eps else 'without the eps that is'} in `{text}`"
            for power in (f"{text} ** 2", text):
                yield from place.replace(power, name, words)


def replace_number(place: EditPlace) -> Iterator[Edit]:
    """0.01 → v, for numbers v that the line knows."""
    node = place.node
    if not isinstance(node, ast.Constant) or type(node.value) not in (int, float) or place.role != "value":
        return
    if isinstance(place.parent, ast.BinOp) and isinstance(place.parent.op, ast.Pow):
        return
    for text in place.list_seen("real"):
        yield from place.replace(text, "setting-ignored", f"has `{place.text}` for `{text}`")
