"""How many faults with a rare trigger are caught, and whether their right twins are let pass.

    python benchmarks/rare.py --profile default --profile thorough -o reports/rare.md

The faults are those of rare_faults.py.  A fault is caught where a law fails it; one that keeps state also where purity
warns of it.
"""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import click
from tabulate import tabulate

from delivery import delivered
from gradcheck import check
from gradcheck.checking.op_check import OpCheck
from gradcheck.laws.registry import load_laws
from gradcheck.records.results import Finding
from gradcheck.records.status import FAILING_STATUSES, Status
from gradcheck.running.settings import EXAMPLES_BY_PROFILE
from processes import shared_out
from rare_faults import rare_faults


@dataclass(frozen=True)
class Task:
    """A fault, by its number, or its right twin, and how it is checked."""

    number: int
    is_right: bool
    profile: str
    seed: int


@dataclass(frozen=True)
class Row:
    """What a check says of one of them.  claims: of the findings."""

    task: Task
    is_caught: bool
    claims: tuple[str, ...]
    seconds: float


class Caught(Exception):
    """A fault is caught, and needs no more cases."""


def examine(task: Task) -> Row:
    """Check a fault until it is caught, or its right twin to the end."""
    fault = rare_faults()[task.number]
    op = fault.make_right() if task.is_right else fault.make_wrong()
    examination = OpCheck(op, list(load_laws().values()))
    caught_by = {*FAILING_STATUSES} | ({Status.WARNING} if fault.family == "state" else set())

    def list_findings() -> list[Finding]:
        return [f for seen in examination.accumulators.values() for f in seen.findings.values()]

    def stop_where_caught(done: int) -> None:
        if not task.is_right and any(f.status in caught_by for f in list_findings()):
            raise Caught

    began, examples = time.process_time(), EXAMPLES_BY_PROFILE[task.profile]
    with suppress(Caught):
        check(op, examples=examples, seed=task.seed, shrink=False, step=stop_where_caught, examination=examination)
    found = list_findings()
    claims = tuple(f"{f.law}, {f.status}: {f.claim}" for f in found)
    return Row(task, any(f.status in caught_by for f in found), claims, time.process_time() - began)


def render_rows(rows: Sequence[Row], profiles: Sequence[str], seed: int) -> str:
    """Write the report in Markdown."""
    every = rare_faults()
    lines = ["# Faults with a rare trigger", ""]
    for profile in profiles:
        wrong = [r for r in rows if r.task.profile == profile and not r.task.is_right]
        right = [r for r in rows if r.task.profile == profile and r.task.is_right]
        caught, accused = sum(r.is_caught for r in wrong), [r for r in right if is_accused(r)]
        lines.append(
            f"- {profile}, {EXAMPLES_BY_PROFILE[profile]} cases: {caught} of {len(wrong)} caught "
            f"({caught / max(len(wrong), 1):.1%}); {len(accused)} of {len(right)} right twins accused; "
            f"{sum(r.seconds for r in (*wrong, *right)):.0f} s of CPU."
        )
    families = list(dict.fromkeys(fault.family for fault in every))
    table = [[family, *(count_caught(rows, family, profile) for profile in profiles)] for family in families]
    lines += ["", f"Seed {seed}.", "", tabulate(table, ["trigger", *profiles], "github")]
    for profile, is_right in product(profiles, (False, True)):
        of_it = [r for r in rows if (r.task.profile, r.task.is_right) == (profile, is_right)]
        told = [r for r in of_it if (is_accused(r) if is_right else not r.is_caught)]
        if told:
            lines += ["", f"## {'Accused' if is_right else 'Missed'} at {profile}", ""]
            lines += [f"- {every[r.task.number].name}{': ' * bool(r.claims)}{'; '.join(r.claims)}" for r in told]
    return "\n".join(lines) + "\n"


def is_accused(row: Row) -> bool:
    """Whether a finding fails a right twin."""
    return any(f", {status}: " in claim for claim in row.claims for status in FAILING_STATUSES)


def count_caught(rows: Sequence[Row], family: str, profile: str) -> str:
    """Count the faults of a family that are caught."""
    of_it = [
        r
        for r in rows
        if r.task.profile == profile and not r.task.is_right and rare_faults()[r.task.number].family == family
    ]
    return f"{sum(r.is_caught for r in of_it)} of {len(of_it)}"


@click.command()
@click.option("--profile", "profiles", type=click.Choice(list(EXAMPLES_BY_PROFILE)), multiple=True, default=["default"])
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the search.")
@click.option("--twins/--no-twins", default=True, show_default=True, help="Whether right twins are checked as well.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Processes.  [default: all cores]")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of stdout.")
def main(profiles: tuple[str, ...], seed: int, twins: bool, jobs: int, output: Path | None) -> None:
    """Check every fault with a rare trigger, and its right twin."""
    tasks = [
        Task(number, is_right, profile, seed)
        for profile in profiles
        for is_right in (False, True)[: 1 + twins]
        for number in range(len(rare_faults()))
    ]
    rows, complete = shared_out(examine, tasks, jobs)
    delivered(render_rows(rows, profiles, seed), output)
    raise SystemExit(0 if complete else 130)


if __name__ == "__main__":
    main()
