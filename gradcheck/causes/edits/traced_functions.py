"""The functions of the user that ran, with their definitions and the statements of them that ran."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradcheck.causes.edits.edited_code import NotEditable, find_path
from gradcheck.causes.edits.source_file import SourceFile, list_header_lines, list_statements, read_source_file
from gradcheck.causes.edits.tracing import CallTrace, CodeTrace


@dataclass(frozen=True, eq=False)
class TracedFunction:
    """A function of the user that ran, with its definition and the statements of it that ran, each with the loops and
    conditions that it stands in."""

    trace: CodeTrace
    source: SourceFile
    path: Sequence[ast.AST]
    statements: Sequence[tuple[ast.stmt, tuple[ast.stmt, ...]]]

    @property
    def definition(self) -> ast.AST:
        """The syntax tree of the function."""
        return self.path[-1]


def list_traced_functions(trace: CallTrace) -> list[TracedFunction]:
    """List the functions that ran and whose source is known."""
    found = []
    for one in trace.codes.values():
        source = read_source_file(one.code.co_filename)
        try:
            path = find_path(source.tree, one.code) if source else []
        except NotEditable:
            continue
        if source and path:
            found.append(TracedFunction(one, source, path, list(list_run_statements(path[-1], one))))
    return found


def list_run_statements(definition: ast.AST, trace: CodeTrace) -> Iterator[tuple[ast.stmt, tuple[ast.stmt, ...]]]:
    """Yield the statements of a function that ran, each with the loops and conditions that it stands in."""
    loops = [s for _, s in list_statements(definition) if isinstance(s, (ast.For, ast.While, ast.If))]
    for _, statement in list_statements(definition):
        if any(line in trace.lines for line in list_header_lines(statement)):
            yield statement, tuple(loop for loop in loops if loop is statement or is_inside(statement, loop))


def is_inside(statement: ast.stmt, loop: ast.stmt) -> bool:
    """Whether a statement stands in another."""
    return loop.lineno < statement.lineno <= (loop.end_lineno or 0)
