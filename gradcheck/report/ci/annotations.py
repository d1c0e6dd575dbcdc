"""Annotations: what a run has to say, each at a place in the repository, as reviewers see it beside the code."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from gradcheck.checking.baseline import Comparison, ErrorChange, ErrorComparison
from gradcheck.checking.outcome import is_required_and_inconclusive
from gradcheck.declaration.origin import NotChecked
from gradcheck.escaping import cut_text, escape_unprintable
from gradcheck.formatting import pluralise
from gradcheck.records.results import OpResult, Run
from gradcheck.records.status import FAILING_STATUSES
from gradcheck.report.content import (
    UNPAIRED_PLACES,
    Block,
    FoldedFinding,
    build_folded_block,
    describe_not_checked,
    fold_findings,
    format_relative_error,
)
from gradcheck.repository import find_repository


class Level(StrEnum):
    """How much an annotation matters, ordered from the most.  ERROR: it fails the run."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True)
class SourceLine:
    """A line of a file.  file: relative to the top folder of the repository, with slashes."""

    file: str
    line: int


@dataclass(frozen=True)
class Annotation:
    """One thing to see beside the code; its texts are printable.

    rule: what it is an instance of: law/gradient, cause/sum-missing, baseline/regressed.  op: the label of the op, ""
    where it is about none.  title: one line.  details: lines that explain it.  place: None where it is not in the
    repository.  key: with the op, what stays the same while lines move and numbers change.
    """

    level: Level
    rule: str
    op: str
    title: str
    details: tuple[str, ...] = ()
    place: SourceLine | None = None
    key: str = ""

    @property
    def message(self) -> str:
        """The title and the details, line by line."""
        return "\n".join((self.title, *self.details))

    @property
    def fingerprint(self) -> str:
        """A digest by which the same thing is known in another run."""
        return hashlib.sha256(f"{self.op}\n{self.key}".encode(errors="backslashreplace")).hexdigest()[:32]


NOT_CHECKED_RULE = "not-checked"


def list_annotations(run: Run, comparison: Comparison | None, folder: Path) -> tuple[Annotation, ...]:
    """List the annotations of a run beside a baseline, the worst first.  folder: where its failing cases are saved."""
    listed = [one for result in run.results for one in annotate_op(result, folder)]
    listed += [annotate_part(part) for part in run.not_checked]
    listed += [annotate_unexamined(op) for op in run.unexamined]
    listed += annotate_comparison(run, comparison) if comparison else ()
    return tuple(sorted(listed, key=lambda one: list(Level).index(one.level)))


def annotate_op(result: OpResult, folder: Path) -> Iterator[Annotation]:
    """Annotate an op: its findings, the laws without a conclusion that it needs, and what of it was not checked."""
    for folded in fold_findings(result.findings):
        yield annotate_finding(result, folded, folder)
    for verdict in result.verdicts:
        if not verdict.findings and is_required_and_inconclusive(verdict):
            title = f"{result.label}: {verdict.law} inconclusive: {verdict.reason}"
            yield annotate_result(result, f"law/{verdict.law}", title, f"{verdict.law} inconclusive")
    for part in result.not_checked:
        yield replace(annotate_part(part, result.label), place=find_source_line(result))


def annotate_finding(result: OpResult, folded: FoldedFinding, folder: Path) -> Annotation:
    """Annotate a finding, with those that follow from it among its details."""
    finding = folded.finding
    block = build_folded_block(folded, result.target, folder, result.script)
    rule = escape_title(f"cause/{finding.cause_name}" if finding.cause_name else f"law/{finding.law}")
    key = "\n".join((finding.law, finding.subject.kind, finding.subject.name, finding.kind))
    annotation = annotate_result(result, rule, block.title, key)
    level = Level.ERROR if finding.status in FAILING_STATUSES else Level.WARNING
    details = tuple(map(escape_unprintable, list_details(block)))
    place = locate(finding.file, finding.line) or annotation.place
    return replace(annotation, level=level, details=details, place=place)


def annotate_result(result: OpResult, rule: str, title: str, key: str) -> Annotation:
    """Make a warning about an op, at its place."""
    return Annotation(Level.WARNING, rule, result.label, escape_title(title), place=find_source_line(result), key=key)


def annotate_part(part: NotChecked, op: str = "") -> Annotation:
    """Make a notice of something that was not checked."""
    title = f"{op}: not checked: {describe_not_checked(part)}" if op else f"not checked: {describe_not_checked(part)}"
    return Annotation(Level.NOTICE, NOT_CHECKED_RULE, op, escape_title(title), key=f"not checked\n{part.name}")


def annotate_unexamined(op: str) -> Annotation:
    """Make a warning of an op that an interrupt left without a result."""
    title = f"{op}: not examined: the run was interrupted"
    return Annotation(Level.WARNING, NOT_CHECKED_RULE, op, escape_title(title), key="not examined")


def annotate_comparison(run: Run, comparison: Comparison) -> Iterator[Annotation]:
    """Annotate what got worse since the baseline, the ops that are gone or new, and what cannot be compared."""
    places = {result.label: find_source_line(result) for result in run.results}

    def annotate(level: Level, change: str, op: str, title: str, key: str) -> Annotation:
        return Annotation(level, f"baseline/{change}", op, escape_title(title), place=places.get(op), key=key)

    for op in dict.fromkeys(row.op for row in comparison.regressions):
        rows = [escape_title(describe_regression(row)) for row in comparison.regressions if row.op == op]
        title = f"{op}: {pluralise(len(rows), 'error')} of the gradient larger than in the baseline"
        yield replace(annotate(Level.ERROR, "regressed", op, title, "regressed"), details=tuple(rows))
    for label, change, is_allowed in comparison.unpaired:
        title = f"{label}: {change}: {UNPAIRED_PLACES[change]}"
        yield annotate(Level.NOTICE if is_allowed else Level.ERROR, change.value, label, title, change.value)
    for reason in comparison.reasons:
        yield annotate(Level.ERROR, "not-comparable", "", f"not compared: {reason}", reason)


def describe_regression(row: ErrorComparison) -> str:
    """Describe an error that got worse, or is no longer measured."""
    now = "no longer measured" if row.change is ErrorChange.LOST else format_relative_error(row.after)
    return f"the relative error of {row.key} was {format_relative_error(row.before)}, now {now}"


def list_details(block: Block) -> Iterator[str]:
    """List the lines of a finding that fit beside code: its cause, its patch, what explains it, how to run it again."""
    if block.cause:
        yield f"cause: {block.cause}"
    if block.change:
        yield f"patch: {block.change.place} ({block.change.tried})"
        yield from (f"- {block.change.before}", f"+ {block.change.after}")
    yield from block.lines
    if block.replay:
        yield f"replay: {block.replay}"


def escape_title(text: str) -> str:
    """Cut and escape a text as one line."""
    return escape_unprintable(cut_text(text))


def find_source_line(result: OpResult) -> SourceLine | None:
    """Find the place of an op: the line of its backward, else the file of its target; None where neither is in the
    repository."""
    target = result.target.partition("::")[0]
    files = (name for name in (target, target.rpartition(":")[0]) if name.endswith(".py"))
    return locate(result.file, result.line) or locate(next(files, ""), 1)


def locate(file: str, line: int) -> SourceLine | None:
    """Locate a line in the repository; None where the file is not in it, or is none, as in an interpreter."""
    root, path = find_repository(Path.cwd()) or Path.cwd(), Path(os.path.normpath(Path.cwd() / file))
    if not file or file.startswith("<") or not path.is_relative_to(root):
        return None
    return SourceLine(escape_unprintable(path.relative_to(root).as_posix()), max(line, 1))
