"""Where the time of each row of the targets goes, by cProfile, each in a process of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from checkers import ours
from deep_graphs import EXAMPLES, build_layers
from failing import choose_mutants
from first_finding import finding_stages
from fresh import in_fresh_process
from gradcheck.checking.check import check
from gradcheck.declaration.op import Op
from gradcheck.discovery.library import load_library_ops
from gradcheck.isolation import silence_warnings
from gradcheck.records.case import Case
from scaling import SHAPES
from shares import Shares, end_to_end_shares, shares_by_part, warm_shares
from workload import FIRST, case_at, ops, tasks

LIBRARY_EXAMPLES = 10
"""Per op, in the profile of the whole library."""


@dataclass(frozen=True)
class Extent:
    """How much is run for a profile.  library_ops: of the library, evenly chosen."""

    shapes: int
    seed: int
    examples: int
    layers: int
    mutants: int
    elements: int
    library_ops: int


def profiles(extent: Extent) -> dict[str, Shares]:
    """The shares of each row, by its name."""
    found = {name: in_fresh_process(measure, extent) for name, measure in PROFILES.items()}
    return found | {"first finding": divide_stages(finding_stages())}


def divide_stages(seconds: Mapping[str, float]) -> Shares:
    """Each stage as a share of all."""
    return {stage: spent / sum(seconds.values()) for stage, spent in seconds.items()}


def of_cold_checks(extent: Extent) -> Shares:
    """The first check of each shape; libraries are loaded."""
    rng = np.random.default_rng(extent.seed)
    return shares_of_cases([(task.op, task.case(rng)) for task in tasks(extent.shapes, extent.seed)])


def of_warm_checks(extent: Extent) -> Shares:
    """A check of each shape that was seen before."""
    return warm_shares(extent.shapes, extent.seed)


def of_checks_without_reference(extent: Extent) -> Shares:
    """The same where no reference speaks."""
    return warm_shares(extent.shapes, extent.seed, lambda op: replace(op, reference=None))


def of_end_to_end(extent: Extent) -> Shares:
    """A run by the law gradient alone."""
    return end_to_end_shares(extent.examples, extent.seed)


def of_all_laws(extent: Extent) -> Shares:
    """A run by all laws."""
    return shares_of_checks(ops().values(), min(extent.examples, 100), extent.seed)


def of_large_inputs(extent: Extent) -> Shares:
    """Checks of the ops whose cost is shown against size, at the largest."""
    rng, known = np.random.default_rng(extent.seed), {op.name: op for op in load_library_ops()}
    names = [name for name in SHAPES if name != "max"]
    return shares_of_cases(
        [(known[name], case_at(known[name], SHAPES[name](extent.elements), {}, rng)) for name in names]
    )


def of_deep_graphs(extent: Extent) -> Shares:
    """A check of a graph of many layers."""
    return shares_of_checks([build_layers(extent.layers)], EXAMPLES, extent.seed)


def of_failing_code(extent: Extent) -> Shares:
    """Checks of mutants."""
    wrong = [fault.wrong for fault in choose_mutants(extent.mutants, extent.seed)]
    return shares_of_checks(wrong, extent.examples, extent.seed)


def of_the_library(extent: Extent) -> Shares:
    """A check of each op of the library, or of some."""
    every = load_library_ops()
    return shares_of_checks(every[:: max(1, len(every) // extent.library_ops)], LIBRARY_EXAMPLES, extent.seed)


PROFILES: dict[str, Callable[[Extent], Shares]] = {
    "cold": of_cold_checks,
    "warm": of_warm_checks,
    "warm, without the reference": of_checks_without_reference,
    "end to end": of_end_to_end,
    "end to end, all laws": of_all_laws,
    "large inputs": of_large_inputs,
    "deep graphs": of_deep_graphs,
    "failing code": of_failing_code,
    "the library": of_the_library,
}
"""By the row that they belong to."""


def shares_of_cases(cases: list[tuple[Op, Case]]) -> Shares:
    """Of checks of these cases by the law gradient."""
    with silence_warnings():
        ours(FIRST, case_at(FIRST, {"x": (3,)}, {}, np.random.default_rng(0)))  # loads the libraries
        return shares_by_part(lambda: [ours(*one) for one in cases], with_libraries=True)


def shares_of_checks(chosen: Any, examples: int, seed: int) -> Shares:
    """Of checks of these ops by all laws."""
    check(FIRST, examples=2)  # loads the libraries
    return shares_by_part(lambda: [check(op, examples=examples, seed=seed) for op in chosen], with_libraries=True)
