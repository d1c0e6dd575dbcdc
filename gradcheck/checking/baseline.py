"""Baseline: the gradient's relative errors on a pinned corpus, and the comparison of two runs by them.

The corpus is drawn from gradcheck's own counters (Philox.random_raw), not from Hypothesis, whose draws differ between
versions: its cases never change.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

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
from gradcheck.oracles.error_factors import EPS, FLOOR, LAST_DIGITS, REGRESSION
from gradcheck.records.case import Case
from gradcheck.records.evidence import ALL_INPUTS, ELEMENTWISE, ErrorKey
from gradcheck.records.results import OpResult, Run

CONFIGURATIONS_PER_OP = 6
TAIL_SCALE = 10.0
"""In the tail cases of the corpus, inputs are this many times those of plain ones, up to 40 in size: far out, where a
formula that subtracts nearly equal numbers has lost all of their digits."""
RAISED = ErrorKey(ALL_INPUTS, "call")
"""The key of the error of a gradient that raises; absent where nothing raised."""
MAX_RELATIVE_ERROR = 1 / EPS
"""A larger relative error is inf: there is no digit that could be right."""


class ErrorChange(StrEnum):
    """The change of an error between two runs."""

    SAME = "same"
    IMPROVED = "improved"
    REGRESSED = "regressed"
    LOST = "lost"
    NEW = "new"


class NotComparable(Exception):
    """Two runs that were not measured on equal cases of equal ops; the message says which part differs."""


@dataclass(frozen=True)
class ErrorComparison:
    """One error before and after, None where it was not measured."""

    op: str
    key: ErrorKey
    before: float | None
    after: float | None

    @property
    def change(self) -> ErrorChange:
        """regressed: more than REGRESSION times worse and above what rounding explains; improved: the reverse; lost,
        new: measured in one of the runs alone, so that there is nothing to compare."""
        if self.after is None:
            return ErrorChange.LOST
        if self.before is None:
            return ErrorChange.NEW
        floor = LAST_DIGITS * EPS if self.key.witness == ELEMENTWISE else FLOOR["float64"]
        if self.after > max(REGRESSION * self.before, floor):
            return ErrorChange.REGRESSED
        return ErrorChange.IMPROVED if self.before > max(REGRESSION * self.after, floor) else ErrorChange.SAME


@dataclass(frozen=True)
class Comparison:
    """Every error of two runs, side by side.

    missing: ops of the baseline that this run has not.  new: ops that the baseline has not.  incomparable: why some
    ops of both were not compared.  environment: what the figures depend on, and differs.  allowed: why ops that are
    "missing" or "new" are told and do not fail.
    """

    rows: tuple[ErrorComparison, ...]
    missing: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    incomparable: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    allowed: Mapping[str, str] = field(default_factory=dict)

    def changed(self, *changes: ErrorChange) -> tuple[ErrorComparison, ...]:
        """Return the rows with one of these changes."""
        return tuple(row for row in self.rows if row.change in changes)

    @property
    def regressions(self) -> tuple[ErrorComparison, ...]:
        """The rows that got worse, and those that are no longer measured, whose error is unknown."""
        return self.changed(ErrorChange.REGRESSED, ErrorChange.LOST)

    @property
    def has_unallowed_ops(self) -> bool:
        """Whether ops are missing or new that may not be."""
        return bool((self.missing and "missing" not in self.allowed) or (self.new and "new" not in self.allowed))

    @property
    def holds(self) -> bool:
        """Whether no error got worse, and no op is missing or new that may not be."""
        return not self.regressions and not self.has_unallowed_ops


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


def compare_runs(before: Run, after: Run, allowed: Mapping[str, str] | None = None) -> Comparison:
    """Compare the errors of two runs, op by op; what one of them has not is told, and what cannot be compared.

    allowed: why only the first run may have ops, under "missing", and why only the second one may, under "new".
    """
    old, new = ({r.label: r for r in run.results} for run in (before, after))
    rows: list[ErrorComparison] = []
    incomparable: list[str] = []
    for label in (label for label in old if label in new):
        try:
            rows += compare_op_results([(old[label], new[label])]).rows
        except NotComparable as error:
            incomparable.append(str(error))
    return Comparison(
        tuple(rows),
        tuple(sorted(old.keys() - new.keys())),
        tuple(sorted(new.keys() - old.keys())),
        tuple(incomparable),
        tuple(list_environment_changes(before.environment, after.environment)),
        allowed or {},
    )


def list_environment_changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """Yield what the figures depend on and is another one now: "numpy 2.1.0, now 2.3.1"."""
    for name in sorted(before.keys() & after.keys()):
        if before[name] != after[name]:
            yield f"{name} {before[name]}, now {after[name]}"


def find_unsound_error(run: Run) -> str:
    """Find an error in a saved run that no measurement gives, since somebody edited it; "" where there is none."""
    for result in run.results:
        for key, error in result.measured.items():
            if not (0 <= error <= MAX_RELATIVE_ERROR or error == float("inf")):
                return f"{key} of {result.label} is {error}"
    return ""


def compare_op_results(pairs: Sequence[tuple[OpResult, OpResult]]) -> Comparison:
    """Compare the errors of some ops before and after.  Raises NotComparable, naming the ops, where cases differ or one
    was not measured."""
    require_measured_results([before for before, _ in pairs], "the baseline")
    require_measured_results([after for _, after in pairs], "this run")
    if moved := [after.label for before, after in pairs if before.corpus != after.corpus]:
        raise NotComparable(
            f"the runs were measured on different cases of {', '.join(moved)}: a declaration or the corpus changed. "
            "Save a new baseline"
        )
    return Comparison(tuple(row for pair in pairs for row in compare_gradient_errors(*pair)))


def require_measured_results(results: Sequence[OpResult], run_name: str) -> None:
    """Raise NotComparable, naming the ops, where some were not measured on their pinned cases."""
    missing = [r.label for r in results if not r.corpus]
    if missing or not results:
        of = f" of {', '.join(missing)}" if len(missing) < len(results) else ""
        raise NotComparable(
            f"{run_name} was not measured on the pinned cases{of}: make it with gradcheck check --save, and let it end"
        )


def compare_gradient_errors(before: OpResult, after: OpResult) -> tuple[ErrorComparison, ...]:
    """Compare the errors of one op."""
    keys = sorted(before.measured.keys() | after.measured.keys(), key=str)
    return tuple(
        ErrorComparison(after.label, key, get_gradient_error(before, key), get_gradient_error(after, key))
        for key in keys
    )


def get_gradient_error(result: OpResult, key: ErrorKey) -> float | None:
    """Return one error of an op; 0 for RAISED, None for any other that was not measured."""
    return result.measured.get(key, 0.0 if key == RAISED else None)
