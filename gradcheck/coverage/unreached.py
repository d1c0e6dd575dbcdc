"""What of the code under test no case ran: lines, and conditions that were never true or never false.

A branch that only refuses its inputs, as `if x.ndim != 2: raise ValueError`, is no branch that lawful cases can run: it
is left out, as are assertions.
"""

import ast
import linecache
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType

from gradcheck.coverage.execution import CodeRun, Execution
from gradcheck.declaration.origin import NotChecked

MOST_SOURCE = 60
"""Characters of a condition that are quoted."""
MOST_FILES = 64
MOST_CODES = 256
WITH_CODE = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Lambda,
    ast.ClassDef,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
"""Nodes that have a code of their own, some of them before Python 3.12 only."""
CONTENTLESS = (ast.Pass, ast.Continue, ast.Break, ast.Global, ast.Nonlocal)
"""Statements that may leave no instruction behind."""


@dataclass(frozen=True)
class LineCount:
    """How many lines of the code under test ran.  total: 0 where there is no Python source to look at."""

    reached: int = 0
    total: int = 0


@dataclass(frozen=True)
class Span:
    """A part of a file, from one place to another: (line, column)."""

    start: tuple[int, int]
    end: tuple[int, int]

    @classmethod
    def of(cls, *nodes: ast.AST) -> "Span":
        """The span of some nodes, from the first to the last."""
        first, last = nodes[0], nodes[-1]
        return cls((first.lineno, first.col_offset), (last.end_lineno, last.end_col_offset))  # type: ignore[attr-defined]

    def holds(self, place: tuple[int, int] | None) -> bool:
        """Whether a place lies inside."""
        return place is not None and self.start <= place < self.end


class CodeSource:
    """One code, where its instructions stand in the file, and what ran of it."""

    def __init__(self, code: CodeType, run: CodeRun) -> None:
        self.code, self.run = code, run
        self.spans = [find_span(*position) for position in code.co_positions()]
        self.places = [span.start if span else None for span in self.spans]
        self.ran = {self.places[offset // 2] for offset in run.offsets}
        self.lines_run = {code.co_firstlineno, *(place[0] for place in self.ran if place), *run.lines}

    def is_here(self, span: Span) -> bool:
        """Whether instructions of this code stand in a span."""
        return any(map(span.holds, self.places))

    def has_run(self, span: Span) -> bool:
        """Whether something in a span ran."""
        started_lines = range(span.start[0], span.end[0] + 1)
        return any(map(span.holds, self.ran)) or any(line in self.run.lines for line in started_lines)

    def find_outcomes(self, whole: Span, test: Span, body: Span) -> set[bool]:
        """Find what the condition of a statement or expression was: true where something in the body came next.  The
        jump stands at the condition, or, in an expression, at the whole."""
        jumps = {at: test.holds(self.places[at // 2]) or self.spans[at // 2] == whole for at, _ in self.run.branches}
        after = [self.places[then // 2] for at, then in self.run.branches if jumps[at]]
        outcomes = {body.holds(place) for place in after if not test.holds(place)}
        return outcomes | ({True} if body.start[0] > test.end[0] and self.has_run(body) else set())


def find_span(line: int | None, end_line: int | None, column: int | None, end_column: int | None) -> Span | None:
    """Find the span of an instruction; None where it stands nowhere."""
    if line is None or end_line is None or column is None or end_column is None:
        return None
    return Span((line, column), (end_line, end_column))


def count_lines(execution: Execution) -> LineCount:
    """Count the lines of the functions that were entered, and those of them that ran."""
    reached = total = 0
    for source in list_entered(execution):
        definition = find_definition(source.code)
        if definition is None:
            continue
        refusing = [Span.of(*body) for body in list_refusals(definition)]
        lines = {p[0] for p in source.places if p and not any(span.holds(p) for span in refusing)}
        reached, total = reached + len(lines & source.lines_run), total + len(lines)
    return LineCount(reached, total)


def list_entered(execution: Execution) -> list[CodeSource]:
    """List the codes that were entered."""
    return [CodeSource(code, run) for code, run in execution.runs.items() if run.amount]


def list_unreached_places(execution: Execution) -> list[NotChecked]:
    """List the places of the functions that were entered which no call ran, in words."""
    return [
        NotChecked(f"{name_code(source.code)}, line {line}", words)
        for source in list_entered(execution)
        for line, words in sorted(find_unreached(source))
    ]


def name_code(code: CodeType) -> str:
    """Name the function that a code is of."""
    return code.co_qualname.rpartition("<locals>.")[2]


def find_unreached(source: CodeSource) -> Iterator[tuple[int, str]]:
    """Yield the lines of a code at which something never ran, with what that is."""
    definition = find_definition(source.code)
    if definition is None:
        return
    told, one_sided = [Span.of(*body) for body in list_refusals(definition)], set[tuple[int, int]]()
    for node in ast.walk(definition):  # outer nodes before inner ones
        if isinstance(node, (ast.If, ast.While, ast.IfExp)) and not any(s.holds(Span.of(node).start) for s in told):
            for words, unreached in judge_condition(source, node, told):
                yield node.lineno, words
                told += unreached
                one_sided.add(Span.of(node).start)
    for block in list_blocks(definition):
        follows = False
        for statement in block:
            span = Span.of(statement)
            if source.is_here(span) and not source.has_run(span) and not any(s.holds(span.start) for s in told):
                told.append(span)
                if not follows and not isinstance(statement, CONTENTLESS):
                    yield statement.lineno, f"`{quote_source(source, statement)}` never ran"
                follows = True
            follows = follows or span.start in one_sided


def list_blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield the blocks of statements, outer ones before inner ones."""
    for node in ast.walk(tree):
        blocks = (getattr(node, name, None) for name in ("body", "orelse", "finalbody"))
        yield from (block for block in blocks if isinstance(block, list))


def judge_condition(
    source: CodeSource, node: ast.If | ast.While | ast.IfExp, told: Iterable[Span]
) -> Iterator[tuple[str, list[Span]]]:
    """Yield that a condition was never true, or never false, with the code that did not run for it."""
    body, other = list_branches(node)
    test = Span.of(node.test)
    if not source.has_run(test) or isinstance(body[0], CONTENTLESS):
        return
    inside, refusing = Span.of(*body), [span.start for span in told]
    outcomes = source.find_outcomes(Span.of(node), test, inside)
    words = f"`{'while' if isinstance(node, ast.While) else 'if'} {quote_source(source, node.test)}` was never"
    lines_tell = inside.start[0] > test.end[0]
    if True not in outcomes and inside.start not in refusing and (lines_tell or not source.run.is_cut):
        yield f"{words} true", [inside]
    elif outcomes == {True} and not source.run.is_cut and not (other and Span.of(*other).start in refusing):
        yield f"{words} false", [Span.of(*other)] if other else []


def list_branches(node: ast.If | ast.While | ast.IfExp) -> tuple[list[ast.AST], list[ast.AST]]:
    """List what runs where a condition is true, and where it is false."""
    if isinstance(node, ast.IfExp):
        return [node.body], [node.orelse]
    return [*node.body], [*node.orelse]


def list_refusals(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield exceptions, assertions, and the branches that end in an exception."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assert, ast.Raise)):
            yield [node]
        if isinstance(node, (ast.If, ast.ExceptHandler)):
            blocks = (node.body, getattr(node, "orelse", []))
            yield from (block for block in blocks if block and isinstance(block[-1], ast.Raise))


def quote_source(source: CodeSource, node: ast.AST) -> str:
    """Return the first line of the source of a node, shortened."""
    text = "".join(linecache.getlines(source.code.co_filename))
    first, *rest = (ast.get_source_segment(text, node) or ast.unparse(node)).splitlines()
    return first[: MOST_SOURCE - 1] + "…" if len(first) > MOST_SOURCE else first + " …" * bool(rest)


def find_definition(code: CodeType) -> ast.AST | None:
    """Find the function or expression that a code is of; the whole file where several begin on its line, None where
    there is no source."""
    return find_definition_on_line("".join(linecache.getlines(code.co_filename)), code.co_firstlineno)


@lru_cache(maxsize=MOST_CODES)
def find_definition_on_line(text: str, line: int) -> ast.AST | None:
    """Find what begins on a line of a source and has a code of its own."""
    nodes = index_definitions(text).get(line, [])
    return nodes[0] if len(nodes) == 1 else parse_source(text)


@lru_cache(maxsize=MOST_FILES)
def index_definitions(text: str) -> Mapping[int, list[ast.AST]]:
    """Find what has a code of its own in a source, by the line on which it begins."""
    found: dict[int, list[ast.AST]] = {}
    tree = parse_source(text)
    for node in ast.walk(tree) if tree else ():
        if (line := find_first_line(node)) is not None:
            found.setdefault(line, []).append(node)
    return found


def find_first_line(node: ast.AST) -> int | None:
    """Find the line on which what has a code of its own begins; None for other nodes."""
    if not isinstance(node, WITH_CODE):
        return None
    return min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])


@lru_cache(maxsize=MOST_FILES)
def parse_source(text: str) -> ast.Module | None:
    """Parse a source; None where it is empty, or no Python."""
    try:
        return ast.parse(text) if text else None
    except SyntaxError:
        return None
