"""Edits of powers and roots."""

import ast
from collections.abc import Iterator, Sequence

from gradcheck.causes.edits.activations import is_eps
from gradcheck.causes.edits.edit import ATOM, PRODUCT, SUM, UNARY, Edit, EditPlace
from gradcheck.causes.edits.places import name_callee


def change_powers(place: EditPlace) -> Iterator[Edit]:
    """v^n → v^(n ± 1), v → v², v^-3 / 2 → v^(-3 / 2), √v ↔ v."""
    node, words = place.node, "has a wrong power"
    if place.role not in ("whole", "value"):
        return
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        base, power = place.read(node.left), place.read(node.right, SUM)
        for other in (f"({power} - 1)", f"({power} + 1)", f"-{place.read(node.right, UNARY)}"):
            yield from place.replace(f"{base} ** {other}", "power", words)
        if isinstance(node.left, ast.BinOp) and isinstance(node.left.op, (ast.Add, ast.Sub)):
            sign, right = "+" if isinstance(node.left.op, ast.Add) else "-", place.read(node.left.right, ATOM)
            text = f"{place.read(node.left.left)} {sign} {right} ** {place.read(node.right, UNARY)}"
            yield from place.replace(text, "power", "takes the power of a sum, and not of its last term")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        head, left = split_product(place, node.left)
        if isinstance(left, ast.BinOp) and isinstance(left.op, ast.Pow):
            text = f"{head}{place.read(left.left, ATOM)} ** ({place.read(left.right)} / {place.read(node.right)})"
            yield from place.replace(text, "power", "divides the power and not the exponent")
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and place.text in place.seen:
        kind = place.seen[place.text].kind
        if kind in ("array", "real") and not isinstance(place.parent, (ast.Attribute, ast.Subscript)):
            for power in ("2", "3"):
                yield from place.replace(f"{place.text} ** {power}", "power", words, 2)
            yield from place.replace(f"{place.text} ** 0.5", "root-missing", "lacks the root", 2)
            yield from place.replace(f"1 / {place.text}", "product-for-quotient", "has a factor for a divisor", 2)


def split_product(place: EditPlace, node: ast.expr) -> tuple[str, ast.expr]:
    """Return the text of a product before its last factor, and this one."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return f"{place.read(node.left)} * ", node.right
    return "", node


def change_roots(place: EditPlace) -> Iterator[Edit]:
    """√a + eps ↔ √(a + eps), v → √(v + eps), v + eps for v, and v → √v."""
    if place.role not in ("whole", "value"):
        return
    settings = [t for t in place.list_seen("real") if 0 < abs(place.seen[t].number) < 1]
    if settings:
        yield from move_eps(place, settings)
    yield from take_root_of_sum(place)
    kind = place.seen[place.text].kind if place.text in place.seen else ""
    inside = isinstance(place.parent, (ast.Attribute, ast.Subscript))
    if kind in ("array", "real") and not inside:
        yield from add_eps(place, [eps for eps in settings if eps != place.text])
    is_factor = isinstance(place.parent, ast.BinOp) and isinstance(place.parent.op, (ast.Mult, ast.Div))
    if place.numpy and not inside and (kind in ("array", "real") or (kind == "whole" and is_factor)):
        root = f"{place.numpy}.sqrt({place.text})"
        yield from place.replace(root, "root-missing", "lacks the root", 1 if kind == "whole" else 2)


def take_root_of_sum(place: EditPlace) -> Iterator[Edit]:
    """v + eps → √(v + eps), where it is no root already."""
    node = place.node
    is_sum = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and is_eps(node.right)
    if is_sum and place.numpy and name_callee(place.parent) != "sqrt" and not is_power(place.parent):
        yield from place.replace(f"{place.numpy}.sqrt({place.text})", "root-missing", "lacks the root")


def is_power(node: ast.AST) -> bool:
    """Whether an expression is a power."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)


def move_eps(place: EditPlace, settings: Sequence[str]) -> Iterator[Edit]:
    """√a + eps ↔ √(a + eps), √a → √(a + eps), 1 / √a + eps → 1 / √(a + eps), and r + eps → √(r² + eps), where r may be
    a root."""
    node = place.node
    if place.numpy and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        norm, eps = place.read(node.left), place.read(node.right)
        if eps in settings and norm in place.list_seen("array"):
            text = f"{place.numpy}.sqrt({norm} ** 2 + {eps})"
            yield from place.replace(text, "eps-misplaced", "adds eps outside the root", 2)
    if place.role == "whole" and isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.MatMult)):
        for eps in settings:
            yield from place.replace(f"{place.text} + {eps}", "eps-missing", f"lacks `{eps}`", 2)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and name_callee(node.left) == "sqrt":
        call = node.left
        if isinstance(call, ast.Call) and call.args:
            text = f"{place.read(call.func)}({place.read(call.args[0])} + {place.read(node.right)})"
            yield from place.replace(text, "eps-misplaced", "adds eps outside the root")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and isinstance(node.left, ast.BinOp):
        quotient, root = node.left, node.left.right
        if (
            isinstance(quotient.op, ast.Div)
            and isinstance(root, ast.Call)
            and name_callee(root) == "sqrt"
            and root.args
        ):
            inside = f"{place.read(root.func)}({place.read(root.args[0])} + {place.read(node.right)})"
            text = f"{place.read(quotient.left, PRODUCT)} / {inside}"
            yield from place.replace(text, "eps-misplaced", "adds eps behind the quotient")
    if isinstance(node, ast.Call) and node.args and name_callee(node) == "sqrt":
        inner = node.args[0]
        if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add):
            text = f"{place.read(node.func)}({place.read(inner.left)}) + {place.read(inner.right)}"
            yield from place.replace(text, "eps-misplaced", "adds eps inside the root")
        for eps in settings:
            text = f"{place.read(node.func)}({place.read(inner)} + {eps})"
            yield from place.replace(text, "eps-missing", f"lacks `{eps}`")


def add_eps(place: EditPlace, settings: Sequence[str]) -> Iterator[Edit]:
    """v → v + eps, and v → √(v + eps)."""
    for eps in settings:
        yield from place.replace(f"{place.text} + {eps}", "eps-missing", f"lacks `{eps}`", 2)
        if place.numpy:
            root = f"{place.numpy}.sqrt({place.text} + {eps})"
            yield from place.replace(root, "root-missing", "lacks the root", 3)
