"""The lecture's large cases, where a Jacobian is out of the question: time and peak memory of one check.

The max gate on a mini-batch of 100 vectors of 4096 has a Jacobian of 409,600 × 409,600 elements, 1.3 TB in float64; the
2-layer network in 20 lines has 101,000 parameters.  Source: CS231n lecture 4.
"""

import resource
import sys
import time
import tracemalloc
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from checkers import ours
from fresh import in_fresh_process
from gradcheck.declaration.op import Op
from gradcheck.discovery.library import load_library_ops
from gradcheck.isolation import silence_warnings
from gradcheck.records.case import Case
from workload import FIRST, case_at

MEGABYTE = 2**20


@dataclass(frozen=True)
class Large:
    """An op of the library, its input shapes, and what normal numbers are multiplied by to make the inputs."""

    op: str
    shapes: Mapping[str, tuple[int, ...]]
    scales: Mapping[str, float]


MAX_GATE = Large("relu", {"x": (100, 4096)}, {})
NET = Large(
    "twenty_line_net",
    {"x": (64, 1000), "w1": (1000, 100), "w2": (100, 10), "y": (64, 10)},
    {"w1": 1000**-0.5, "w2": 100**-0.5},  # the lecture's own would saturate every unit, and the gradient vanish
)


def large_case(large: Large) -> dict[str, Any]:
    """Seconds of the first check in its process, libraries loaded, and its peak memory above what was in use before."""
    return dict(in_fresh_process(examined, large))


def prepared(large: Large) -> tuple[Op, Case]:
    """Op and case, after a small check that loads the libraries."""
    rng = np.random.default_rng(0)
    ours(FIRST, case_at(FIRST, {"x": (3,)}, {}, rng))
    op = next(op for op in load_library_ops() if op.name == large.op)
    case = case_at(op, large.shapes, {}, rng)
    return op, replace(case, inputs={label: a * large.scales.get(label, 1.0) for label, a in case.inputs.items()})


def examined(large: Large) -> dict[str, Any]:
    """Time and growth of the largest resident set; then, in a second check, what NumPy and Python hold at the most."""
    with silence_warnings():
        op, case = prepared(large)
        before, wall, cpu = peak(), time.perf_counter(), time.process_time()
        passed = ours(op, case)
        seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
        grown = peak() - before
        tracemalloc.start()
        ours(op, case)
    return {
        "passed": passed,
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "peak_mb": grown / MEGABYTE,
        "traced_mb": tracemalloc.get_traced_memory()[1] / MEGABYTE,
    }


def peak() -> int:
    """The largest resident set so far, in bytes."""
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024
