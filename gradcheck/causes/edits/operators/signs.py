"""Edits of signs, terms and the order of operands."""

import ast
from collections.abc import Iterator

from gradcheck.causes.edits.edit import ATOM, PRODUCT, SUM, UNARY, Edit, EditPlace

OPERATOR_SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.MatMult: "@",
}


def exchange_signs(place: EditPlace) -> Iterator[Edit]:
    """a + b ↔ a - b, a += b ↔ a -= b, -a → a."""
    node = place.node
    words = "has the wrong sign before a term"
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        sign, other = ("-", SUM + 1) if isinstance(node.op, ast.Add) else ("+", SUM)
        name = "off-by-one" if place.role == "index" else "term-sign"
        said = "is off in an index" if place.role == "index" else words
        yield from place.replace(f"{place.read(node.left)} {sign} {place.read(node.right, other)}", name, said)
    if isinstance(node, ast.AugAssign) and isinstance(node.op, (ast.Add, ast.Sub)):
        sign = "-" if isinstance(node.op, ast.Add) else "+"
        text = f"{place.read(node.target)} {sign}= {place.read(node.value)}"
        yield from place.replace(text, "term-sign", words)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        yield from place.replace(place.read(node.operand), "sign", "has the wrong sign")


def negate_whole(place: EditPlace) -> Iterator[Edit]:
    """g → -g."""
    if place.role == "whole" and not isinstance(place.node, ast.UnaryOp):
        yield from place.replace(f"-{place.read(place.node, UNARY)}", "sign", "has the wrong sign")


def remove_terms(place: EditPlace) -> Iterator[Edit]:
    """a + b → a or b, a - b → a or -b."""
    node = place.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        name = "off-by-one" if place.role == "index" else "term-added"
        for kept, removed in ((node.left, node.right), (node.right, node.left)):
            negated = kept is node.right and isinstance(node.op, ast.Sub)
            text = f"-{place.read(kept, UNARY)}" if negated else place.read(kept)
            twice = isinstance(node.op, ast.Add) and ast.unparse(removed) in map(ast.unparse, list_terms_of(kept))
            said = place.say("adds the term", removed, "adds a term") + (", which is there already" if twice else "")
            own = "path-twice" if twice and name == "term-added" else name
            yield from place.replace(text, own, "is off in an index" if place.role == "index" else said)


def list_terms_of(node: ast.expr) -> list[ast.expr]:
    """List the terms of a sum."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*list_terms_of(node.left), *list_terms_of(node.right)]
    return [node]


def exchange_operands(place: EditPlace) -> Iterator[Edit]:
    """a @ b → b @ a, a - b → b - a, a / b → b / a, f(a, b) → f(b, a)."""
    node = place.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.MatMult, ast.Sub, ast.Div)):
        level = SUM if isinstance(node.op, ast.Sub) else PRODUCT
        text = f"{place.read(node.right, level)} {OPERATOR_SYMBOLS[type(node.op)]} {place.read(node.left, level + 1)}"
        name = {ast.MatMult: "transposed", ast.Sub: "term-sign", ast.Div: "product-for-quotient"}[type(node.op)]
        yield from place.replace(text, name, "has its operands in the wrong order")
        yield from exchange_transposed(place, node)
    if isinstance(node, ast.Call) and len(node.args) == 2 and not node.keywords:
        first, second = map(place.read, node.args)
        text = f"{place.read(node.func)}({second}, {first})"
        yield from place.replace(text, "wrong-variable", "has two arguments in the wrong order")
    if isinstance(node, ast.Call) and len(node.args) == 1 and isinstance(node.func, ast.Attribute):
        if node.func.attr != "dot":
            return
        text = f"{place.read(node.args[0], ATOM)}.dot({place.read(node.func.value)})"
        yield from place.replace(text, "transposed", "has its operands in the wrong order")


def exchange_transposed(place: EditPlace, node: ast.BinOp) -> Iterator[Edit]:
    """a.T @ b → b.T @ a, a @ b.T → b @ a.T."""
    left, right = node.left, node.right
    words = "has its operands in the wrong order"
    if not isinstance(node.op, ast.MatMult):
        return
    if isinstance(left, ast.Attribute) and left.attr == "T":
        text = f"{place.read(right, ATOM)}.T @ {place.read(left.value, PRODUCT)}"
        yield from place.replace(text, "transposed", words)
    if isinstance(right, ast.Attribute) and right.attr == "T":
        text = f"{place.read(right.value, PRODUCT)} @ {place.read(left, ATOM)}.T"
        yield from place.replace(text, "transposed", words)


def exchange_operators(place: EditPlace) -> Iterator[Edit]:
    """a * b ↔ a / b, a * b → a @ b, a @ b → a * b, a + b ↔ a * b."""
    node = place.node
    if not isinstance(node, ast.BinOp) or type(node.op) not in OPERATOR_SYMBOLS:
        return
    others = {
        ast.Mult: (("/", "product-for-quotient"), ("@", "diagonal-jacobian"), ("+", "wrong-function")),
        ast.Div: (("*", "product-for-quotient"),),
        ast.MatMult: (("*", "wrong-function"),),
        ast.Add: (("*", "factor-missing"),),
        ast.Sub: (("*", "factor-missing"),),
    }
    for symbol, name in others[type(node.op)]:
        level = SUM if symbol == "+" else PRODUCT
        text = f"{place.read(node.left, level)} {symbol} {place.read(node.right, level + 1)}"
        yield from place.replace(text, name, f"has `{OPERATOR_SYMBOLS[type(node.op)]}` for `{symbol}`")
