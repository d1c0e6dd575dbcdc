"""What one check costs as the input grows, in seconds and in calls of the forward."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from checkers import ours
from gradcheck.declaration.op import Op
from gradcheck.discovery.library import load_library_ops
from gradcheck.isolation import silence_warnings
from gradcheck.records.case import Case
from workload import case_at, counting, forward_and_backward

ROW = 10
"""Features, classes or elements in a row; the number of rows grows."""

SHAPES: Mapping[str, Callable[[int], dict[str, tuple[int, ...]]]] = {
    "sigmoid": lambda n: {"x": (n,)},
    "softmax": lambda n: {"x": (n // ROW, ROW)},
    "linear": lambda n: {"x": (n // ROW, ROW), "w": (ROW, ROW), "b": (ROW,)},
    "max": lambda n: {"x": (n // ROW, ROW)},
}
SETTINGS: Mapping[str, Mapping[str, Any]] = {"max": {"axis": 1, "keepdims": False}}
REPEATED, OFTEN = 10**4, 5
"""Up to this many elements so many cases are checked, above one."""


def scaling(sizes: list[int], seed: int) -> list[dict[str, Any]]:
    """One row per op and size."""
    rng, ops = np.random.default_rng(seed), {op.name: op for op in load_library_ops()}
    with silence_warnings():
        return [measured(ops[name], size, rng) for name in SHAPES for size in sizes]


def measured(op: Op, size: int, rng: np.random.Generator) -> dict[str, Any]:
    """Seconds of a warm check and of one forward and backward, and the most forward calls in one check."""
    shapes, settings = SHAPES[op.name](size), SETTINGS.get(op.name, {})
    cases = [case_at(op, shapes, settings, rng) for _ in range(OFTEN if size <= REPEATED else 1)]
    passed, calls = zip(*(counted(op, case) for case in cases), strict=True)
    check = median_seconds(lambda case: ours(op, case), cases)
    own = median_seconds(lambda case: forward_and_backward(op, case), cases)
    return {
        "op": op.name,
        "elements": size,
        "seconds": check,
        "over_own_work": check / own,
        "forward_calls": max(calls),
        "passed": all(passed),
    }


def counted(op: Op, case: Case) -> tuple[bool, int]:
    """Whether the gradients are let pass, and how often the forward was called for that."""
    calls: dict[str, int] = {}
    return ours(counting(op, calls), case), calls["forward"]


def median_seconds(call: Callable[[Case], Any], cases: list[Case]) -> float:
    """CPU seconds."""
    spent = []
    for case in cases:
        before = time.process_time()
        call(case)
        spent.append(time.process_time() - before)
    return float(np.median(spent))


def growth(rows: list[dict[str, Any]]) -> float:
    """The most forward calls at the largest size, over the most at a thousandth of it or less."""
    largest = max(row["elements"] for row in rows)
    at_last = max(row["forward_calls"] for row in rows if row["elements"] == largest)
    return float(at_last / max(row["forward_calls"] for row in rows if row["elements"] <= largest / 1000))
