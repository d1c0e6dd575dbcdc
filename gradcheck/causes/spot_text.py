"""What stands in the source where an operation runs: the expression, and those of its operands."""

import ast
import linecache
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from types import CodeType
from typing import NamedTuple

from gradcheck.causes.watched_forward import Spot

LONGEST_TEXT = 60
"""Characters of an expression up to which it is told whole."""


@dataclass(frozen=True)
class SpotText:
    """An expression in the source.  line: where it begins; text: in one line; operands: what it works on, in order;
    calls: the lines of the calls that lead to it, the innermost first."""

    line: int
    text: str
    operands: tuple[str, ...]
    calls: tuple[int, ...] = ()

    @property
    def where(self) -> str:
        """The expression and its line, and the lines of the calls that lead to it."""
        calls = "".join(f", called in line {line}" for line in self.calls)
        return f"`{self.text}` (line {self.line}{calls})"


@lru_cache(maxsize=1024)
def read_spot(spot: Spot) -> SpotText | None:
    """Read the expression of an instruction; None where there is no source."""
    extent = find_extent(spot.code, spot.offset)
    if extent is None:
        return None
    rows = [linecache.getline(spot.code.co_filename, n).encode() for n in range(extent.line, extent.last + 1)]
    if not all(rows):
        return None
    rows[-1] = rows[-1][: extent.end]
    rows[0] = rows[0][extent.start :]
    node = parse_operation(b"".join(rows).decode(errors="replace"))
    if node is None:
        return None
    extents = [find_extent(code, offset) for code, offset in spot.callers]
    calls = tuple(e.line for e in extents if e is not None)
    return SpotText(extent.line, shorten(node), tuple(map(shorten, list_operands(node))), calls)


class Extent(NamedTuple):
    """The lines of an expression, and the columns at which it starts in the first and ends in the last."""

    line: int
    last: int
    start: int
    end: int

    def holds(self, other: "Extent") -> bool:
        """Whether another expression is a part of this one."""
        starts = (self.line, self.start) <= (other.line, other.start)
        return starts and (other.last, other.end) <= (self.last, self.end) and self != other


def find_extent(code: CodeType, offset: int) -> Extent | None:
    """Find the expression of an instruction; None where the code does not say."""
    line, last, start, end = next(islice(code.co_positions(), offset // 2, None), (None,) * 4)
    if line is None or last is None or start is None or end is None:
        return None
    return Extent(line, last, start, end)


def parse_operation(source: str) -> ast.AST | None:
    """Parse an expression, or an assignment in place; None for anything else."""
    try:
        return ast.parse(f"({source})", mode="eval").body
    except SyntaxError:
        pass
    try:
        (statement,) = ast.parse(source).body
    except (SyntaxError, ValueError):
        return None
    return statement if isinstance(statement, ast.AugAssign) else None


def list_operands(node: ast.AST) -> list[ast.AST]:
    """List what an expression works on: the sides of an operator, the arguments of a call, what a method is of."""
    match node:
        case ast.BinOp(left=left, right=right) | ast.AugAssign(target=left, value=right):
            return [left, right]
        case ast.UnaryOp(operand=operand):
            return [operand]
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np" | "numpy" | "xp" | "jnp")), args=args):
            return [*args]
        case ast.Call(func=ast.Attribute(value=value), args=args):
            return [value, *args]
        case ast.Call(args=args):
            return [*args]
        case _:
            return []


def shorten(node: ast.AST) -> str:
    """Write an expression in one line, its middle left out where it is long."""
    text = ast.unparse(node)
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT // 2]} … {text[-LONGEST_TEXT // 3 :]}"
