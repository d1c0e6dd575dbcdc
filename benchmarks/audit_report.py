"""What the audit of a generated class took, as a report."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from tabulate import tabulate

from class_costs import FunctionCost, SubmissionCost
from gradcheck.records.audit import FunctionState
from queue_simulation import ARRIVALS, Outcome
from report_format import FORMATS, Section, plain, significant

ALLOWED = {"right": 1.0, "wrong": 3.0}
"""Seconds of CPU for a function beyond the student's own code."""
RULE_OF_THREE = 3
"""None of n: with 95 % confidence the rate is below 3 / n."""


@dataclass(frozen=True)
class Scale:
    """A class that was audited by the command line's crew.  parent, process: the most MiB of memory of either."""

    jobs: int
    submissions: int
    seconds: float
    cpu: float
    parent: float
    process: float


@dataclass(frozen=True)
class Measured:
    """All that was measured.  memory: the most MiB of the process that checks.  plans: simulated outcomes by arrivals
    and number of workers."""

    assignment: str
    seed: int
    cores: int
    submissions: Sequence[SubmissionCost]
    asked: int
    opening: float
    memory: float
    scales: Sequence[Scale]
    plans: Mapping[tuple[str, int], Outcome]
    planned: int

    @property
    def functions(self) -> list[FunctionCost]:
        """All functions."""
        return [function for submission in self.submissions for function in submission.functions]


def render(measured: Measured, form: str) -> str:
    """Return the report in one of FORMATS."""
    is_markdown = form == "markdown"
    parts = [("# " if is_markdown else "") + "Audits of a generated class", answer(measured)]
    for section in list_sections(measured):
        parts += [("## " if is_markdown else "") + section.title, section.words]
        if section.rows:
            parts.append(tabulate(section.rows, section.headings, tablefmt=FORMATS[form], disable_numparse=True))
    return "\n\n".join(part if is_markdown else plain(part) for part in parts if part)


def answer(measured: Measured) -> str:
    """Say what was audited, and whether each verdict was the expected one."""
    functions, audited = measured.functions, len(measured.submissions)
    right = [f for f in functions if f.expected.state == "right"]
    accused = [f for f in right if not f.state.is_right]
    missed = [f for f in functions if not f.is_expected]
    whole = "" if audited == measured.asked else f" Interrupted: {measured.asked} were asked for."
    bound = f", so that the rate is below {RULE_OF_THREE / len(right):.2g} with 95 % confidence" if right else ""
    return (
        f"**{audited} submissions** generated from seed {measured.seed} for {measured.assignment}, "
        f"{len(functions):,} functions ({', '.join(dict.fromkeys(f.row for f in functions))}): "
        f"{len(functions) - len(missed):,} verdicts are the expected ones, {len(missed)} "
        f"are not. Of {len(right):,} right functions **{len(accused)} are not marked right**"
        f"{bound if not accused else ''}. "
        f"The machine has {measured.cores} cores, which other programs may have shared: seconds of CPU count.{whole}"
    )


def list_sections(measured: Measured) -> Iterator[Section]:
    """Yield the sections."""
    yield list_verdicts(measured)
    yield list_costs(measured)
    yield list_throughput(measured)
    yield list_plans(measured)


def list_verdicts(measured: Measured) -> Section:
    """The verdicts by the group of a submission; those that are not expected one by one."""
    rows = []
    for group in sorted({s.group for s in measured.submissions}):
        of_it = [s for s in measured.submissions if s.group == group]
        functions = [f for s in of_it for f in s.functions]
        expected = sum(f.is_expected for f in functions)
        rows.append([group, str(len(of_it)), str(len(functions)), str(expected), str(len(functions) - expected)])
    counts = Counter(str(f.state) for f in measured.functions)
    words = f"Found: {', '.join(f'{count} {state}' for state, count in counts.most_common())}."
    others = [
        f"- expected {f.expected.state} {f.expected.part}: {f.told}" for f in measured.functions if not f.is_expected
    ]
    words = "\n\n".join([words, "\n".join(others)]) if others else words
    return Section("Verdicts", words, ("group", "submissions", "functions", "as expected", "otherwise"), rows)


def list_costs(measured: Measured) -> Section:
    """Seconds of CPU of a function, once the references are traced."""
    rows = []
    for name, state in (("right", FunctionState.RIGHT), ("wrong", FunctionState.WRONG)):
        of_it = [f for f in measured.functions if f.state is state]
        if not of_it:
            continue
        checking, worker = [f.checking for f in of_it], [f.worker for f in of_it]
        row = [name, str(len(of_it)), significant(float(np.mean(checking))), significant(float(np.median(checking)))]
        row += [significant(float(np.percentile(checking, 95))), significant(max(checking))]
        rows.append([*row, significant(float(np.mean(worker))), f"{ALLOWED[name]:g}"])
    words = (
        "Seconds of CPU for a function: of the process that checks, in which no code of a submission runs; and of the "
        "confined worker, in which the student's code runs and what calls it. The first audit of each function, which "
        "traces its reference, is left out."
    )
    headings = ("function", "number", "mean", "median", "95 %", "most", "worker, mean", "aim")
    return Section("A function", words, headings, rows)


def list_throughput(measured: Measured) -> Section:
    """Submissions per minute, and memory."""
    cpu = float(np.mean([s.cpu for s in measured.submissions]))
    workers = max(f.memory for f in measured.functions)
    words = (
        f"A submission takes {significant(cpu)} s of CPU on average, its workers included: **{significant(60 / cpu)} "
        "submissions per minute and core** that is not shared. Opening an auditor takes "
        f"{significant(measured.opening)} s of CPU for each process, which has {significant(measured.memory)} MiB "
        f"at most; a confined worker has {significant(workers)} MiB at most. Below, the first submissions by "
        "`gradcheck audit` with several processes, by the clock and in seconds of CPU of all processes, their start "
        "included."
    )
    rows = [
        [
            str(s.jobs),
            str(s.submissions),
            significant(s.seconds),
            significant(s.cpu),
            significant(60 * s.submissions / s.seconds),
            significant(s.parent),
            significant(s.process),
        ]
        for s in measured.scales
    ]
    headings = ("jobs", "submissions", "seconds", "CPU", "per minute", "parent, MiB", "largest process, MiB")
    return Section("Throughput", words, headings, rows)


def list_plans(measured: Measured) -> Section:
    """The plan for a large class."""
    words = (
        f"{measured.planned:,} submissions to the same assignment, **simulated**, not run: each takes what one of "
        "those above took, in seconds of CPU and of waiting for what never ends; a worker of a cluster opens an "
        "auditor first, and one in a thousand submissions meets the death of its worker and is audited again. A "
        "worker is a core. Either all submissions are there at the deadline, or they come in the three days before "
        "it, half of them in the last 4.2 hours. Waits are minutes from handing in to the result."
    )
    rows = []
    for (arrivals, workers), outcome in measured.plans.items():
        waits = [significant(wait) for wait in outcome.waits]
        rows.append([arrivals, str(workers), significant(outcome.makespan), f"{outcome.used:.0%}", *waits])
    headings = ("handed in", "workers", "hours", "used", "median wait", "95 %", "99 %", "longest")
    assert {name for name, _ in measured.plans} <= set(ARRIVALS)
    return Section("A plan for a large class", words, headings, rows)
