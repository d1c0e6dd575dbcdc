"""Edits of factors: lengths, slopes, masks, settings, numbers, powers and roots."""

import ast
import re
from collections.abc import Iterator

from gradcheck.causes.edits.edit import ATOM, PRODUCT, SUM, UNARY, Edit, Place
from gradcheck.causes.edits.places import get_subject, is_method_call, name_callee

PENALTIES = re.compile(r"(^|[\W_])(reg|lam|lambd|lambda_|decay|l2|wd)([\W_]|$)", re.IGNORECASE)
"""Names of the weight of a regularisation."""
SCALES = ("2", "0.5", "3", "4")


def is_factor_place(place: Place) -> bool:
    """Whether a factor may be put onto a place: a whole value, a term, an operand of a matrix product, the subject of a
    call; not each factor of a product."""
    node, parent = place.node, place.parent
    if isinstance(node, (ast.Constant, ast.Tuple, ast.List, ast.keyword, ast.Compare, ast.Slice, ast.UnaryOp)):
        return False
    if place.role == "whole":
        return True
    if place.role != "value":
        return False
    if isinstance(parent, ast.BinOp):
        sums = isinstance(parent.op, (ast.Add, ast.Sub, ast.MatMult))
        return sums or (isinstance(parent.op, ast.Div) and isinstance(node, ast.Name) and node is parent.right)
    if isinstance(parent, ast.Call):
        return node in parent.args
    method = isinstance(parent, ast.Attribute) and parent.attr not in ("T", "shape", "size", "ndim", "dtype")
    return method and not isinstance(node, ast.Name | ast.Attribute) or (method and is_array_name(place))


def is_array_name(place: Place) -> bool:
    """Whether a place is the name of an array."""
    seen = place.seen.get(place.text)
    return seen is not None and seen.kind == "array"


def multiply_by_length(place: Place) -> Iterator[Edit]:
    """g → g / n and g * n, for all lengths and whole numbers that the line knows."""
    if not is_factor_place(place):
        return
    body = place.read(place.node, PRODUCT)
    for length in place.lengths:
        tier = 1 if place.role == "whole" else 2
        missing = "lacks the division by the number of elements"
        yield from place.replace(f"{body} / {length}", "multiplied-by-length", missing, tier)
        yield from place.replace(f"{body} * {length}", "divided-by-length", "divides by a length", tier + 1)


def multiply_by_number(place: Place) -> Iterator[Edit]:
    """g → 2 g and the like."""
    if is_factor_place(place):
        body = place.read(place.node, PRODUCT)
        for scale in SCALES:
            penalty = is_penalty(body)
            cause = "regularisation-half" if penalty and scale == "2" else "constant-factor"
            words = "has a part of the gradient of the regularisation" if penalty else "lacks a constant factor"
            yield from place.replace(f"{scale} * {body}", cause, words)


def remove_factors(place: Place) -> Iterator[Edit]:
    """a b → a or b, a / b → a or 1 / b, a^b → a, f(a) → a."""
    node = place.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div, ast.FloorDiv, ast.MatMult)):
        divided = isinstance(node.op, ast.Div)
        cause = "divided-by-length" if divided and is_length(place, node.right) else "factor-extra"
        words = "divides by a length" if cause == "divided-by-length" else "has a factor too many"
        yield from place.replace(place.read(node.left), cause, words)
        yield from place.replace(f"1 / {place.read(node.right, UNARY)}" if divided else place.read(node.right),
                                 "factor-extra", "has a factor too many")  # fmt: skip
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        yield from place.replace(place.read(node.left), "power", "has a wrong power")


def is_penalty(text: str) -> bool:
    """Whether a text speaks of the weight of a regularisation."""
    return PENALTIES.search(text) is not None


def is_length(place: Place, node: ast.AST) -> bool:
    """Whether an expression is the length of an axis or a count of elements."""
    text = place.read(node)
    seen = place.seen.get(text)
    return ".shape" in text or ".size" in text or text.startswith("len(") or (seen is not None and seen.kind == "whole")


def multiply_by_seen(place: Place) -> Iterator[Edit]:
    """g → g v, g / v, and g times a slope or a mask made of v, for every value v that the line knows."""
    if not is_factor_place(place):
        return
    body = place.read(place.node, PRODUCT)
    for text in place.list_seen("array", "mask", "real"):
        cause = "mask-missing" if place.seen[text].kind == "mask" else "factor-missing"
        first = 2 if place.role == "whole" or place.seen[text].kind == "mask" else 3
        words = f"lacks the factor `{text}`"
        yield from place.replace(f"{body} * {text}", cause, words, first)
        if place.seen[text].kind == "mask":
            continue
        yield from place.replace(f"{body} / {text}", "factor-missing", f"lacks the division by `{text}`", first)
        yield from place.replace(
            f"{body} * (1 - {text})", "factor-missing", f"lacks the factor `1 - {text}`", first + 1
        )
        if place.seen[text].kind == "array":
            yield from multiply_by_slopes(place, body, text, first + 1)


def multiply_by_slopes(place: Place, body: str, text: str, tier: int) -> Iterator[Edit]:
    """g → g times the slope of an activation, or a mask, made of an array; and times the array along another axis."""
    for factor in (f"(1 - {text} ** 2)", f"{text} * (1 - {text})"):
        yield from place.replace(f"{body} * {factor}", "slope-missing", "lacks the slope of the activation", tier)
    for factor in (f"({text} > 0)", f"({text} != 0)"):
        yield from place.replace(f"{body} * {factor}", "mask-missing", f"lacks the mask of `{text}`", tier)
    words = f"lacks the factor `{text}`"
    for factor in (f"{text}[:, None]", f"{text}[..., None]", f"{text} ** 2"):
        yield from place.replace(f"{body} * {factor}", "factor-missing", words, tier + 1)
    yield from place.replace(f"{body} * {text} * {text.rstrip()} ** 2", "factor-missing", words, tier + 2)


def change_powers(place: Place) -> Iterator[Edit]:
    """v^n → v^(n ± 1), v → v², v^-3 / 2 → v^(-3 / 2), √v ↔ v."""
    node, words = place.node, "has a wrong power"
    if place.role not in ("whole", "value"):
        return
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        base, power = place.read(node.left), place.read(node.right, SUM)
        for other in (f"({power} - 1)", f"({power} + 1)", f"-{place.read(node.right, UNARY)}"):
            yield from place.replace(f"{base} ** {other}", "power", words)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        power = node.left
        if isinstance(power, ast.BinOp) and isinstance(power.op, ast.Pow):
            exponent = f"({place.read(power.right)} / {place.read(node.right)})"
            text = f"{place.read(power.left)} ** {exponent}"
            yield from place.replace(text, "power", "divides the power and not the exponent")
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and place.text in place.seen:
        kind = place.seen[place.text].kind
        if kind in ("array", "real") and not isinstance(place.parent, (ast.Attribute, ast.Subscript)):
            for power in ("2", "3", "0.5"):
                yield from place.replace(f"{place.text} ** {power}", "power", words, 2)
            yield from place.replace(f"1 / {place.text}", "product-for-quotient", "has a factor for a divisor", 2)


def change_roots(place: Place) -> Iterator[Edit]:
    """√a + eps ↔ √(a + eps), v → √(v + eps), and v + eps for v."""
    node, parent = place.node, place.parent
    settings = [t for t in place.list_seen("real") if 0 < abs(place.seen[t].number) < 1]
    if place.role not in ("whole", "value") or not settings:
        return
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and name_callee(node.left) == "sqrt":
        call = node.left
        if isinstance(call, ast.Call) and call.args:
            text = f"{place.read(call.func)}({place.read(call.args[0])} + {place.read(node.right)})"
            yield from place.replace(text, "eps-misplaced", "adds eps outside the root")
    if isinstance(node, ast.Call) and node.args and name_callee(node) == "sqrt":
        inner = node.args[0]
        if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add):
            text = f"{place.read(node.func)}({place.read(inner.left)}) + {place.read(inner.right)}"
            yield from place.replace(text, "eps-misplaced", "adds eps inside the root")
        for eps in settings:
            yield from place.replace(
                f"{place.read(node.func)}({place.read(inner)} + {eps})", "eps-missing", "lacks eps"
            )
    is_value = place.text in place.seen and place.seen[place.text].kind in ("array", "real")
    if is_value and not isinstance(parent, (ast.Attribute, ast.Subscript)):
        for eps in settings:
            if eps != place.text:
                yield from place.replace(f"({place.text} + {eps})", "eps-missing", "lacks eps", 2)
                root = f"{place.numpy}.sqrt({place.text} + {eps})"
                if place.numpy:
                    yield from place.replace(root, "root-missing", "lacks the root", 3)
    if is_value and place.numpy and not isinstance(parent, (ast.Attribute, ast.Subscript)):
        yield from place.replace(f"{place.numpy}.sqrt({place.text})", "root-missing", "lacks the root", 2)


def remove_function(place: Place) -> Iterator[Edit]:
    """f(a) → a."""
    node = place.node
    if not isinstance(node, ast.Call) or place.role not in ("whole", "value", "test"):
        return
    subject = get_subject(node, place.seen)
    if subject is None or len(node.args) > 1 or name_callee(node) in ("copy", "len", "zeros", "zeros_like", "int"):
        return
    low = name_callee(node) in ("astype", "float32", "float16")
    cause = ("low-precision", "rounds to a lower precision") if low else ("wrong-function", "has a function too many")
    if is_method_call(node, place.seen) or not place.read(node.func).endswith(("sum", "mean")):
        body = place.read(subject, ATOM) if isinstance(place.parent, ast.Attribute) else place.read(subject)
        yield from place.replace(body, *cause)
