"""An edit of one statement, and the place in it at which an operator may propose some."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from gradcheck.causes.edits.source_file import Position, SourceFile, find_end, find_start
from gradcheck.causes.edits.tracing import SeenValue

ATOM, UNARY, PRODUCT, SUM = 18, 14, 13, 12
"""How tightly operators bind."""
PRECEDENCE: dict[type[ast.AST], int] = {
    ast.Pow: 15, ast.USub: UNARY, ast.UAdd: UNARY, ast.Invert: UNARY, ast.Not: 6,
    ast.Mult: PRODUCT, ast.Div: PRODUCT, ast.FloorDiv: PRODUCT, ast.Mod: PRODUCT, ast.MatMult: PRODUCT,
    ast.Add: SUM, ast.Sub: SUM, ast.LShift: 11, ast.RShift: 11, ast.BitAnd: 10, ast.BitXor: 9, ast.BitOr: 8,
    ast.And: 5, ast.Or: 4,
}  # fmt: skip
"""Of each operator of Python.  Source: The Python Language Reference, 6.17."""
COMPARISON, CONDITION = 7, 3
LONGEST_SAID = 24
"""Letters of a piece of code that is said in words."""


@dataclass(frozen=True)
class Edit:
    """Another text between two positions of a file.

    name: of the cause in the catalogue.  words: what the line does wrong, behind its number.  tier: how far-fetched it
    is, from 0.  kind: "text", or for a whole statement "delete", "dedent" (behind its loops) and "hoist" (before them).
    """

    start: Position
    end: Position
    text: str
    name: str
    words: str
    tier: int
    kind: str = "text"


@dataclass(frozen=True)
class EditPlace:
    """A node of a statement, and what is known where it runs.

    role: "whole" for what is assigned or returned, "value" inside it, "index" for what chooses elements or shapes,
    "axis" for axes, "test" for conditions, "target" for what is assigned to, "statement" for the statement itself,
    "row" for what is assigned to several names, "function" for what is called.  parent: of the node.  seen: the values
    that the line may use, by the text that gives them.  unused: the names of the function that it never uses.
    """

    source: SourceFile
    statement: ast.stmt
    node: ast.AST
    parent: ast.AST
    role: str
    seen: Mapping[str, SeenValue] = field(default_factory=dict)
    unused: frozenset[str] = frozenset()

    @cached_property
    def text(self) -> str:
        """The text of the node."""
        return self.source.read(self.node)

    def read(self, node: ast.AST, level: int = 0) -> str:
        """Return the text of a node, in parentheses where it binds less tightly than a level."""
        text = self.source.read(node)
        return f"({text})" if measure_precedence(node) < level else text

    def say(self, words: str, node: ast.AST, otherwise: str) -> str:
        """Return words with the text of a node behind them; other words where that is long."""
        text = self.source.read(node)
        return f"{words} `{text}`" if len(text) <= LONGEST_SAID and "\n" not in text else otherwise

    def replace(self, text: str, name: str, words: str, tier: int = 1, binds: int | None = None) -> Iterator[Edit]:
        """Yield the edit that puts a text in the place of the node, in parentheses where it needs them.  binds: how
        tightly, where that is known."""
        if text == self.text:
            return
        (first, left), (last, right) = find_start(self.node), find_end(self.node)
        level = self.level_needed
        if level:
            fits = (measure_precedence_of(text) if binds is None else binds) >= level
            is_enclosed = isinstance(self.parent, ast.BinOp) and self.source.is_enclosed(self.node)
            left, right = (left - 1, right + 1) if is_enclosed else (left, right)
            text = text if fits else f"({text})"
        yield Edit((first, left), (last, right), text, name, words, tier)

    @cached_property
    def level_needed(self) -> int:
        """How tightly what stands in the place of the node has to bind."""
        called = not isinstance(self.parent, ast.BinOp) and self.source.is_enclosed(self.node)
        if self.role == "statement" or called:
            return 0
        return find_level_needed(self.parent, self.node)

    @cached_property
    def numpy(self) -> str:
        """The name of the module NumPy; "" where the line has none."""
        return next((text for text, seen in self.seen.items() if seen.kind == "numpy"), "")

    def list_seen(self, *kinds: str) -> list[str]:
        """List the texts that give values of some kinds."""
        return [text for text, seen in self.seen.items() if seen.kind in kinds]

    @property
    def lengths(self) -> Iterator[str]:
        """The texts that give the length of an axis, or a count of elements, or another whole number."""
        yield from (text for text in self.list_seen("whole") if self.seen[text].number > 1)
        for text in self.list_seen("array"):
            shape = self.seen[text].shape
            if text.isidentifier() and shape:
                yield from (f"{text}.shape[{k}]" for k in range(len(shape)))
                yield f"{text}.size"


def measure_precedence(node: ast.AST) -> int:
    """Return how tightly an expression binds."""
    if isinstance(node, (ast.BinOp, ast.UnaryOp, ast.BoolOp)):
        return PRECEDENCE[type(node.op)]
    if isinstance(node, ast.Compare):
        return COMPARISON
    if isinstance(node, ast.Tuple):
        return 0
    return CONDITION if isinstance(node, (ast.IfExp, ast.Lambda, ast.NamedExpr)) else ATOM


def measure_precedence_of(text: str) -> int:
    """Return how tightly the text of an expression binds."""
    try:
        return measure_precedence(ast.parse(text.strip(), mode="eval").body)
    except SyntaxError:
        return ATOM


def find_level_needed(parent: ast.AST, node: ast.AST) -> int:
    """Return how tightly a child of a node has to bind."""
    if isinstance(parent, ast.BinOp):
        own = PRECEDENCE[type(parent.op)]
        if isinstance(parent.op, ast.Pow):
            return own + 1 if node is parent.left else UNARY
        return own if node is parent.left else own + 1
    if isinstance(parent, (ast.UnaryOp, ast.BoolOp)):
        return PRECEDENCE[type(parent.op)]
    if isinstance(parent, (ast.Attribute, ast.Subscript, ast.Call)):
        return ATOM if node is getattr(parent, "value", getattr(parent, "func", None)) else 1
    if isinstance(parent, ast.Compare):
        return COMPARISON + 1
    return CONDITION + 1 if isinstance(parent, ast.IfExp) else 0
