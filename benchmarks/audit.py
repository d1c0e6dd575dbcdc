"""How fast classes of submissions are audited, what a function costs, and whether each verdict is the expected one.

    python benchmarks/audit.py --submissions 60 --format markdown -o reports/audit.md

The submissions are those of `submissions`, made from a seed: right in many styles, with planted mistakes, unfinished,
old, and some that attack.  From the times that are measured the audit of a large class is simulated.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import numpy as np

from audit_report import Measured, Scale, render
from class_costs import KIBIBYTES_IN_MEBIBYTE, NEVER_SECONDS, SubmissionCost, open_bench
from delivery import delivered
from gradcheck.audit.audit_settings import EXAMPLES
from queue_simulation import ARRIVALS, Outcome, Service, simulate
from report_format import FORMATS
from submissions.assignment_files import write_rows
from submissions.making import Made, make_class, make_submission, write_class
from submissions.supply import COURSES, Supply

SHARE_RIGHT, SHARE_HOSTILE = 0.6, 0.01
QUICK_ROWS = ("affine", "relu", "affine_relu", "softmax_loss")
PLANNED, WORKERS, DEATH_RATE = 100_000, (8, 32, 128, 512), 1e-3
SCALED = 2
"""Submissions for each process where several share a class."""


def measure_costs(
    made: tuple[Made, ...], folder: Path, assignment: str, warm: Made
) -> tuple[list[SubmissionCost], float, float]:
    """Audit submissions one after the other, after a right one that counts for nothing; what each took, seconds of CPU
    to open the auditor, and MiB of this process.  Ctrl-C ends it with what there is."""
    costs: list[SubmissionCost] = []
    with open_bench(assignment, EXAMPLES) as bench:
        bench.measure(warm, folder)
        try:
            for one in made:
                costs.append(bench.measure(one, folder))
                click.echo(f"{len(costs)} of {len(made)}: {costs[-1].group}, {costs[-1].cpu:.1f} s of CPU", err=True)
        except KeyboardInterrupt:
            click.echo("interrupted: what follows is what was found until now", err=True)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIBIBYTES_IN_MEBIBYTE
        return costs, bench.opening, memory


MEASURE_CHILD = """
import json, resource, runpy, sys
sys.argv = ["gradcheck", *sys.argv[1:]]
try:
    runpy.run_module("gradcheck", run_name="__main__")
finally:
    rows = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps([[row.ru_utime + row.ru_stime, row.ru_maxrss] for row in rows]), file=sys.stderr)
"""


def measure_scale(made: tuple[Made, ...], assignment: str, jobs: int) -> Scale:
    """Audit a class on the command line with a number of processes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_class(made, folder / "class")
        given = [str(folder / "class"), "--class", "--assignment", assignment, "-o", str(folder / "out"), "--quiet"]
        given += ["--jobs", str(jobs), "--timeout", str(NEVER_SECONDS)]
        began = time.perf_counter()
        command = [sys.executable, "-c", MEASURE_CHILD, "audit", *given]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds = time.perf_counter() - began
    (own, parent), (others, process) = json.loads(done.stderr.splitlines()[-1])
    return Scale(
        jobs, len(made), seconds, own + others, parent / KIBIBYTES_IN_MEBIBYTE, process / KIBIBYTES_IN_MEBIBYTE
    )


def simulate_plans(costs: list[SubmissionCost], opening: float, seed: int) -> dict[tuple[str, int], Outcome]:
    """Simulate a large class for several numbers of workers."""
    service = Service(np.array([cost.service for cost in costs]), opening)
    plans = {}
    for name, arrive in ARRIVALS.items():
        for workers in WORKERS:
            rng = np.random.default_rng(seed)
            plans[name, workers] = simulate(service, workers, arrive(PLANNED, rng), rng, DEATH_RATE)
    return plans


@click.command()
@click.option("--assignment", type=click.Choice(sorted(COURSES)), default="cs231n_a2", show_default=True)
@click.option("--submissions", type=click.IntRange(1), default=60, show_default=True, help="How many.")
@click.option("--hostile", type=click.FloatRange(0, 1), default=SHARE_HOSTILE, show_default=True, help="Their share.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the class and the simulation.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Processes.  [default: all cores]")
@click.option("--quick", is_flag=True, help="Four rows of assignment 2 alone, and few submissions for the scaling.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of stdout.")
def main(
    assignment: str, submissions: int, hostile: float, seed: int, jobs: int, quick: bool, form: str, output: Path | None
) -> None:
    """Audit a class of generated submissions, and plan the audit of a large one."""
    rows = QUICK_ROWS if quick else ()
    supply = Supply.of("cs231n_a2" if quick else assignment, rows)
    made = make_class(supply, submissions, seed, SHARE_RIGHT, max(hostile, 1 / submissions) if hostile else 0.0)
    warm = make_submission(supply, "warm", (), seed)
    with tempfile.TemporaryDirectory() as name:
        asked = str(write_rows(Path(name), supply.assignment.name, rows)) if rows else assignment
        write_class(made, Path(name, "class"))
        write_class((warm,), Path(name, "class"))
        costs, opening, memory = measure_costs(made, Path(name, "class"), asked, warm)
        few = made[: SCALED * jobs if not quick else jobs]
        scales = [measure_scale(few, asked, number) for number in sorted({1, jobs})]
    plans = simulate_plans(costs, opening, seed)
    cores = len(os.sched_getaffinity(0))
    measured = Measured(
        supply.assignment.name, seed, cores, costs, submissions, opening, memory, scales, plans, PLANNED
    )
    delivered(render(measured, form), output)
    raise SystemExit(0 if len(costs) == submissions else 130)


if __name__ == "__main__":
    main()
