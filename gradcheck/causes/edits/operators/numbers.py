"""Edits of numbers."""

import ast
import math
from collections.abc import Iterator
from typing import Any

from gradcheck.causes.edits.edit import UNARY, Edit, EditPlace
from gradcheck.causes.edits.places import name_callee

LARGEST_INEXACT = 0.01
"""By how much a number may differ from the known one for which it stands."""


def change_number(place: EditPlace) -> Iterator[Edit]:
    """n → n ± 1, -n, 2 n, n / 2, 1 / n, for constants; in an index the neighbours alone."""
    node = place.node
    if (
        not isinstance(node, ast.Constant)
        or type(node.value) not in (int, float)
        or place.role in ("axis", "statement")
    ):
        return
    value: Any = node.value
    power = is_exponent(place)
    compared = isinstance(place.parent, ast.Compare) and isinstance(value, int)
    steps = place.role == "index" or is_diagonal(place) or compared
    cause = "off-by-one" if steps else "power" if power else "constant-factor"
    words = {
        "off-by-one": "is off by one in an index" if not compared else "compares with a number that is off by one",
        "power": "has a wrong power",
    }.get(cause, "has a wrong number")
    factor = isinstance(place.parent, ast.BinOp) and isinstance(place.parent.op, (ast.Mult, ast.Div))
    for other in list_near_numbers(value, place.role == "index"):
        if factor and (other == 1 or (other == 0 and place.role != "index")):
            continue  # without the factor it says the same
        text = f"{other:g}" if isinstance(other, float) else str(other)
        inverse = factor and value > 1 and other * value == 1  # a divisor for a factor says it better
        negated = cause == "constant-factor" and other == -value
        said = ("sign", "has the wrong sign") if negated else (cause, words)
        yield from place.replace(text, *said, 2 if inverse or compared else 1)
    if isinstance(value, int) and value > 1 and place.role != "index":
        yield from place.replace(f"1 / {value}", cause, words, 2 if factor else 1)


def is_diagonal(place: EditPlace) -> bool:
    """Whether a number says from which diagonal on a triangle is kept."""
    calls = (node for node in ast.walk(place.statement) if name_callee(node) in ("tril", "triu", "eye"))
    parts = (part for call in calls for part in getattr(call, "args", [])[1:])
    return any(place.node in ast.walk(part) for part in parts)


def is_exponent(place: EditPlace) -> bool:
    """Whether a place is an exponent, or its number without the sign."""
    powers = (n for n in ast.walk(place.statement) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Pow))
    exponents = [power.right for power in powers]
    return any(place.node is e or (isinstance(e, ast.UnaryOp) and place.node is e.operand) for e in exponents)


def list_near_numbers(value: Any, near: bool) -> list[float]:
    """List the numbers that one, whole or real, may stand for; near: the neighbours alone."""
    if near:
        return [value + 1, value - 1]
    doubled = [2 * value, value / 2, -value, 1 - value]
    others = [value + 1, value - 1, *doubled] if isinstance(value, int) else [*doubled, 1 / value if value else 1.0]
    return list(dict.fromkeys(int(n) if n == int(n) else n for n in others if n != value))


def complement(place: EditPlace) -> Iterator[Edit]:
    """1 - v ↔ v."""
    node = place.node
    if place.role not in ("whole", "value", "test"):
        return
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and ast.unparse(node.left) in ("1", "1.0"):
        right = place.read(node.right)
        yield from place.replace(right, "complement", f"has `{place.text}` for `{right}`")
    own = place.seen.get(place.text)
    if own is not None and own.kind in ("array", "real", "mask") and isinstance(place.parent, (ast.BinOp, ast.Compare)):
        tier = 1 if own.kind == "real" else 2
        text = f"1 - {place.read(node, UNARY)}"
        yield from place.replace(text, "complement", f"has `{place.text}` for `{text}`", tier)


def use_exact_number(place: EditPlace) -> Iterator[Edit]:
    """0.04715 → 0.044715, 3.14 → np.pi: a number that is nearly one from another line, or nearly a known one."""
    node = place.node
    if not isinstance(node, ast.Constant) or type(node.value) is not float or place.role not in ("whole", "value"):
        return
    inside = set(ast.walk(place.statement))
    others = [n for n in ast.walk(place.source.tree) if isinstance(n, ast.Constant) and n not in inside]
    near = [n for n in others if type(n.value) is float and n.value != node.value and is_near(n.value, node.value)]
    for text in dict.fromkeys(map(place.source.read, near)):
        yield from place.replace(text, "constant-factor", f"has `{place.text}` where `{text}` stands elsewhere")
    for name, exact in (("pi", math.pi), ("e", math.e)):
        if place.numpy and exact != node.value and abs(exact - node.value) <= LARGEST_INEXACT:
            text = f"{place.numpy}.{name}"
            yield from place.replace(text, "constant-factor", f"has `{place.text}`, which is not exact, for `{text}`")


def is_near(one: float, other: float) -> bool:
    """Whether two numbers have one sign and differ by less than a factor of two."""
    return one * other > 0 and max(abs(one), abs(other)) < 2 * min(abs(one), abs(other))
