"""What it costs that code under test is imported and checked in a worker process, side by side in one run.

    python benchmarks/supervision.py

The same file is checked by `gradcheck check`, and by a script that finds, checks and reports in its own process, in
turns.  The difference at few cases is the cost of a run; how it grows with the cases is the cost of a case.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

LAYER = """
def affine_forward(x: "N D", w: "D M", b: "M"):
    return x @ w + b, (x, w)


def affine_backward(dy, cache):
    x, w = cache
    return dy @ w.T, x.T @ dy, dy.sum(axis=0)
"""
SCRIPT = """
import sys
from gradcheck import Run, check, find
from gradcheck.report import render_run
results = tuple(check(op, examples=int(sys.argv[2])) for op in find(sys.argv[1]))
print(render_run(Run(results, 0, int(sys.argv[2])), "text"))
"""


def measure_seconds(command: list[str], folder: str) -> float:
    """Measure the wall time of a process that must exit 0."""
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - began


@click.command()
@click.option(
    "--repetitions", type=click.IntRange(1), default=7, show_default=True, help="Turns for each number of cases."
)
@click.option("--cases", type=click.IntRange(2), default=400, show_default=True, help="The larger number of cases.")
def main(repetitions: int, cases: int) -> None:
    """Measure what supervision costs a run and a case."""
    differences = {}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "layer.py").write_text(LAYER)
        for examples in (10, cases):
            supervised = [sys.executable, "-m", "gradcheck", "check", "layer.py", "--examples", str(examples)]
            alone = [sys.executable, "-c", SCRIPT, "layer.py", str(examples)]
            turns = [(measure_seconds(supervised, folder), measure_seconds(alone, folder)) for _ in range(repetitions)]
            with_worker, without = (statistics.median(column) for column in zip(*turns, strict=True))
            differences[examples] = statistics.median(a - b for a, b in turns)
            click.echo(f"{examples} cases: {with_worker:.2f} s under a supervisor, {without:.2f} s without")
    a_case = (differences[cases] - differences[10]) / (cases - 10)
    click.echo(f"supervision: {differences[10]:.2f} s a run, {1000 * a_case:.2f} ms a case")


if __name__ == "__main__":
    main()
