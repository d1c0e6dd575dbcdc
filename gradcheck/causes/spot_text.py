"""What stands in the source where an operation runs: the expression, and those of its operands."""

import ast
import linecache
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from gradcheck.causes.watched_forward import Spot

LONGEST = 60
"""Characters of an expression up to which it is told whole."""


@dataclass(frozen=True)
class SpotText:
    """An expression in the source.  line: where it begins; text: in one line; operands: what it works on, in order."""

    line: int
    text: str
    operands: tuple[str, ...]


@lru_cache(maxsize=1024)
def read_spot(spot: Spot) -> SpotText | None:
    """Read the expression of an instruction; None where there is no source."""
    line, last, start, end = next(islice(spot.code.co_positions(), spot.offset // 2, None), (None,) * 4)
    if line is None or last is None or start is None or end is None:
        return None
    rows = [linecache.getline(spot.code.co_filename, n).encode() for n in range(line, last + 1)]
    if not all(rows):
        return None
    rows[-1] = rows[-1][:end]
    rows[0] = rows[0][start:]
    node = parse_source(b"".join(rows).decode(errors="replace"))
    return None if node is None else SpotText(line, shorten(node), tuple(map(shorten, list_operands(node))))


def parse_source(source: str) -> ast.AST | None:
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
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} … {text[-LONGEST // 3 :]}"
