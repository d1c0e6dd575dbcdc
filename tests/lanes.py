"""What of the tests runs when: the fast lane of a contributor, and what of the library is sampled.

The fast lane is what runs on save, python -m pytest -m "not slow".  The whole lane takes less than a minute of CPU.  A
test of more than a quarter of a second is slow: one that starts processes, compiles, or checks an op to the end; a few
of each kind stay.

What is tested of every op is tested of a sample, another at each commit, lest the tests grow with the library; so do
the check and the golden vectors of `.ci/run`.  Of the slow tests in SAMPLED_PLACES a third is run, and the speed
benchmark is not.  GRADCHECK_LIBRARY=whole takes all of it; `.ci/library` does so, and more.
"""

import os
import random
import subprocess
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gradcheck.declaration.op import Op
from gradcheck.discovery.library import load_library_ops

SAMPLE = 12
"""Ops of the library for each of which a test is run; -m tests.lanes N lists N."""

SAMPLED_PLACES = (
    *("adapters", "audit", "causes", "cli", "pytest_plugin", "report/audit", "sandbox"),
    *("test_ending_code.py", "test_examples.py"),
)
PART = 3
"""Folders and files with many slow tests of one kind, of which one in PART is run at each commit, others at the
next."""


def mark_most_slow(values: Iterable[Any], every: int) -> list[Any]:
    """The values of one parameter, of which the first and one in `every` stay in the fast lane."""
    return [v if i % every == 0 else pytest.param(v, marks=pytest.mark.slow) for i, v in enumerate(values)]


def takes_everything() -> bool:
    """Whether all is tested, and not the sample of a commit."""
    return os.environ.get("GRADCHECK_LIBRARY") == "whole"


def leave_out_slow(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The slow tests in SAMPLED_PLACES that are not of this commit."""
    places = {Path(__file__).parent / name for name in SAMPLED_PLACES}
    slow = [item for item in items if places & {item.path, *item.path.parents} and item.get_closest_marker("slow")]
    return [item for i, item in enumerate(slow) if i % PART != count_commits() % PART]


@cache
def sample_library(size: int = SAMPLE) -> tuple[Op, ...]:
    """The ops of the library that are tested one by one at this commit, in their order."""
    every = load_library_ops()
    if takes_everything() or len(every) <= size:
        return every
    chosen = random.Random(count_commits()).sample(range(len(every)), size)
    return tuple(every[i] for i in sorted(chosen))


@cache
def count_commits() -> int:
    """The number of commits behind this checkout; 0 outside of one."""
    command = ["git", "rev-list", "--count", "HEAD"]
    try:
        done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(done.stdout)


if __name__ == "__main__":
    print(*(f"--op {op.name}" for op in sample_library(int(sys.argv[1]))))
