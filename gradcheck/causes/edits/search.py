"""The search for an edit of one statement after which a wrong gradient is right in every case.

Edits are tried from the likely to the far-fetched, those of the lines nearest to the gradient first.  Each is compiled
and run in one case, which rejects nearly all; what is left has to be right in the other cases, and then in cases that
were drawn anew.  A line counter ends loops that an edit made endless; whatever happens, the code is put back.
"""

import ast
import io
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import islice
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.causes.cause import Cause
from gradcheck.causes.edits.edit import Edit
from gradcheck.causes.edits.edited_code import (
    CodeKey,
    CodeUnit,
    NotEditable,
    find_unit_index,
    list_functions_of,
    list_keepers,
    make_unit,
    replace_statement,
)
from gradcheck.causes.edits.lines import TracedFunction, list_traced_functions, slice_gradients
from gradcheck.causes.edits.operators.registry import propose_edits
from gradcheck.causes.edits.places import PlaceFinder
from gradcheck.causes.edits.source_file import list_header_lines, list_statements, parse_statement
from gradcheck.causes.edits.tracing import SeenValue, trace_calls
from gradcheck.causes.edits.trial import CaseTrial
from gradcheck.causes.telling_cases import draw_telling_cases
from gradcheck.causes.wrong_case import WrongCase, make_wrong_case
from gradcheck.declaration.op import Op
from gradcheck.generation.search import generate_cases
from gradcheck.isolation import GLOBAL_STATE_LOCK, silence_warnings
from gradcheck.records.patch import Patch

BUDGET = 2.0
"""Seconds that a search may take."""
MOST_TRIALS = 6000
"""Edits that are tried."""
AFTER_FIRST = 150
"""Edits that are tried after the first that is right, in case a simpler one, or one for all inputs, follows."""
FRESH_SEED = 1
FEWEST_FRESH, MOST_FRESH, DRAWN_USUAL = 5, 12, 24
"""Cases in which what is left is tried at last, the fewest where time is up: telling ones and usual ones in turn, of so
many that are drawn."""
LINES_PER_TIER = 4
"""Lines farther from the gradient that count as much as being one tier more far-fetched."""


@dataclass(frozen=True, eq=False)
class EditableStatement:
    """A statement that ran, the block that it stands in, and the code of which it is.

    seen: the values that it may use.  distance: from the gradient, in lines.
    """

    unit: CodeUnit
    definition: ast.AST
    block: list[ast.stmt]
    statement: ast.stmt
    seen: Mapping[str, SeenValue]
    distance: int


@dataclass(frozen=True, eq=False)
class Candidate:
    """An edit of a statement."""

    of: EditableStatement
    edit: Edit

    @property
    def rank(self) -> float:
        """How late it is tried."""
        return self.edit.tier + self.of.distance / LINES_PER_TIER

    def compile(self) -> Mapping[CodeKey, CodeType]:
        """Compile the code with the edit.  Raises SyntaxError and ValueError."""
        statement, edit = self.of.statement, self.edit
        if edit.kind == "dedent":
            return self.compile_dedented()
        new = [parse_statement(self.of.unit.source, statement, edit.start, edit.end, edit.text)] if edit.text else []
        with replace_statement(self.of.block, statement, new or [ast.Pass(lineno=statement.lineno, col_offset=0)]):
            return self.of.unit.compile()

    def compile_dedented(self) -> Mapping[CodeKey, CodeType]:
        """Compile the code with a statement behind the outermost loop that it stands in."""
        statement, body = self.of.statement, getattr(self.of.definition, "body", [])
        loop = next((s for s in body if isinstance(s, (ast.For, ast.While)) and statement in ast.walk(s)), None)
        if loop is None:
            raise ValueError("there is no loop around it")
        empty = ast.Pass(lineno=statement.lineno, col_offset=0)
        with replace_statement(body, loop, [loop, statement]), replace_statement(self.of.block, statement, [empty]):
            return self.of.unit.compile()

    def make_patch(self, cases: int) -> Patch:
        """Return the edit as a patch that was right in so many cases."""
        source, (first, _), (last, right) = self.of.unit.source, self.edit.start, self.edit.end
        lines = b"".join(source.lines[first - 1 : last]).decode()
        head = source.lines[first - 1][: self.edit.start[1]].decode()
        tail = source.lines[last - 1][right:].decode()
        after = {"delete": "", "dedent": f"{self.edit.text}  # behind the loop"}.get(self.edit.kind)
        changed = head + self.edit.text + tail if after is None else after
        return Patch(source.name, first, lines.strip(), changed.strip(), cases)

    @property
    def cause(self) -> Cause:
        """The mistake that the edit mends."""
        after = self.make_patch(0).after
        hint = f"Write `{after}`." if self.edit.kind == "text" else "Delete the line." if not after else "Dedent it."
        return Cause(self.edit.name, f"line {self.edit.start[0]} {self.edit.words}", hint)


@dataclass
class SearchCount:
    """What a search did.  trials: edits that were run.  seconds: how long it took, fresh cases apart."""

    trials: int = 0
    seconds: float = 0.0


@dataclass
class Survivor:
    """An edit that was right so far.  gradients: those of all inputs, in each case.  right: how many of these were
    right."""

    candidate: Candidate
    gradients: list[tuple[Values | None, ...]] = field(default_factory=list)
    right: int = 0

    def rate(self) -> tuple[float, ...]:
        """How good it is, the best the least: by the inputs that it makes right, then how likely it is,
        how short the line, and how little it changes."""
        edit, patch = self.candidate.edit, self.candidate.make_patch(0)
        likeness = SequenceMatcher(None, patch.before, patch.after).ratio()
        return -self.right, edit.tier, self.candidate.of.distance, len(patch.after), -likeness


def find_patches(
    op: Op,
    label: str,
    cases: Sequence[WrongCase],
    budget: float = BUDGET,
    clock: Callable[[], float] = time.perf_counter,
    count: SearchCount | None = None,
) -> list[tuple[Cause, Patch]]:
    """Find the edits of one statement after which the gradient of an input is right in all cases, the best first: the
    one that makes most other inputs right as well, then the simplest.

    cases: the wrong ones first.  budget: seconds, by a clock.  [] where there is no source, or no edit is right.  No
    edit is returned that makes a right gradient of another input wrong, or changes an output, in any case.
    """
    wrong = [case for case in cases if label in case.labels and case.is_wrong(case.labels.index(label))]
    if not wrong:
        return []
    started, count = clock(), count or SearchCount()
    with prepare_trials():
        statements = list_editable_statements(wrong[0], label)
        try:
            trials = make_trials(cases, label, statements)
            found = try_edits(list_candidates(statements), trials, lambda: clock() - started > budget, count)
            count.seconds = clock() - started
            checked = try_fresh_cases(op, label, found, statements, lambda: clock() - started > budget)
        finally:
            forget_kept_results(statements)
    return [(one.candidate.cause, one.candidate.make_patch(len(one.gradients))) for one in checked]


@contextmanager
def prepare_trials() -> Iterator[None]:
    """Run code under test without what it prints and warns; checks of other threads wait."""
    nowhere = io.StringIO()
    with GLOBAL_STATE_LOCK, silence_warnings(), redirect_stdout(nowhere), redirect_stderr(nowhere):
        yield


def make_trials(cases: Sequence[WrongCase], label: str, statements: Sequence[EditableStatement]) -> list[CaseTrial]:
    """Make the trials of cases, the smallest wrong one first."""
    trees = {id(one.unit): one.unit.tree for one in statements}.values()
    has_while = any(isinstance(node, ast.While) for tree in trees for node in ast.walk(tree))
    trials = [CaseTrial(case, label, has_while) for case in cases]
    first = min(trials, key=lambda t: (not t.case.is_wrong(t.i), t.case.case.elements))
    return [first, *(trial for trial in trials if trial is not first)]


def list_editable_statements(case: WrongCase, label: str) -> list[EditableStatement]:
    """List the statements that bear on a gradient, the nearest to it first, then the others that ran."""
    ones = tuple(np.ones_like(u) for u in case.upstream) if all(u.size == 1 for u in case.upstream) else None
    trace = trace_calls(case, ones)
    functions = list_traced_functions(trace)
    slices = slice_gradients(trace, functions, case)
    bearing = {id(statement) for _, statement in slices.get(label, ())}
    others = {id(s) for name, statements in slices.items() if name != label for _, s in statements}
    units = make_units(functions)
    found = list[tuple[int, EditableStatement]]()
    for function in functions:
        unit = units.get(id(function))
        for block, statement in list_blocks_of(function) if unit else ():
            lines = [line for line in list_header_lines(statement) if line in function.trace.lines]
            of_others = id(statement) in others
            if unit and lines and (id(statement) in bearing or not of_others):
                far = 2 * (id(statement) not in bearing) + (of_others or not function.trace.in_backward)
                seen = function.trace.list_seen(lines[0])
                found.append((far, EditableStatement(unit, function.definition, block, statement, seen, 0)))
    found.sort(key=lambda row: (row[0], -row[1].statement.lineno))
    return [replace(one, distance=k + LINES_PER_TIER * far) for k, (far, one) in enumerate(found)]


def list_blocks_of(function: TracedFunction) -> Iterator[tuple[list[ast.stmt], ast.stmt]]:
    """Yield the statements of a function with their blocks; for a lambda, the statement that holds it."""
    if not isinstance(function.definition, ast.Lambda):
        yield from list_statements(function.definition)
        return
    statement = next(node for node in reversed(function.path) if isinstance(node, ast.stmt))
    for outer in function.path:
        for name in ("body", "orelse"):
            block = getattr(outer, name, None)
            if isinstance(block, list) and statement in block:
                yield block, statement


def make_units(functions: Sequence[TracedFunction]) -> dict[int, CodeUnit]:
    """Return the unit of each function that can be compiled anew; those of one outermost function share it."""
    existing = list_functions_of({f.source.name for f in functions})
    units: dict[int, CodeUnit] = {}
    by_root: dict[int, CodeUnit | None] = {}
    for function in functions:
        root = id(function.path[find_unit_index([*function.path])])
        if root not in by_root:
            by_root[root] = try_unit(function, existing)
        unit = by_root[root]
        if unit is not None:
            units[id(function)] = unit
    return units


def try_unit(function: TracedFunction, existing: Sequence[FunctionType]) -> CodeUnit | None:
    """Return the unit of a function; None where there is none, or where a function of it keeps its results."""
    try:
        unit = make_unit(function.source, [*function.path], function.trace.code, existing)
    except (NotEditable, SyntaxError, ValueError):
        return None
    kept = [getattr(keeper, "__wrapped__", None) for keeper in list_keepers(function.trace.names)]
    return None if any(f in kept for f, _ in unit.functions) else unit


def forget_kept_results(statements: Sequence[EditableStatement]) -> None:
    """Clear the results that functions of the user's files keep: some may be of edited code."""
    for names in {id(f.__globals__): f.__globals__ for one in statements for f, _ in one.unit.functions}.values():
        for keeper in list_keepers(names):
            keeper.cache_clear()


def list_candidates(statements: Sequence[EditableStatement]) -> list[Candidate]:
    """List the edits of statements, the likely ones first; each text once."""
    found: dict[tuple[Any, ...], Candidate] = {}
    for one in statements:
        for place in PlaceFinder(one.unit.source, one.statement, one.seen).find():
            if is_within(place.node, one.definition):
                for edit in propose_edits(place):
                    key = (one.unit.source.name, edit.start, edit.end, edit.text, edit.kind)
                    if key not in found or found[key].edit.tier > edit.tier:
                        found[key] = Candidate(one, edit)
    return sorted(found.values(), key=lambda candidate: candidate.rank)


def is_within(node: ast.AST, definition: ast.AST) -> bool:
    """Whether a node belongs to a lambda; in any other function all do."""
    return not isinstance(definition, ast.Lambda) or node in ast.walk(definition.body)


def try_edits(
    candidates: Sequence[Candidate], trials: Sequence[CaseTrial], is_late: Callable[[], bool], count: SearchCount
) -> list[Survivor]:
    """Try edits in all cases, and return those that are right."""
    survivors = list[Survivor]()
    last = len(candidates)
    for k, candidate in enumerate(candidates):
        if k >= last or count.trials >= MOST_TRIALS or is_late():
            break
        count.trials += 1
        survivor = try_candidate(candidate, trials)
        if survivor is not None:
            survivors.append(survivor)
            last = min(last, k + AFTER_FIRST)
    return survivors


def try_candidate(candidate: Candidate, trials: Sequence[CaseTrial]) -> Survivor | None:
    """Try an edit in some cases; None where it is wrong in one, or no code."""
    survivor = Survivor(candidate)
    try:
        codes = candidate.compile()
        with candidate.of.unit.put_in_place(codes):
            for trial in trials:
                gradients = trial.judge()
                if gradients is None:
                    return None
                survivor.gradients.append(gradients)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not all(trial.keeps_others(g) for trial, g in zip(trials, survivor.gradients, strict=True)):
        return None
    survivor.right = sum(trial.count_right(g) for trial, g in zip(trials[:2], survivor.gradients, strict=False))
    return survivor


def try_fresh_cases(
    op: Op,
    label: str,
    survivors: Sequence[Survivor],
    statements: Sequence[EditableStatement],
    is_late: Callable[[], bool],
) -> list[Survivor]:
    """Try what is left in cases that were drawn anew, at least FEWEST_FRESH of them, and return one of those that are
    right in all: the one that makes most inputs right, then the most likely, then the shortest."""
    left = sorted(survivors, key=Survivor.rate)
    for k, case in enumerate(draw_fresh_cases(op, label) if left else ()):
        if not left or (k >= FEWEST_FRESH and is_late()):
            break
        trials = make_trials([case], label, statements)
        again = [(survivor, try_candidate(survivor.candidate, trials)) for survivor in left]
        left = [survivor for survivor, other in again if other is not None]
        for survivor, other in again:
            survivor.gradients += other.gradients if other else []
    return left[:1]


def draw_fresh_cases(op: Op, label: str) -> Iterator[WrongCase]:
    """Yield cases of another seed: telling ones, and usual ones, among which are axes of length one."""
    telling = (case for case in draw_telling_cases(op, FRESH_SEED) if label in case.labels)
    drawn = (make_wrong_case(op, case) for case in generate_cases(op, DRAWN_USUAL, FRESH_SEED) if case.upstream)
    usual = (case for case in drawn if case is not None and label in case.labels)
    for _ in range(MOST_FRESH // 2):
        yield from (*islice(usual, 1), *islice(telling, 1))
