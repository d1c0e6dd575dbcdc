"""One repetition: all checkers take turns on one list of shapes, in one process that has seen none of them."""

import gc
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from checkers import OWN_WORK, Checker, installed
from gradcheck.declaration.op import Op
from gradcheck.isolation import silence_warnings
from gradcheck.records.case import Case
from workload import FIRST, LARGE_FAULT, SMALL_FAULT, Task, case_at, counting, elements, planted, tasks

WARM = 3
"""Checks of a shape after its first, each with other values; their mean is the warm time."""

SCRUTINISED = 4
"""Shapes of each op, the first ones, on which faults are planted and calls are counted: peers take longer for that than
for all that is timed."""

Times = dict[str, dict[str, float]]
"""By checker and op, mean seconds per check."""

Passed = dict[str, list[bool]]
"""By checker, whether each check let the correct gradients pass."""


@dataclass(frozen=True)
class Repetition:
    """What one repetition measured.  cold and warm: by clock ("cpu" or "wall"), checker and op.  passed: of how many
    checks of the correct ops how many passed, by checker.  elements: per shape, on average."""

    cold: dict[str, Times]
    warm: dict[str, Times]
    passed: dict[str, dict[str, int]]
    elements: float


@dataclass(frozen=True)
class Scrutiny:
    """What is not timed, by checker: calls of forward and backward per check, and how many planted faults were
    caught."""

    calls: dict[str, dict[str, float]]
    caught: dict[str, dict[str, int]]


class Stopwatch:
    """CPU and wall time, added up by checker and op."""

    def __init__(self) -> None:
        self.seconds: dict[str, dict[str, dict[str, list[float]]]] = {
            clock: defaultdict(lambda: defaultdict(list)) for clock in ("cpu", "wall")
        }

    @contextmanager
    def running(self, checker: Checker, op: Op, checks: int) -> Iterator[None]:
        """Time what is done within, so many checks."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        spent = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
        for clock, seconds in spent.items():
            self.seconds[clock][checker.name][op.name].append(seconds / checks)

    @property
    def means(self) -> dict[str, Times]:
        """Mean seconds per check."""
        return {
            clock: {
                checker: {op: float(np.mean(spent)) for op, spent in by_op.items()} for checker, by_op in rows.items()
            }
            for clock, rows in self.seconds.items()
        }


def repetition(shapes: int, seed: int, number: int, scrutinised: bool) -> tuple[Repetition, Scrutiny | None]:
    """Cold and warm times of every checker; where `scrutinised`, also what it catches.  The values of the inputs differ
    from repetition to repetition, the shapes do not."""
    rng = np.random.default_rng((seed, number))
    np.random.seed(seed)  # noqa: NPY002 - autograd draws its directions from NumPy's global generator
    turns, checkers = tasks(shapes, seed), installed()
    with silence_warnings():
        load(checkers, rng)
        passed: Passed = defaultdict(list)
        cold, warm = Stopwatch(), Stopwatch()
        for task in turns:
            take_turns(task.op, [task.case(rng)], checkers, cold, passed)
        for task in turns:
            take_turns(task.op, [task.case(rng) for _ in range(WARM)], checkers, warm, passed)
        scrutiny = scrutinise(turns, checkers, rng) if scrutinised else None
    counts = {name: {"checks": len(results), "passed": sum(results)} for name, results in passed.items()}
    size = float(np.mean([elements(task.configuration) for task in turns]))
    return Repetition(cold.means, warm.means, counts, size), scrutiny


def load(checkers: Sequence[Checker], rng: np.random.Generator) -> None:
    """Let each checker load its library."""
    case = case_at(FIRST, {"x": (3,)}, {}, rng)
    for checker in checkers:
        checker.passes(checker.translated(FIRST), case)


def clear() -> None:
    """Collect what others left behind, and what is in use put out of the collector's sight: nobody pays for the
    objects of another."""
    gc.collect()
    gc.freeze()


def take_turns(op: Op, cases: Sequence[Case], checkers: Sequence[Checker], watch: Stopwatch, passed: Passed) -> None:
    """Each checker checks the same cases, ours first: what JAX caches of a shape serves a peer, never us."""
    for checker in checkers:
        own = checker.translated(op)
        clear()
        with watch.running(checker, op, len(cases)):
            results = [checker.passes(own, case) for case in cases]
        passed[checker.name] += results


def scrutinise(turns: Sequence[Task], checkers: Sequence[Checker], rng: np.random.Generator) -> Scrutiny:
    """On the first shapes of each op: the calls of one check, and whether a fault in one gradient, each in its turn, is
    caught."""
    checkers = [checker for checker in checkers if checker.name != OWN_WORK]
    calls: dict[str, dict[str, int]] = {checker.name: {} for checker in checkers}
    caught = {checker.name: {"faults": 0, "caught": 0, "caught_of_large": 0} for checker in checkers}
    seen: dict[str, int] = defaultdict(int)
    for task in turns:
        which = seen[task.op.name] % len(task.op.inputs)
        seen[task.op.name] += 1
        if seen[task.op.name] > SCRUTINISED:
            continue
        case = task.case(rng)
        for checker in checkers:
            op, row = checker.translated(task.op), caught[checker.name]
            checker.passes(counting(op, calls[checker.name]), case)
            row["faults"] += 1
            row["caught"] += not checker.passes(planted(op, which, SMALL_FAULT), case)
            row["caught_of_large"] += not checker.passes(planted(op, which, LARGE_FAULT), case)
    scrutinised = sum(min(count, SCRUTINISED) for count in seen.values())
    mean = {name: {part: count / scrutinised for part, count in parts.items()} for name, parts in calls.items()}
    return Scrutiny(mean, caught)
