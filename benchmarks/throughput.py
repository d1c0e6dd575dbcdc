"""End to end: shapes by Hypothesis, inputs, witnesses and verdicts, over the nine ops and over the whole library."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import Any

from gradcheck.checking.check import check
from gradcheck.discovery.library import load_library_ops
from workload import FIRST, TIMED


def check_rate(examples: int, laws: Sequence[str], seed: int) -> dict[str, Any]:
    """How many checks `gradcheck.checking.check` makes in a second, of the nine ops as they are in the library, with
    all their settings, one after the other; the references are traced within that time."""
    check(FIRST, examples=2, laws=laws)  # loads the libraries
    chosen = [op for op in load_library_ops() if op.name in TIMED]
    wall, cpu = time.perf_counter(), time.process_time()
    checks = sum(check(op, examples=examples, seed=seed, laws=laws, shrink=False).cases for op in chosen)
    seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "examples": examples,
        "laws": len(laws),
        "checks": checks,
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "checks_per_second": checks / seconds,
        "checks_per_cpu_second": checks / cpu_seconds,
    }


def whole_library() -> dict[str, Any]:
    """Seconds and exit code of `gradcheck check` at its defaults, where nothing is configured and no case is kept."""
    command = [sys.executable, "-c", "from gradcheck.cli import main; main()", "check"]
    with tempfile.TemporaryDirectory() as folder:
        before = time.perf_counter()
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - before
    return {"seconds": seconds, "exit_code": done.returncode, "ops": len(load_library_ops()), "cores": cores()}


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
