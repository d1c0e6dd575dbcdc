"""A file of code under test: its syntax tree, the text of each node, and the text of an edited statement."""

import ast
import linecache
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

MOST_SOURCES = 32
"""Files that are remembered, the latest."""
COMPOUND = (ast.For, ast.While, ast.If)
"""Statements with a header that may be edited."""

Position = tuple[int, int]
"""A line from 1, and a column in bytes from 0."""


@dataclass(frozen=True, eq=False)
class SourceFile:
    """A file as it is written.  lines: as bytes, since the columns of a syntax tree count these."""

    name: str
    lines: tuple[bytes, ...]
    tree: ast.Module

    def cut(self, start: Position, end: Position) -> str:
        """Return the text between two positions."""
        (first, left), (last, right) = start, end
        if first == last:
            return self.lines[first - 1][left:right].decode()
        inner = self.lines[first : last - 1]
        return b"".join([self.lines[first - 1][left:], *inner, self.lines[last - 1][:right]]).decode()

    def read(self, node: ast.AST) -> str:
        """Return the text of a node."""
        return self.cut(find_start(node), find_end(node))

    def is_enclosed(self, node: ast.AST) -> bool:
        """Whether a node stands in parentheses, or is all that a call gets."""
        (first, left), (last, right) = find_start(node), find_end(node)
        before, after = self.lines[first - 1][:left], self.lines[last - 1][right:]
        return before.endswith(b"(") and after.startswith(b")")

    def is_alone(self, node: ast.AST) -> bool:
        """Whether nothing but a comment stands beside a node on its lines."""
        (first, left), (last, right) = find_start(node), find_end(node)
        after = self.lines[last - 1][right:].strip()
        return not self.lines[first - 1][:left].strip() and (not after or after.startswith(b"#"))


def find_start(node: ast.AST) -> Position:
    """Return the position at which a node begins."""
    return node.lineno, node.col_offset  # type: ignore[attr-defined]


def find_end(node: ast.AST) -> Position:
    """Return the position behind a node."""
    return node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]


def find_header_end(statement: ast.stmt) -> Position:
    """Return the position behind a statement, or behind the header of one that holds others."""
    return find_start(statement.body[0]) if isinstance(statement, COMPOUND) else find_end(statement)


def list_header_lines(statement: ast.stmt) -> range:
    """Return the lines of a statement, or of the header of one that holds others."""
    last, _ = find_header_end(statement)
    beyond = isinstance(statement, COMPOUND) and last > statement.lineno
    return range(statement.lineno, last + (0 if beyond else 1))


def read_source_file(name: str) -> SourceFile | None:
    """Read a file, or a cell of a notebook that Python remembers; None where there is no source."""
    return parse_source_file(name, "".join(linecache.getlines(name)))


@lru_cache(maxsize=MOST_SOURCES)
def parse_source_file(name: str, text: str) -> SourceFile | None:
    """Return a file of this text; None where it is empty, or not Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    lines = tuple(line.encode() for line in text.splitlines(keepends=True))
    return SourceFile(name, lines, tree) if tree.body and "\f" not in text else None


def list_statements(function: ast.AST) -> Iterator[tuple[list[ast.stmt], ast.stmt]]:
    """Yield the statements of a function, each with the block that it stands in, those of functions inside it left
    out."""
    for name in ("body", "orelse", "finalbody", "handlers"):
        block: Any = getattr(function, name, None)
        for statement in block if isinstance(block, list) else ():
            if isinstance(statement, ast.stmt):
                yield block, statement
            if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                yield from list_statements(statement)


def parse_statement(source: SourceFile, statement: ast.stmt, start: Position, end: Position, text: str) -> ast.stmt:
    """Parse a statement with another text between two positions of it; what stands in its body remains.  Raises
    SyntaxError where that is no Python."""
    changed = source.cut(find_start(statement), start) + text + source.cut(end, find_header_end(statement))
    changed = changed.removeprefix("el") if isinstance(statement, ast.If) else changed
    compound = isinstance(statement, COMPOUND)
    above = "\n" * (statement.lineno - 1)
    parsed = ast.parse(above + (changed.rstrip() + "\n    pass" if compound else changed)).body
    if len(parsed) != 1:
        raise SyntaxError("the edit is no single statement")
    if isinstance(statement, COMPOUND) and isinstance(parsed[0], COMPOUND):
        parsed[0].body, parsed[0].orelse = statement.body, statement.orelse
    return parsed[0]
