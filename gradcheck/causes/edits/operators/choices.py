"""Edits of comparisons, conditions, branches and functions."""

import ast
from collections.abc import Iterator

from gradcheck.causes.edits.edit import UNARY, Edit, EditPlace
from gradcheck.causes.edits.places import name_callee

OTHER_COMPARISONS: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Gt: (">", (">=", "<", "<=")),
    ast.GtE: (">=", (">", "<=", "<")),
    ast.Lt: ("<", ("<=", ">", ">=")),
    ast.LtE: ("<=", ("<", ">=", ">")),
    ast.Eq: ("==", ("!=", ">=", "<=")),
    ast.NotEq: ("!=", ("==", ">", "<")),
}
BOUNDARY_PAIRS = {(">", ">="), (">=", ">"), ("<", "<="), ("<=", "<")}
FAMILIES = (
    ("sin", "cos"), ("sinh", "cosh", "tanh"), ("exp", "log", "expm1", "log1p"), ("maximum", "minimum"),
    ("argmax", "argmin"), ("zeros_like", "ones_like"), ("zeros", "ones"), ("floor", "ceil"),
    ("sqrt", "square"), ("abs", "sign"), ("tanh", "sigmoid"), ("cumsum", "cumprod"), ("dot", "multiply"),
    ("triu", "tril"), ("hstack", "vstack"), ("log", "log2", "log10"),
)  # fmt: skip
"""Functions that are confused."""


def change_comparison(place: EditPlace) -> Iterator[Edit]:
    """> → >=, <, <=, == → !=, and so on.  In the other direction, those come first that have an equal number on the
    side on which the rest of the file has it."""
    node = place.node
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in OTHER_COMPARISONS:
        symbol, others = OTHER_COMPARISONS[type(node.ops[0])]
        sides = choose_sides(place, node)
        for other in others:
            is_near = (symbol, other) in BOUNDARY_PAIRS
            text = f"{place.read(node.left)} {other} {place.read(node.comparators[0])}"
            words, tier = f"compares by `{symbol}` for `{other}`", 1 if is_near or other in sides else 2
            yield from place.replace(text, "boundary" if is_near else "branch-exchanged", words, tier)
        shifted = f"{place.read(node.left)} {symbol} -{place.read(node.comparators[0], UNARY)}"
        yield from place.replace(shifted, "boundary", "compares with the wrong bound", 2)


def choose_sides(place: EditPlace, node: ast.Compare) -> tuple[str, ...]:
    """Return the comparisons that agree on equal numbers with those by the same bound elsewhere in the file: where
    there are none, with > and <=."""
    bound, inside = ast.unparse(node.comparators[0]), {*ast.walk(place.statement)}
    others = [c for c in ast.walk(place.source.tree) if isinstance(c, ast.Compare) and c not in inside]
    found = {type(c.ops[0]) for c in others if ast.unparse(c.comparators[0]) == bound}
    below = found & {ast.GtE, ast.Lt} and not found & {ast.Gt, ast.LtE}
    return ("==", "!=", ">=", "<") if below else ("==", "!=", ">", "<=")


def exchange_branches(place: EditPlace) -> Iterator[Edit]:
    """where(c, a, b) → where(c, b, a), a if c else b → b if c else a, c → not c, ~m ↔ m, & ↔ |."""
    node, words = place.node, "takes the wrong branch"
    if name_callee(node) == "where" and isinstance(node, ast.Call) and len(node.args) == 3:
        test, yes, no = map(place.read, node.args)
        yield from place.replace(f"{place.read(node.func)}({test}, {no}, {yes})", "branch-exchanged", words)
        yield from place.replace(yes, "branch-exchanged", words)
        yield from place.replace(no, "branch-exchanged", words)
    if isinstance(node, ast.IfExp):
        text = f"{place.read(node.orelse)} if {place.read(node.test)} else {place.read(node.body)}"
        yield from place.replace(text, "branch-exchanged", words)
        yield from place.replace(place.read(node.body, 4), "branch-exchanged", words)
        yield from place.replace(place.read(node.orelse, 4), "branch-exchanged", words)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Invert, ast.Not)):
        yield from place.replace(place.read(node.operand), "branch-exchanged", words)
    own = place.seen.get(place.text)
    if own is not None and own.kind == "mask" and place.role != "target":
        yield from place.replace(f"~{place.text}", "branch-exchanged", words)
    if place.role == "test" and isinstance(place.parent, ast.If):
        yield from place.replace(f"not {place.read(node, 6)}", "branch-exchanged", words)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitAnd, ast.BitOr)):
        symbol = "|" if isinstance(node.op, ast.BitAnd) else "&"
        text = f"{place.read(node.left, 10)} {symbol} {place.read(node.right, 11)}"
        yield from place.replace(text, "branch-exchanged", "joins two conditions by the wrong word")


def exchange_functions(place: EditPlace) -> Iterator[Edit]:
    """sin ↔ cos, exp ↔ log, maximum ↔ minimum and so on."""
    node = place.node
    if place.role != "function":
        return
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    for family in FAMILIES:
        if name in family:
            head = f"{place.read(node.value)}." if isinstance(node, ast.Attribute) else ""
            for other in family:
                yield from place.replace(head + other, "wrong-function", f"calls `{name}` where `{other}` belongs")
