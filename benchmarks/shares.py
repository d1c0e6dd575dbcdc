"""Where the time of our checks goes, by cProfile: its own cost falls on calls of Python, so that these look dearer than
they are."""

import cProfile
import pstats
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

import numpy as np

from checkers import ours
from gradcheck.checking.check import check
from gradcheck.isolation import silence_warnings
from workload import ops, tasks

PARTS = {
    "the op's own forward and backward": ("ops", "networks"),
    "reference: program and rounding": ("<traced reference>", "jaxpr", "autodiff.py", "monte_carlo.py"),
    "differences and complex step": ("finite_differences.py", "directional.py", "complex_step.py"),
    "comparing and voting": ("laws",),
    "calls, copies and keys": ("evaluation", "arrays.py", "records", "checking", "declaration"),
}
"""Parts of a warm check, by the files and folders whose functions they are."""

STAGES = {
    "Hypothesis draws configurations": ("search.py", "draw_configurations"),
    "JAX traces": ("trace.py", "trace_at_sizes"),
    "XLA arbitrates": ("xla.py", "run_by_xla"),
}
"""Stages of a run end to end, by the function that does it; the rest is checks, and the drawing of values."""

ELSE = "everything else"
DEEPEST = 6
"""Functions of libraries that call one another."""

Function = tuple[str, int, str]
Shares = dict[str, float]


def profiled(run: Callable[[], Any]) -> Mapping[Function, Any]:
    """What cProfile counted: by function, calls, own time, time with all it calls, and the same by caller."""
    profile = cProfile.Profile()
    profile.runcall(run)
    return pstats.Stats(profile).stats  # type: ignore[attr-defined, no-any-return]


def part_of(file: str) -> str:
    """The part that a file belongs to; "" for one of a library, whose time is its callers'."""
    places = {file, *PurePath(file).parts}
    return next((part for part, names in PARTS.items() if places & set(names)), "")


def warm_shares(shapes: int, seed: int) -> Shares:
    """Of a check of a shape that was seen before, over the nine ops: the share of each part."""
    drawn, rng = tasks(shapes, seed), np.random.default_rng(seed)
    with silence_warnings():
        for task in drawn:
            ours(task.op, task.case(rng))
        again = [(task.op, task.case(rng)) for task in drawn]
        counted = profiled(lambda: [ours(*one) for one in again])
    spent: Counter[str] = Counter()
    for function, (_, _, own, _, _) in counted.items():
        charge(function, own, counted, spent, DEEPEST)
    return shared(spent)


def charge(
    function: Function, seconds: float, counted: Mapping[Function, Any], spent: Counter[str], depth: int
) -> None:
    """Put time down to the part of a function; that of a library's function to its callers, in proportion."""
    part = part_of(function[0])
    callers = {} if part or not depth else {f: row[3] for f, row in counted[function][4].items() if f != function}
    total = sum(callers.values())
    if not total:
        spent[part or ELSE] += seconds
        return
    for caller, share in callers.items():
        charge(caller, seconds * share / total, counted, spent, depth - 1)


def end_to_end_shares(examples: int, seed: int) -> Shares:
    """Of a run with so many examples per op, over the nine ops: the share of each stage."""
    run = lambda: [check(op, examples=examples, seed=seed, laws=("gradient",), shrink=False) for op in ops().values()]  # noqa: E731
    counted = profiled(run)
    whole = sum(row[2] for row in counted.values())
    spent = Counter({stage: total_of(counted, *place) for stage, place in STAGES.items()})
    spent["checks, and the values for them"] = whole - spent.total()
    return shared(spent)


def total_of(counted: Mapping[Function, Any], file: str, name: str) -> float:
    """The time of a function with all that it calls."""
    return sum(row[3] for (path, _, called), row in counted.items() if PurePath(path).name == file and called == name)


def shared(spent: Counter[str]) -> Shares:
    """Each as a share of all."""
    return {name: seconds / spent.total() for name, seconds in spent.most_common()}
