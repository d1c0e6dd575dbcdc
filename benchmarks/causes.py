"""Which causes are named of labelled mistakes, whether the patches that are offered are right, and what it costs.

    python benchmarks/causes.py --jobs 2 --format markdown -o reports/causes.md
    python benchmarks/causes.py --cause sum-missing --cause keepdims

The mistakes are those of wrong_programs: right files in the styles of many people, each with an edit that makes it
wrong as a person would, labelled with its cause.  Each file is loaded as `gradcheck check FILE` loads it.  Of the
findings the one counts that a report shows first.  A patch is right where the file, with the patch in it, passes a
check on cases that were not drawn before.  The right files are checked as well: none may have a finding.
"""

import ast
import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch as replaced

import click
import numpy as np

from causes_report import Results, Row, Seconds, render_results
from delivery import delivered
from gradcheck import check
from gradcheck.checking import finding_shrinking
from gradcheck.isolation import silence_warnings
from gradcheck.records.patch import Patch
from gradcheck.records.results import Finding, OpResult
from gradcheck.records.status import FAILING_STATUSES
from gradcheck.report.content import fold_findings
from processes import shared_out
from report_format import FORMATS
from wrong_programs import WRONGS
from wrong_programs.program import Program, Wrong, load_op

PATCHED_EXAMPLES = 50
"""Cases for a file with a patch in it."""
FRESH_SEED = 1_000
"""Added to the seed of a check, where its cases must not be drawn again."""

TIMED = {"shrink_findings": import_module("gradcheck.checking.check"), "explain_finding_of": finding_shrinking}
"""Functions that are measured, the second of which the first calls, and the modules that call them."""

RIGHTS: tuple[Program, ...] = tuple({wrong.program.name: wrong.program for wrong in WRONGS}.values())
"""The right programs."""


@dataclass(frozen=True)
class Task:
    """A mistake, or a right program, by its number, and how it is checked."""

    number: int
    is_right: bool
    examples: int
    seed: int


class Stopwatches:
    """Seconds of CPU that were spent in functions of gradcheck, by their names."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(TIMED, 0.0)

    def time(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, measured."""

        def timed(*given: Any) -> Any:
            began = time.process_time()
            try:
                return function(*given)
            finally:
                self.seconds[name] += time.process_time() - began

        return timed

    def split(self, whole: float) -> Seconds:
        """Split the seconds of a check."""
        shrinking, explaining = (self.seconds[name] for name in TIMED)
        return Seconds(finding=whole - shrinking, shrinking=shrinking - explaining, explaining=explaining)


def examine(task: Task) -> Row:
    """Check a right or a wrong file."""
    with TemporaryDirectory() as folder:
        if task.is_right:
            return examine_right(RIGHTS[task.number], Path(folder), task)
        return examine_wrong(WRONGS[task.number], Path(folder), task)


def examine_right(program: Program, folder: Path, task: Task) -> Row:
    """Check a right file."""
    result, seconds = check_file(program.write(folder), task.examples, task.seed)
    claims = "; ".join(finding.claim for finding in result.findings)
    return Row(program.name, seconds, claim=claims, is_right=True)


def examine_wrong(wrong: Wrong, folder: Path, task: Task) -> Row:
    """Check a wrong file, and what is said of it."""
    path = wrong.write(folder)
    result, seconds = check_file(path, task.examples, task.seed)
    shown = choose_shown(result)
    row = Row(wrong.program.name, seconds, wrong.causes, wrong.one_line)
    if shown is None:
        return row
    told = replace(row, claim=shown.claim, named=shown.cause_name)
    if shown.patch is None:
        return told
    complaint = complain_of_patch(shown.patch, path, folder, task.seed)
    moved = f" ({shown.patch.moved})" if shown.patch.moved else ""
    return replace(told, patch=f"{shown.patch.before}  →  {shown.patch.after}{moved}", complaint=complaint)


def check_file(path: Path, examples: int, seed: int) -> tuple[OpResult, Seconds]:
    """Check the op of a file, and measure what this takes, without the import."""
    watches = Stopwatches()
    with silence_warnings(), ExitStack() as stack:
        for name, module in TIMED.items():
            stack.enter_context(replaced.object(module, name, watches.time(name, getattr(module, name))))
        op = load_op(path)
        began = time.process_time()
        result = check(op, examples=examples, seed=seed)
        return result, watches.split(time.process_time() - began)


def choose_shown(result: OpResult) -> Finding | None:
    """Return the finding that a person reads first: one that fails the run, where there is one."""
    findings = [one.finding for one in fold_findings(result.findings)]
    return min(findings, key=lambda finding: finding.status not in FAILING_STATUSES, default=None)


def complain_of_patch(offered: Patch, path: Path, folder: Path, seed: int) -> str:
    """Return why a patch is wrong; "" where the file, with the patch in it, passes on fresh cases."""
    lines = path.read_text().splitlines(keepends=True)
    old = lines[offered.line - 1] if 0 < offered.line <= len(lines) else ""
    if Path(offered.file).name != path.name or old.strip() != offered.before:
        return "line not found"
    lines[offered.line - 1] = old.replace(offered.before, offered.after)
    if offered.moved:
        lines = move_out_of_loop(path.read_text(), offered.line, is_first=offered.moved == "before the loop")
    patched = folder / "patched" / path.name
    patched.parent.mkdir()
    patched.write_text("".join(lines))
    try:
        result, _ = check_file(patched, PATCHED_EXAMPLES, seed + FRESH_SEED)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "; ".join(finding.claim for finding in result.findings)


def move_out_of_loop(text: str, line: int, is_first: bool) -> list[str]:
    """Return the lines of a text with a statement of one line behind the outermost loop that it stands in, or before
    it."""
    lines = text.splitlines(keepends=True)
    loops = [node for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.For, ast.While))]
    loop = next(one for one in loops if one.lineno < line <= (one.end_lineno or 0))
    moved, end = " " * loop.col_offset + lines[line - 1].lstrip(), loop.end_lineno or 0
    inside = [*lines[loop.lineno - 1 : line - 1], *lines[line:end]]
    return [*lines[: loop.lineno - 1], *([moved, *inside] if is_first else [*inside, moved]), *lines[end:]]


def choose_tasks(causes: Sequence[str], sample: int | None, examples: int, seed: int) -> list[Task]:
    """List the mistakes of some causes, or all, or a seeded sample of them, and the right programs that they are in."""
    numbers = [n for n, wrong in enumerate(WRONGS) if not causes or set(causes) & set(wrong.causes)]
    if sample is not None:
        numbers = sorted(map(int, np.random.default_rng(seed).permutation(numbers)[:sample]))
    names = {WRONGS[n].program.name for n in numbers}
    rights = [n for n, program in enumerate(RIGHTS) if program.name in names]
    return [Task(n, False, examples, seed) for n in numbers] + [Task(n, True, examples, seed) for n in rights]


@click.command()
@click.option("--cause", "causes", multiple=True, metavar="NAME", help="Only mistakes of this cause; may be repeated.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Only N mistakes.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the sample and of the checks.")
@click.option("--examples", type=click.IntRange(1), default=25, show_default=True, help="Cases for each file.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Processes.  [default: all cores]")
@click.option(
    "--format", "form", type=click.Choice([*FORMATS]), default="text", show_default=True, help="Of the report."
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of stdout.")
def main(
    causes: tuple[str, ...], sample: int | None, seed: int, examples: int, jobs: int, form: str, output: Path | None
) -> None:
    """Check labelled mistakes, and compare the causes that are named with the labels."""
    known = {name for wrong in WRONGS for name in wrong.causes}
    if unknown := sorted(set(causes) - known):
        raise click.BadParameter(f"no mistake has the cause {', '.join(unknown)}", param_hint="--cause")
    tasks = choose_tasks(causes, sample, examples, seed)
    rows, complete = shared_out(examine, tasks, jobs)
    delivered(render_results(Results(tuple(rows), examples, seed, complete), form), output)


if __name__ == "__main__":
    main()
