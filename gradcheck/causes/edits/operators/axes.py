"""Edits of sums, means, axes, shapes and transposes."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, permutations

from gradcheck.causes.edits.edit import ATOM, Edit, EditPlace
from gradcheck.causes.edits.places import REDUCTIONS, get_subject, is_method_call, name_callee
from gradcheck.causes.setting_names import are_height_and_width

SINGLE_AXES = ("0", "1", "2", "-1")
SEVERAL_AXES = ("(0, 1)", "(1, 2)", "(0, 2)", "(0, 2, 3)", "(0, 1, 2)", "(2, 3)", "(1, 2, 3)")
MOST_PERMUTED = 4
"""Axes up to which all orders are tried."""
JOINING = ("concatenate", "hstack", "vstack", "stack", "column_stack", "block")
"""Functions that join arrays."""
TRANSPOSING = ("transpose", "swapaxes", "moveaxis")


def read_constant_axes(node: ast.AST | None) -> tuple[int, ...] | None:
    """Return the axes that a constant stands for; None for anything else."""
    try:
        value = ast.literal_eval(node) if isinstance(node, ast.expr) else None
    except (ValueError, TypeError):
        return None
    axes = value if isinstance(value, tuple) else (value,)
    return axes if all(type(axis) is int for axis in axes) else None


def change_axis(place: EditPlace) -> Iterator[Edit]:
    """axis=0 → axis=1; of several axes one is left out, or one more is added."""
    if place.role != "axis" or isinstance(place.node, ast.keyword):
        return
    axes, words = read_constant_axes(place.node), "works along the wrong axis"
    if axes is None:
        return
    for other in (*SINGLE_AXES, "-2", "3"):
        if int(other) not in axes or len(axes) > 1:
            yield from place.replace(other, "sum-wrong-axis", words)
    for several in SEVERAL_AXES:
        if several != str(axes):
            yield from place.replace(several, "sum-missing" if len(axes) == 1 else "sum-wrong-axis", words)


def change_reduction(place: EditPlace) -> Iterator[Edit]:
    """sum ↔ mean ↔ max; axis and keepdims added, changed or removed; Σ a → a."""
    node, name = place.node, name_callee(place.node)
    if name not in REDUCTIONS or not isinstance(node, ast.Call) or place.role == "index":
        return
    subject = get_subject(node, place.seen)
    if subject is None:
        return
    for other, cause in (("sum", "divided-by-length"), ("mean", "multiplied-by-length"), ("max", "wrong-function")):
        if other != name and isinstance(node.func, ast.Attribute):
            words = f"takes the {name} for the {other}"
            rest = place.source.cut((node.func.end_lineno or 0, node.func.end_col_offset or 0), find_call_end(node))
            yield from place.replace(f"{place.read(node.func.value, ATOM)}.{other}{rest}", cause, words)
    yield from place.replace(place.read(subject), "sum-extra", f"takes a {name} too many")
    yield from change_arguments(place, node, name)


def find_call_end(node: ast.Call) -> tuple[int, int]:
    """Return the position behind a call."""
    return node.end_lineno or 0, node.end_col_offset or 0


def change_arguments(place: EditPlace, node: ast.Call, name: str) -> Iterator[Edit]:
    """Add, change or remove the axis and keepdims of a reduction."""
    call = ReductionCall.read(place, node)
    keywords, over_all = call.keywords, f"takes the {name} over all axes"
    if keywords.get("keepdims") == "True":
        yield from place.replace(call.write(keepdims=None), "keepdims", "keeps an axis of length one")
    if not call.has_axis:
        for axis in (*SINGLE_AXES, *SEVERAL_AXES):
            yield from place.replace(call.write(axis=axis), "sum-extra", over_all)
            yield from place.replace(call.write(axis=axis, keepdims="True"), "sum-extra", over_all, 2)
        return
    if "keepdims" not in keywords:
        yield from place.replace(call.write(keepdims="True"), "keepdims", "drops an axis of length one")
        for axis in SINGLE_AXES:
            text = call.write(axis=axis, keepdims="True")
            yield from place.replace(text, "sum-wrong-axis", "works along the wrong axis", 2)
    text = call.write(axis=None, keepdims=None)
    yield from place.replace(text, "sum-missing", f"takes the {name} along an axis only")


@dataclass(frozen=True)
class ReductionCall:
    """A call of a sum or the like.  subject: the text of the array, "" for a method.  axis: that of the argument behind
    it, "" without one."""

    head: str
    subject: str
    axis: str
    keywords: Mapping[str, str]

    @classmethod
    def read(cls, place: EditPlace, node: ast.Call) -> "ReductionCall":
        """Read a call."""
        given = [place.read(argument) for argument in node.args]
        keywords = {keyword.arg: place.read(keyword.value) for keyword in node.keywords if keyword.arg}
        subject = "" if is_method_call(node, place.seen) or not given else given.pop(0)
        return cls(place.read(node.func), subject, given[0] if given else "", keywords)

    @property
    def has_axis(self) -> bool:
        """Whether it names an axis."""
        return bool(self.axis or "axis" in self.keywords)

    def write(self, **changed: str | None) -> str:
        """Return the text of the call with other keywords; None removes one."""
        axis = {"axis": self.axis} if self.axis and "axis" in changed else {}
        keywords = {**axis, **self.keywords, **changed}
        given = [part for part in (self.subject, "" if "axis" in changed else self.axis) if part]
        return f"{self.head}({', '.join([*given, *(f'{k}={v}' for k, v in keywords.items() if v is not None)])})"


def add_sum(place: EditPlace) -> Iterator[Edit]:
    """g → Σ g over an axis, or over several."""
    if place.role != "whole" or isinstance(place.node, (ast.Constant, ast.Compare)):
        return
    body, words = place.read(place.node, ATOM), "is not summed over the axes along which forward broadcast it"
    for axis in SINGLE_AXES[:2] + SINGLE_AXES[3:]:
        yield from place.replace(f"{body}.sum(axis={axis})", "sum-missing", words)
        yield from place.replace(f"{body}.sum(axis={axis}, keepdims=True)", "sum-missing", words)
    yield from place.replace(f"{body}.sum()", "sum-missing", words)
    for axis in (text for text in place.seen if "ax" in text.lower() and place.seen[text].kind in ("whole", "row")):
        yield from place.replace(f"{body}.sum(axis={axis})", "sum-missing", words)
        yield from place.replace(f"{body}.sum(axis={axis}, keepdims=True)", "sum-missing", words)
    for axes in SEVERAL_AXES:
        yield from place.replace(f"{body}.sum(axis={axes})", "sum-missing", words, 2)
        yield from place.replace(f"{body}.sum(axis={axes}, keepdims=True)", "sum-missing", words, 2)


def add_reshape(place: EditPlace) -> Iterator[Edit]:
    """g → g in the shape of an array, and Σ g over the first axis in that shape."""
    if place.role != "whole" or isinstance(place.node, ast.Constant):
        return
    body = place.read(place.node, ATOM)
    for other in place.list_seen("array"):
        yield from place.replace(f"{body}.reshape({other}.shape)", "keepdims", "has another shape than its input", 2)
        summed = f"{body}.sum(axis=0).reshape({other}.shape)"
        yield from place.replace(summed, "sum-missing", "is not summed over the first axis", 3)


def change_transposes(place: EditPlace) -> Iterator[Edit]:
    """a.T ↔ a, for operands, whole values, arguments and receivers; and so for swapaxes of the last two."""
    node, words = place.node, "has a transpose too many"
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield from place.replace(place.read(node.value), "transposed", words)
    if name_callee(node) in TRANSPOSING and isinstance(node, ast.Call):
        subject = get_subject(node, place.seen)
        if subject is not None:
            yield from place.replace(place.read(subject), "transposed", words)
    if place.role in ("whole", "value") and is_operand(place) and not is_transposed(node):
        body = place.read(node, ATOM)
        yield from place.replace(f"{body}.T", "transposed", "lacks a transpose")
        yield from place.replace(f"{body}.swapaxes(-1, -2)", "transposed", "lacks a transpose of the last two axes", 2)


def is_operand(place: EditPlace) -> bool:
    """Whether a place is an operand of a product, a whole value, an argument or a receiver."""
    parent = place.parent
    product = isinstance(parent, ast.BinOp) and isinstance(parent.op, (ast.MatMult, ast.Mult))
    called = isinstance(parent, ast.Call) and place.node in parent.args
    received = isinstance(parent, ast.Attribute) and parent.attr in ("dot", "reshape")
    return place.role == "whole" or product or called or received


def is_transposed(node: ast.AST) -> bool:
    """Whether an expression is a transpose, or none may be taken of it."""
    transposed = isinstance(node, ast.Attribute) and node.attr == "T"
    return transposed or name_callee(node) in TRANSPOSING or isinstance(node, (ast.Constant, ast.Tuple, ast.List))


def permute_axes(place: EditPlace) -> Iterator[Edit]:
    """transpose(0, 2, 1) → transpose(1, 2, 0): all orders of a few axes, or of the arguments of reshape."""
    node, name = place.node, name_callee(place.node)
    if not isinstance(node, ast.Call) or name not in ("transpose", "reshape", "swapaxes"):
        return
    method = is_method_call(node, place.seen)
    arguments = node.args if method else node.args[1:]
    tuples = len(arguments) == 1 and isinstance(arguments[0], ast.Tuple)
    axes = arguments[0].elts if tuples and isinstance(arguments[0], ast.Tuple) else arguments
    if len(axes) < 2:
        return
    head, texts = [] if method else [place.read(node.args[0])], [place.read(axis) for axis in axes]
    cause = "axes-permuted"
    is_short = len(axes) <= MOST_PERMUTED + (name == "transpose")
    orders = permutations(texts) if is_short else list_swapped_orders(texts)
    for order in combinations("0123", 2) if name == "swapaxes" else orders:
        inner = ", ".join(order)
        rest = [f"({inner})"] if tuples else [inner]
        text = f"{place.read(node.func)}({', '.join([*head, *rest])})"
        moved = [a for a, b in zip(texts, order, strict=False) if a != b]
        are_sides = len(moved) == 2 and are_height_and_width(*moved)
        yield from place.replace(text, "height-width-exchanged" if are_sides else cause, "has axes in another order")


def exchange_parts(place: EditPlace) -> Iterator[Edit]:
    """concatenate([a, b, c]) → concatenate([b, a, c]): two parts, or all of a few in another order."""
    node = place.node
    parts = node.args[0] if isinstance(node, ast.Call) and node.args else None
    if name_callee(node) not in JOINING or not isinstance(parts, (ast.List, ast.Tuple)) or len(parts.elts) < 2:
        return
    texts = [place.read(part) for part in parts.elts]
    swapped = [*list_swapped_orders(texts)]
    others = permutations(texts) if 3 <= len(texts) <= MOST_PERMUTED else ()
    for order in (*swapped, *(order for order in others if order not in swapped)):
        text = place.text.replace(place.read(parts), place.read(parts).replace(", ".join(texts), ", ".join(order)))
        yield from place.replace(text, "gates-exchanged", "joins its parts in another order", order not in swapped)


def list_swapped_orders(texts: list[str]) -> Iterator[tuple[str, ...]]:
    """Yield the orders in which two of some texts are exchanged."""
    for i, j in combinations(range(len(texts)), 2):
        yield tuple(texts[{i: j, j: i}.get(k, k)] for k in range(len(texts)))


def add_transpose(place: EditPlace) -> Iterator[Edit]:
    """g → g.transpose(0, 2, 1): of an array of three or four axes that is a whole value, or is given another shape."""
    received = isinstance(place.parent, ast.Attribute) and place.parent.attr == "reshape"
    argument = name_callee(place.parent) == "reshape" and place.role == "value"
    own = place.seen.get(place.text)
    if own is None or own.kind != "array" or not (place.role == "whole" or received or argument):
        return
    rank = len(own.shape)
    for order in permutations(map(str, range(rank))) if 3 <= rank <= MOST_PERMUTED else ():
        text = f"{place.text}.transpose({', '.join(order)})"
        if list(order) != sorted(order):
            tier = 1 if received or argument else 2
            yield from place.replace(text, "axes-permuted", "lacks a transpose", tier)
