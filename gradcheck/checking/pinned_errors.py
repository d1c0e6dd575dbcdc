"""The relative errors of an op's gradient on its pinned cases: what a baseline holds.

The corpus is drawn from gradcheck's own counters (Philox.random_raw), not from Hypothesis, whose draws differ between
versions: its cases never change.
"""

import hashlib
import json
from collections.abc import Callable, Iterator

import numpy as np

from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.generation.case_building import add_upstream, make_case_without_upstream, make_pinned_case
from gradcheck.generation.configuration import Configuration, PinnedChoices, draw_configuration
from gradcheck.generation.values import (
    GRID,
    VALUE_KINDS,
    ValueKind,
    count_elements,
    make_pinned_upstream,
    make_points,
    map_to_domains,
)
from gradcheck.isolation import silence_warnings
from gradcheck.laws.law import Examine
from gradcheck.laws.registry import load_laws
from gradcheck.oracles.error_factors import EPS
from gradcheck.records.case import Case
from gradcheck.records.evidence import ALL_INPUTS, ErrorKey

CONFIGURATIONS_PER_OP = 6
TAIL_SCALE = 10.0
"""In the tail cases of the corpus, inputs are this many times those of plain ones, up to 40 in size: far out, where a
formula that subtracts nearly equal numbers has lost all of their digits."""
RAISED = ErrorKey(ALL_INPUTS, "call")
"""The key of the error of a gradient that raises; absent where nothing raised."""
MAX_RELATIVE_ERROR = 1 / EPS
"""A larger relative error is inf: there is no digit that could be right."""


def draw_pinned_cases(
    op: Op, draw: Callable[[Op, Configuration, ValueKind, PinnedChoices], Case] = make_pinned_case
) -> list[Case]:
    """Return the pinned cases of an op: a few configurations, each with every kind of values."""
    return [
        draw(op, configuration, kind, PinnedChoices("corpus values", op.name, i, kind))
        for i, configuration in enumerate(draw_pinned_configurations(op))
        for kind in VALUE_KINDS
    ]


def draw_pinned_configurations(op: Op) -> list[Configuration]:
    """Return the configurations of the pinned cases."""
    return [draw_configuration(op, PinnedChoices("corpus", op.name, i)) for i in range(CONFIGURATIONS_PER_OP)]


def draw_tail_cases(op: Op) -> Iterator[Case]:
    """Yield pinned cases whose inputs are far from zero, without an upstream."""
    for i, configuration in enumerate(draw_pinned_configurations(op)):
        counter = PinnedChoices("corpus tails", op.name, i)
        indices = counter.draw_whole_numbers(sum(count_elements(configuration)), len(GRID))
        points = TAIL_SCALE * make_points("plain", indices, np.zeros(len(indices)))
        seed = int(counter.draw_whole_numbers(1, 2**31)[0])
        yield Case(op.name, map_to_domains(configuration, points), (), configuration.settings, seed)


def draw_tail_upstream(op: Op, case: Case) -> Case:
    """Return a tail case with an upstream; without one where forward does not run."""
    counter = PinnedChoices("corpus tail upstream", op.name, case.seed)
    return add_upstream(op, case, lambda outputs: make_pinned_upstream(outputs, counter))


def digest_pinned_cases(op: Op) -> str:
    """Return a digest of all inputs, settings and seeds of the corpus.  Runs no code under test."""
    digest = hashlib.blake2b(digest_size=16)
    for case in [*draw_pinned_cases(op, make_case_without_upstream), *draw_tail_cases(op)]:
        digest.update(json.dumps(case.to_json(), sort_keys=True).encode())
    return digest.hexdigest()


def measure_gradient_errors(op: Op) -> dict[ErrorKey, float]:
    """Measure the worst relative error of each gradient on the corpus, by the laws that measure one; inf under RAISED
    where the code under test raises."""
    errors: dict[ErrorKey, float] = {}
    with silence_warnings():
        for case in [*draw_pinned_cases(op), *(draw_tail_upstream(op, case) for case in draw_tail_cases(op))]:
            for measure in list_measures():
                try:
                    seen = measure(op, case, Evaluator(op, case))
                except (UserError, Malformed):
                    return {RAISED: float("inf")}
                for key, error in seen.errors.items():
                    errors[key] = max(errors.get(key, 0.0), error if error <= MAX_RELATIVE_ERROR else float("inf"))
    return {key: errors[key] for key in sorted(errors, key=str)}


def list_measures() -> list[Examine]:
    """Return the functions by which laws measure relative errors."""
    return [law.measure_errors for law in load_laws().values() if law.measure_errors is not None]
