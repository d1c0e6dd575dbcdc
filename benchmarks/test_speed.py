"""Guards: a change sees what it costs.  Not part of the tests, for time is not a property of the code alone.

    pip install '.[benchmarks]'
    pytest benchmarks --benchmark-save=before       # on the one commit
    pytest benchmarks --benchmark-compare           # on the other, against what was saved last

`--benchmark-compare-fail=median:20%` makes the second fail where a median grew by a fifth.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from checkers import ours
from gradcheck.checking.check import check
from gradcheck.declaration.op import Op
from gradcheck.isolation import silence_warnings
from gradcheck.records.case import Case
from workload import ops, tasks

SEED = 0
WARM = ("add", "conv2d", "linear", "lstm_step")


@pytest.fixture(autouse=True)
def in_quiet() -> Iterator[None]:
    """As a check runs a law."""
    with silence_warnings():
        yield


def first(name: str) -> tuple[Op, Case]:
    """An op at its first shape."""
    task = next(task for task in tasks(1, SEED) if task.op.name == name)
    return task.op, task.case(np.random.default_rng(SEED))


@pytest.mark.parametrize("name", WARM)
def test_a_warm_check(benchmark: Any, name: str) -> None:
    """The gradient law at a shape that was seen before."""
    op, case = first(name)
    assert ours(op, case)
    assert benchmark(ours, op, case)


def test_the_first_check_of_a_new_op(benchmark: Any) -> None:
    """The gradient law for a reference that was never seen: it must be traced."""
    op, case = first("layer_norm")
    reference: Any = op.reference

    def unseen() -> tuple[tuple[Op, Case], dict[str, Any]]:
        def anew(*inputs: Any, **settings: Any) -> Any:
            return reference(*inputs, **settings)

        return (replace(op, reference=anew), case), {}

    assert ours(op, case)
    assert benchmark.pedantic(ours, setup=unseen, rounds=10)


def test_a_whole_check(benchmark: Any) -> None:
    """All laws on 20 examples."""
    op = ops()["linear"]
    result = benchmark.pedantic(check, args=(op,), kwargs={"examples": 20}, rounds=5, warmup_rounds=1)
    assert result.status == "passed"


def test_the_start_of_the_command(benchmark: Any) -> None:
    """What a user waits for before anything is checked."""
    command = [sys.executable, "-c", "from gradcheck.cli import main; main()", "ops"]
    done = benchmark.pedantic(subprocess.run, args=(command,), kwargs={"capture_output": True}, rounds=5)
    assert done.returncode == 0
