"""All that is measured, put together: plain data, ready for JSON."""

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import numpy as np

from checkers import OWN_WORK, absent
from deep_graphs import deep_graphs
from failing import failing
from first_finding import first_finding
from fresh import in_fresh_process
from gradcheck.laws.registry import load_laws
from lecture import MAX_GATE, NET, large_case
from profiles import Extent, profiles
from scaling import growth, scaling
from targets import judged
from throughput import check_rate, cores, whole_library
from turns import Repetition, Scrutiny, Times, repetition

SCHEMA = "gradcheck-speed/1"
VERSIONED = ("gradcheck", "hypothesis", "jax", "jaxlib", "numpy", "torch", "autograd")
PROFILED_OPS, FEW_OPS = 70, 7
"""Ops of the library in a profile of it, and where the whole of it is not checked."""
PHASES, CLOCKS = ("cold", "warm"), ("cpu", "wall")
Data = dict[str, Any]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """How much to measure.  examples: per op, end to end by the gradient law, the last of them being the figure that
    counts; all_laws: by all laws.  largest: elements of the largest input.  depths: layers of the graphs.  mutants:
    that are checked beside the right code.  prompts: how often the command is run for its first finding.  points: the
    ops that are checked at a million elements, all where it is empty."""

    shapes: int
    repetitions: int
    seed: int
    examples: tuple[int, ...] = (100, 1000)
    all_laws: int = 100
    largest: int = 10**6
    depths: tuple[int, ...] = (10, 20, 50, 100)
    mutants: int = 20
    prompts: int = 5
    points: tuple[str, ...] = ()
    whole_library: bool = True


def measured(plan: Plan, say: Say) -> Data:
    """Everything, each part in processes of its own."""
    results: Data = {"schema": SCHEMA, "plan": asdict(plan), "environment": environment(), "absent": absent()}
    results |= side_by_side(plan, say) | ours_alone(plan, say)
    return results | {"targets": judged(results)}


def side_by_side(plan: Plan, say: Say) -> Data:
    """Ours and the peers in turns; in the first repetition also what they catch."""
    rounds: list[Repetition] = []
    scrutinies: list[Scrutiny] = []
    for number in range(plan.repetitions):
        say(f"repetition {number + 1} of {plan.repetitions}: every checker on {plan.shapes} shapes of each op")
        one, scrutiny = in_fresh_process(repetition, plan.shapes, plan.seed, number, number == 0)
        rounds.append(one)
        scrutinies += [scrutiny] if scrutiny else []
    return compared(rounds) | {"planted": scrutinies[0].caught, "calls": scrutinies[0].calls}


def ours_alone(plan: Plan, say: Say) -> Data:
    """End to end, at all sizes, and on the whole library."""
    results: Data = {}
    say("end to end")
    rates = [
        [in_fresh_process(check_rate, e, ("gradient",), plan.seed) for e in plan.examples]
        for _ in range(plan.repetitions)
    ]
    results |= end_to_end(rates)
    results["all_laws"] = in_fresh_process(check_rate, plan.all_laws, tuple(load_laws()), plan.seed)
    say("cost against size")
    sizes = [size for size in (10**power for power in range(1, 10)) if size <= plan.largest]
    results["scaling"] = in_fresh_process(scaling, sizes, plan.seed)
    results["growth_of_forward_calls"] = growth(results["scaling"])
    say("deep graphs")
    results["graph"] = in_fresh_process(deep_graphs, plan.depths, plan.seed)
    say("failing code")
    results["failing"] = in_fresh_process(failing, plan.mutants, plan.seed)
    say("the first finding, from the prompt")
    results["first_finding"] = first_finding(plan.prompts)
    say("the lecture's large cases")
    results |= {"lecture_case": large_case(MAX_GATE), "net_case": large_case(NET)}
    say("a million elements at a point")
    results["large_points"] = measure_large_points(plan)
    if plan.whole_library:
        say("the whole library")
    results["library"] = whole_library() if plan.whole_library else None
    say("where the time goes")
    results["shares"] = profiles(choose_extent(plan))
    return results


def measure_large_points(plan: Plan) -> list[Data] | None:
    """The rows of checks at a million elements; None where there is no module that measures them."""
    if find_spec("large_points") is None:
        return None
    rows: list[Data] = import_module("large_points").large_points(plan.seed, *([plan.points] if plan.points else []))
    return rows


def choose_extent(plan: Plan) -> Extent:
    """How much of each row is profiled."""
    return Extent(
        plan.shapes,
        plan.seed,
        plan.examples[-1],
        plan.depths[-1] // 2,
        max(1, plan.mutants // 4),
        plan.largest,
        PROFILED_OPS if plan.whole_library else FEW_OPS,
    )


def compared(rounds: Sequence[Repetition]) -> Data:
    """Times and ratios over the repetitions."""
    seconds = {phase: {clock: by_checker(rounds, phase, clock) for clock in CLOCKS} for phase in PHASES}
    data: Data = {phase: medians(seconds[phase]["cpu"]) for phase in PHASES}
    data["wall"] = {phase: medians(seconds[phase]["wall"]) for phase in PHASES}
    ratios = {clock: {phase: over(seconds[phase][clock], "ours") for phase in PHASES} for clock in CLOCKS}
    data["ratios"] = {phase: medians(rows) for phase, rows in ratios["cpu"].items()}
    data["wall_ratios"] = {phase: medians(rows) for phase, rows in ratios["wall"].items()}
    data["spread"] = {
        phase: {name: [min(row), max(row)] for name, row in rows.items()} for phase, rows in ratios["cpu"].items()
    }
    data["same_work"] = {
        phase: medians(over(seconds[phase]["cpu"], "ours_without_reference")).get("autograd") for phase in PHASES
    }
    data["overhead"] = {phase: 1 / data["ratios"][phase][OWN_WORK] for phase in PHASES}
    data["by_op"] = {phase: by_op([getattr(one, phase)["cpu"] for one in rounds]) for phase in PHASES}
    data["correct"] = {
        name: {part: sum(one.passed[name][part] for one in rounds) for part in ("checks", "passed")}
        for name in rounds[0].passed
    }
    return data | {"elements": rounds[0].elements}


def by_checker(rounds: Sequence[Repetition], phase: str, clock: str) -> dict[str, list[float]]:
    """By checker, for each repetition the mean over the ops."""
    tables = [getattr(one, phase)[clock] for one in rounds]
    return {name: [float(np.mean(list(table[name].values()))) for table in tables] for name in tables[0]}


def by_op(tables: Sequence[Times]) -> Data:
    """By op and checker, the median over the repetitions."""
    first = tables[0]
    return {
        op: {name: float(np.median([table[name][op] for table in tables])) for name in first}
        for op in sorted(first[OWN_WORK])
    }


def over(seconds: dict[str, list[float]], base: str) -> dict[str, list[float]]:
    """What each checker takes, divided by what `base` takes in the same repetition."""
    return {name: [a / b for a, b in zip(row, seconds[base], strict=True)] for name, row in seconds.items()}


def medians(rows: dict[str, list[float]]) -> dict[str, float]:
    """The median of each row."""
    return {name: float(np.median(row)) for name, row in rows.items()}


def end_to_end(rates: Sequence[Sequence[Data]]) -> Data:
    """For each number of examples the repetition whose rate is the median; and the rate that counts."""
    middle = [median_rate(column) for column in zip(*rates, strict=True)]
    return {"end_to_end": middle, "checks_per_second": middle[-1]["checks_per_second"]}


def median_rate(column: Sequence[Data]) -> Data:
    """The middle one by its rate, the lower of two."""
    return sorted(column, key=lambda rate: float(rate["checks_per_second"]))[(len(column) - 1) // 2]


def environment() -> Data:
    """What the figures depend on."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": cores(),
        "load average": f"{os.getloadavg()[0]:.1f}",
        **{name: version(name) for name in VERSIONED if find_spec(name)},
    }
