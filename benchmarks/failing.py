"""What a check of wrong code costs beside one of right code, at the same number of examples: planted faults, as
tests/corpus has them."""

import time
from typing import Any

import numpy as np

from corpora import REPORTED, Fault, caught, chosen_faults, faults, kind
from gradcheck.checking.check import check
from gradcheck.declaration.op import Op

EXAMPLES = 100


def failing(count: int, seed: int) -> dict[str, Any]:
    """A row for each of so many mutants, the dearest first beside the right op, and the ratio of all their costs."""
    rows = [compare_costs(fault, seed) for fault in choose_mutants(count, seed)]
    whole = sum(row["wrong"] for row in rows) / sum(row["right"] for row in rows)
    rows.sort(key=lambda row: -row["ratio"])
    return {
        "examples": EXAMPLES,
        "rows": rows,
        "ratio": whole,
        "median": float(np.median([row["ratio"] for row in rows])),
    }


def choose_mutants(count: int, seed: int) -> list[Fault]:
    """A seeded sample of the mutants."""
    return [faults()[number] for number in chosen_faults(count, seed, lambda fault: kind(fault) != REPORTED)]


def compare_costs(fault: Fault, seed: int) -> dict[str, Any]:
    """CPU seconds of a check of a fault and of the right op beside it, both warm: what is traced of the reference was
    traced before."""
    check(fault.right, examples=EXAMPLES, seed=seed)
    right, _ = timed_check(fault.right, seed)
    wrong, result = timed_check(fault.wrong, seed)
    return {
        "name": fault.name,
        "right": right,
        "wrong": wrong,
        "ratio": wrong / right,
        "caught": caught(fault, result),
    }


def timed_check(op: Op, seed: int) -> tuple[float, Any]:
    """CPU seconds of a check by all laws, with all that makes its findings readable; and its result."""
    before = time.process_time()
    result = check(op, examples=EXAMPLES, seed=seed)
    return time.process_time() - before, result
