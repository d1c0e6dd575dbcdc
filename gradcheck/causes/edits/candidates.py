"""The edits of statements that are tried, the likely ones first."""

import ast
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from itertools import chain, count
from types import CodeType

from gradcheck.causes.cause import Cause
from gradcheck.causes.edits.dataflow import list_assigned, list_used_in
from gradcheck.causes.edits.edit import Edit
from gradcheck.causes.edits.editable_statements import EditableStatement
from gradcheck.causes.edits.edited_code import CodeKey, replace_statement
from gradcheck.causes.edits.operators.registry import EditOperator, propose_edits
from gradcheck.causes.edits.operators.statements import copy_value, delete_statement
from gradcheck.causes.edits.source_file import find_end, find_start, parse_statement
from gradcheck.records.patch import Moved, Patch

MOVED: Mapping[str, Moved] = {"dedent": "behind the loop", "hoist": "before the loop"}
"""Where a statement stands after an edit of this kind."""


WORD = re.compile(r"[A-Za-z_]\w*")
"""A name in a piece of code."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """An edit of a statement."""

    of: EditableStatement
    edit: Edit

    @property
    def rank(self) -> float:
        """How late it is tried."""
        return self.of.first_rank + self.edit.tier + self.is_far_fetched

    @property
    def adds_to_returned_name(self) -> bool:
        """Whether it computes with a name that a statement returns: hardly anyone would do that there."""
        old = self.of.unit.source.cut(self.edit.start, self.edit.end)
        return isinstance(self.of.statement, ast.Return) and old.isidentifier() and old in self.edit.text

    @cached_property
    def is_far_fetched(self) -> int:
        """How many tiers more far-fetched it is by its place: it computes with a name that a statement returns, or a
        value is never used after it that the function computes for this statement alone, so that the mistake would
        rather be where that is computed."""
        return self.adds_to_returned_name + 2 * self.leaves_unused

    @property
    def leaves_unused(self) -> bool:
        """Whether a value that the function computes for this statement alone is never used after it."""
        if not self.of.own_values:
            return False
        source, edit, own = self.of.unit.source, self.edit, self.of.statement
        around = source.cut(find_start(own), edit.start) + " " + source.cut(edit.end, find_end(own))
        removed, kept = (set(WORD.findall(text)) for text in (source.cut(edit.start, edit.end), around + edit.text))
        return bool((removed & self.of.own_values) - kept)

    def is_edit_of(self, other: "Candidate") -> bool:
        """Whether it is the same edit as another one."""
        return self.of.statement is other.of.statement and self.edit == other.edit

    def compile(self) -> Mapping[CodeKey, CodeType]:
        """Compile the code with the edit.  Raises SyntaxError and ValueError."""
        statement, edit = self.of.statement, self.edit
        if edit.kind in MOVED:
            return self.compile_moved()
        new = [parse_statement(self.of.unit.source, statement, edit.start, edit.end, edit.text)] if edit.text else []
        with replace_statement(self.of.block, statement, new or [ast.Pass(lineno=statement.lineno, col_offset=0)]):
            return self.of.unit.compile()

    def compile_moved(self) -> Mapping[CodeKey, CodeType]:
        """Compile the code with a statement behind or before the outermost loop that it stands in."""
        statement, body = self.of.statement, getattr(self.of.definition, "body", [])
        loop = next((s for s in body if isinstance(s, (ast.For, ast.While)) and statement in ast.walk(s)), None)
        if loop is None:
            raise ValueError("there is no loop around it")
        if not isinstance(statement, ast.Return) and list_used_in(statement) & set(list_assigned_below(loop)):
            raise ValueError("it uses what the loop counts")
        empty = ast.Pass(lineno=statement.lineno, col_offset=0)
        order = [loop, statement] if self.edit.kind == "dedent" else [statement, loop]
        with replace_statement(body, loop, order), replace_statement(self.of.block, statement, [empty]):
            return self.of.unit.compile()

    def make_patch(self, cases: int) -> Patch:
        """Return the edit as a patch that was right in so many cases."""
        source, (first, _), (last, right) = self.of.unit.source, self.edit.start, self.edit.end
        lines = b"".join(source.lines[first - 1 : last]).decode()
        head = source.lines[first - 1][: self.edit.start[1]].decode()
        tail = source.lines[last - 1][right:].decode()
        moved = MOVED.get(self.edit.kind, "")
        is_whole = moved or self.edit.kind == "delete"
        changed = self.edit.text if is_whole else head + self.edit.text + tail
        return Patch(source.name, first, join_lines(lines), join_lines(changed), cases, moved)

    @property
    def cause(self) -> Cause:
        """The mistake that the edit mends."""
        after = self.make_patch(0).after
        hint = f"Write `{after}`." if self.edit.kind == "text" else "Delete the line."
        hint = f"Move it {MOVED[self.edit.kind]}." if self.edit.kind in MOVED else hint
        if self.edit.kind == "delete" and self.of.in_forward and writes_in_place(self.of.statement):
            return Cause("cache-corrupted", f"line {self.edit.start[0]} changes what backward reads", hint)
        return Cause(self.edit.name, f"line {self.edit.start[0]} {self.edit.words}", hint)


def writes_in_place(statement: ast.stmt) -> bool:
    """Whether a statement may write to an array that is known by another name as well."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return isinstance(statement, ast.AugAssign) or any(isinstance(target, ast.Subscript) for target in targets)


def list_assigned_below(loop: ast.stmt) -> list[str]:
    """List what a loop, and those inside it, count by."""
    return [name for node in ast.walk(loop) if isinstance(node, ast.For) for name in list_assigned(node)]


def join_lines(text: str) -> str:
    """Return lines as one, without their indentation."""
    return " ".join(line.strip() for line in text.splitlines()).strip()


def rank_candidates(statements: Iterable[EditableStatement]) -> Iterator[Candidate]:
    """Yield the edits of statements, the likely ones first.  Those of a statement are listed when it is their turn;
    those that keep forward from changing what it hands on are few, and hardly ever right by accident."""
    waiting: list[tuple[float, int, Candidate]] = []
    number, statements = count(), [*statements]
    first = [candidate for one in statements if one.in_forward for candidate in list_cache_edits_of(one)]
    yield from first
    for one in statements:
        while waiting and waiting[0][0] < one.first_rank + 1:
            yield heappop(waiting)[2]
        for candidate in (c for c in list_edits_of(one) if not any(c.is_edit_of(early) for early in first)):
            heappush(waiting, (candidate.rank, next(number), candidate))
    while waiting:
        yield heappop(waiting)[2]


def list_cache_edits_of(statement: EditableStatement) -> list[Candidate]:
    """List the edits of a statement after which an array that is kept is not written to later."""
    deleting = (delete_statement,) if writes_in_place(statement.statement) else ()
    return list_edits_of(statement, lambda place: chain.from_iterable(f(place) for f in (copy_value, *deleting)))


def list_edits_of(statement: EditableStatement, propose: EditOperator = propose_edits) -> list[Candidate]:
    """List the edits of a statement, each text once."""
    found: dict[Hashable, Candidate] = {}
    for place in statement.finder.find():
        if is_within(place.node, statement.definition):
            for edit in propose(place):
                key = edit.start, edit.end, edit.text, edit.kind
                if key not in found or found[key].edit.tier > edit.tier:
                    found[key] = Candidate(statement, edit)
    return [*found.values()]


def is_within(node: ast.AST, definition: ast.AST) -> bool:
    """Whether a node belongs to a lambda; in any other function all do."""
    return not isinstance(definition, ast.Lambda) or node in ast.walk(definition.body)
