"""Where the time of our checks goes, by cProfile: its own cost falls on calls of Python, so that these look dearer than
they are."""

import cProfile
import inspect
import pstats
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import hypothesis
import jax
import numpy as np

import gradcheck.arrays
import gradcheck.checking
import gradcheck.declaration
import gradcheck.evaluation
import gradcheck.generation
import gradcheck.laws
import gradcheck.networks
import gradcheck.ops
import gradcheck.records
from checkers import ours
from gradcheck.checking.check import check
from gradcheck.checking.search_record import SearchRecord
from gradcheck.declaration.op import Op
from gradcheck.generation.search import draw_configurations
from gradcheck.isolation import silence_warnings
from gradcheck.oracles import autodiff, complex_step, directional, finite_differences, jaxpr, monte_carlo
from gradcheck.oracles.jaxpr.numpy_program import compile_source
from gradcheck.oracles.jaxpr.trace import trace_at_sizes
from gradcheck.oracles.xla import run_by_xla
from workload import ops, tasks


def places(*modules: ModuleType) -> frozenset[Path]:
    """The files of modules, and the folders of packages."""
    files = (Path(str(module.__file__)) for module in modules)
    return frozenset(file.parent if file.name == "__init__.py" else file for file in files)


def place_of_programs() -> Path:
    """What stands for a file in the functions that are written of a traced reference."""
    return Path(compile_source("def program(): pass\ndef shapes(): pass", {})[0].__code__.co_filename)


PARTS = {
    "the op's own forward and backward": places(gradcheck.ops, gradcheck.networks),
    "reference: program and rounding": places(jaxpr, autodiff, monte_carlo) | {place_of_programs()},
    "differences and complex step": places(finite_differences, directional, complex_step),
    "comparing and voting": places(gradcheck.laws),
    "calls, copies and keys": places(
        gradcheck.evaluation, gradcheck.arrays, gradcheck.records, gradcheck.checking, gradcheck.declaration
    ),
}
"""Parts of a warm check, by the files and folders whose functions they are."""

LIBRARIES = {
    "JAX traces and compiles": places(jax),
    "Hypothesis draws configurations": places(hypothesis),
    "cases are drawn": places(gradcheck.generation),
}
"""Parts of a run beside those of a check."""

STAGES: dict[str, Callable[..., Any]] = {
    "Hypothesis draws configurations": draw_configurations,
    "the code that runs is watched": SearchRecord.take,
    "JAX traces": trace_at_sizes,
    "XLA arbitrates": run_by_xla,
}
"""Stages of a run end to end, by the function that does it; the rest is checks, and the drawing of values."""

REST = "checks, and the values for them"
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


@cache
def part_of(file: str, with_libraries: bool = False) -> str:
    """The part that a file belongs to; "" for one of a library, whose time is its callers', unless it has a part."""
    around = {Path(file), *Path(file).parents}
    parts = PARTS | LIBRARIES if with_libraries else PARTS
    return next((part for part, places in parts.items() if around & places), "")


def warm_shares(shapes: int, seed: int, change: Callable[[Op], Op] = lambda op: op) -> Shares:
    """Of a check of a shape that was seen before, over the nine ops, each changed once: the share of each part."""
    drawn, rng = tasks(shapes, seed), np.random.default_rng(seed)
    changed = {name: change(op) for name, op in ops().items()}
    with silence_warnings():
        for task in drawn:
            ours(changed[task.op.name], task.case(rng))
        again = [(changed[task.op.name], task.case(rng)) for task in drawn]
        return shares_by_part(lambda: [ours(*one) for one in again])


def shares_by_part(run: Callable[[], Any], with_libraries: bool = False) -> Shares:
    """Of a run, the share of each part."""
    counted = profiled(run)
    spent: Counter[str] = Counter()
    charge = Charge(counted, spent, with_libraries)
    for function, (_, _, own, _, _) in counted.items():
        charge.put_down(function, own, DEEPEST)
    return shared(spent)


@dataclass(frozen=True)
class Charge:
    """What a profile counted, and the time of each part so far."""

    counted: Mapping[Function, Any]
    spent: Counter[str]
    with_libraries: bool

    def put_down(self, function: Function, seconds: float, depth: int) -> None:
        """Put time down to the part of a function; that of a library's function to its callers, in proportion."""
        part = part_of(function[0], self.with_libraries)
        rows = self.counted[function][4].items()
        callers = {} if part or not depth else {f: row[3] for f, row in rows if f != function}
        total = sum(callers.values())
        if not total:
            self.spent[part or ELSE] += seconds
        for caller, share in callers.items() if total else ():
            self.put_down(caller, seconds * share / total, depth - 1)


def end_to_end_shares(examples: int, seed: int) -> Shares:
    """Of a run with so many examples per op, over the nine ops: the share of each stage."""
    run = lambda: [check(op, examples=examples, seed=seed, laws=("gradient",), shrink=False) for op in ops().values()]  # noqa: E731
    counted = profiled(run)
    whole = sum(row[2] for row in counted.values())
    spent = Counter({stage: total_of(counted, function) for stage, function in STAGES.items()})
    spent[REST] = whole - spent.total()
    return shared(spent)


def total_of(counted: Mapping[Function, Any], function: Callable[..., Any]) -> float:
    """The time of a function with all that it calls."""
    code = inspect.unwrap(function).__code__
    row = counted.get((code.co_filename, code.co_firstlineno, code.co_name))
    return row[3] if row else 0.0


def shared(spent: Counter[str]) -> Shares:
    """Each as a share of all."""
    return {name: seconds / spent.total() for name, seconds in spent.most_common()}
