"""How small the counterexamples of planted faults are, and whether their code prints the number that is claimed.

    python benchmarks/counterexamples.py --sample 100 --seed 7 -o reports/counterexamples.md

The faults are those that people made and reported, and mutants of backwards of the library, as tests/corpus has them,
of every op that takes a case of so few elements at all.  Of each, the finding that a report shows first counts.  Its
size is the number of elements of all inputs together; upstreams are not counted.  Its code is run as it is printed,
beside a forward, backward and reference that were never called.  Faults that answer for the first call of a process
are left out: what they do to a case hangs on the case before it.
"""

import contextlib
import io
import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import click
import numpy as np

from corpora import Fault, caught, chosen_faults, faults
from delivery import delivered
from gradcheck import check
from gradcheck.checking.op_check import examine_case
from gradcheck.declaration.op import Op
from gradcheck.generation.search import generate_cases
from gradcheck.isolation import silence_warnings
from gradcheck.laws.registry import load_laws
from gradcheck.records.case import Case
from gradcheck.records.results import Finding, FindingKind
from gradcheck.records.status import FAILING_STATUSES
from gradcheck.report.content import fold_findings
from gradcheck.report.counterexample import write_counterexample
from processes import shared_out

MOST_ELEMENTS = 4
"""Elements of all inputs together, up to which a case is small."""
SMALL_TRIALS = 100
"""Cases of an op of which the smallest tells how small they are at all."""
SMALLER_SEARCHED, SMALLER_TRIALS = 2000, 200
"""Cases among which smaller ones than a printed one are looked for, and how many of them are tried."""
PRINTED_DIGITS = 1e-5
"""How far a printed number may be from the claimed one, relative to it: NumPy prints eight digits, claims have six."""


@dataclass(frozen=True)
class Task:
    """A fault, by its number, and how it is checked."""

    number: int
    examples: int


@dataclass(frozen=True)
class Row:
    """What was printed of one fault.  smaller_tried: cases of fewer elements that were put to the law of a case that is
    not small; smaller_failing: those that fail it.  complaint: why the printed code does not show the claim, "" where
    it does."""

    name: str
    is_caught: bool
    claim: str = ""
    elements: int = 0
    smaller_tried: int = 0
    smaller_failing: int = 0
    complaint: str = ""
    why_large: str = ""
    seconds: float = 0.0


def examine_fault(task: Task) -> Row:
    """Check one fault, and run what is printed of it."""
    fault = faults()[task.number]
    began = time.process_time()
    with silence_warnings():
        result = check(fault.wrong, examples=task.examples)
    seconds = time.process_time() - began
    shown = [one.finding for one in fold_findings(result.findings) if one.finding.case is not None]
    if not shown or not caught(fault, result):
        return Row(fault.name, bool(caught(fault, result)), seconds=seconds)
    finding = shown[0]
    elements = sum(a.size for a in finding.case.point) if finding.case else 0
    tried = try_smaller_cases(fault.wrong, finding, elements) if elements > MOST_ELEMENTS else []
    complaint = complain_of_code(fault.wrong, finding)
    row = Row(fault.name, True, finding.claim, elements, len(tried), sum(tried), complaint)
    return replace(row, why_large=describe_case(finding), seconds=seconds)


def try_smaller_cases(op: Op, finding: Finding, elements: int) -> list[bool]:
    """Put cases of fewer elements to the law of a finding; whether each fails it."""
    cases = (case for case in generate_cases(op, SMALLER_SEARCHED, 0) if 0 < count_elements(case) < elements)
    law = load_laws()[finding.law]
    with silence_warnings():
        seen = [examine_case(op, case, [law])[law.name] for case in islice(cases, SMALLER_TRIALS)]
    return [any(f.status in FAILING_STATUSES for f in one.findings) for one in seen]


def count_elements(case: Case) -> int:
    """Count the elements of all inputs together; 0 where one is empty."""
    sizes = [a.size for a in case.point]
    return sum(sizes) if all(sizes) else 0


def describe_case(finding: Finding) -> str:
    """Return the shapes of a case, and why it may not be the smallest."""
    shapes = finding.case.shapes if finding.case else ""
    return f"{shapes}; {finding.unshrunk}" if finding.unshrunk else shapes


def is_tried(fault: Fault) -> bool:
    """Whether a fault's op takes a case that is small, and its answer does not hang on the first call of a process."""
    sizes = map(count_elements, generate_cases(fault.wrong, SMALL_TRIALS, 0))
    return "slips.first(" not in fault.name and any(0 < size <= MOST_ELEMENTS for size in sizes)


def complain_of_code(op: Op, finding: Finding) -> str:
    """Return why the pasted code does not show what is claimed; "" where it does."""
    printed = io.StringIO()
    names = {"forward": op.forward, "backward": op.backward, "reference": op.reference}
    try:
        with contextlib.redirect_stdout(printed), silence_warnings():
            exec(write_counterexample(finding, None, None), names)
    except Exception as error:
        raised = f"{type(error).__name__}: {error}"
        return "" if finding.kind is FindingKind.RAISED and str(error) in finding.claim else f"raised {raised}"
    if finding.kind is FindingKind.RAISED:
        return "raised nothing"
    said = printed.getvalue()
    return "" if shows_claim(finding, said) else f"printed {said.strip()!r}"


def shows_claim(finding: Finding, printed: str) -> bool:
    """Whether what was printed holds the number, or the shape, of a claim; of a claim without one, whether anything was
    printed."""
    if shape := re.search(r"has (?:shape|dtype) (\([\d, ]*\)|\w+)", finding.claim):
        return shape[1] in printed
    number = re.search(r" is (-?(?:\d[\d.e+-]*|inf|nan))\b", finding.claim)
    if number is None:
        return bool(printed.strip())
    claimed = float(number[1])
    numbers = [float(text) for text in re.findall(r"-?(?:\d[\d.]*(?:e[+-]?\d+)?|inf|nan)", printed)]
    return any(np.isclose(value, claimed, rtol=PRINTED_DIGITS, atol=0, equal_nan=True) for value in numbers)


def is_smallest(row: Row) -> bool:
    """Whether no smaller case is known that fails."""
    return row.elements <= MOST_ELEMENTS or not row.smaller_failing


def render_rows(rows: Sequence[Row], examples: int, seed: int) -> str:
    """Write the report in Markdown."""
    told = [row for row in rows if row.claim]
    small = [row for row in told if row.elements <= MOST_ELEMENTS]
    shown = [row for row in told if not row.complaint]
    lines = [
        "# Counterexamples of planted faults",
        "",
        f"{len(rows)} faults (seed {seed}), {examples} cases each: {sum(row.is_caught for row in rows)} caught. Of the "
        f"first finding that is printed, the case has at most {MOST_ELEMENTS} elements in all inputs together for "
        f"{len(small)} of {len(told)}, and for {sum(map(is_smallest, told))} no smaller case fails of those that were "
        f"tried, up to {SMALLER_TRIALS} for each larger one; its code prints the claimed number for {len(shown)} of "
        f"{len(told)}. {sum(row.seconds for row in rows):.0f} s of CPU.",
    ]
    large = [
        f"- {r.name}: {r.elements} elements ({r.why_large}): {r.claim}; "
        f"{r.smaller_failing} of {r.smaller_tried} smaller cases fail"
        for r in told
        if r not in small
    ]
    wrong = [f"- {r.name}: {r.claim}: {r.complaint}" for r in told if r.complaint]
    missed = [f"- {r.name}" for r in rows if not r.is_caught]
    for title, items in (("Larger cases", large), ("Code that does not show the claim", wrong), ("Missed", missed)):
        if items:
            lines += ["", f"## {title}", "", *items]
    return "\n".join(lines) + "\n"


@click.command()
@click.option("--sample", type=click.IntRange(1), default=100, show_default=True, metavar="N", help="Only N faults.")
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True, help="Of the sample.")
@click.option("--examples", type=click.IntRange(1), default=100, show_default=True, help="Cases for each fault.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Processes.  [default: all cores]")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of stdout.")
def main(sample: int, seed: int, examples: int, jobs: int, output: Path | None) -> None:
    """Check a sample of planted faults, and look at what is printed of them."""
    tasks = [Task(number, examples) for number in chosen_faults(sample, seed, is_tried)]
    rows, _ = shared_out(examine_fault, tasks, jobs)
    delivered(render_rows(rows, examples, seed), output)


if __name__ == "__main__":
    main()
