"""Baseline: the gradient's relative errors on a pinned corpus, and the comparison of two runs by them.

The corpus is drawn from gradcheck's own counters (Philox.random_raw), not from Hypothesis, whose draws differ between
versions: its cases never change.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.generation.case_building import make_case_without_upstream, make_pinned_case
from gradcheck.generation.configuration import Configuration, PinnedChoices, draw_configuration
from gradcheck.generation.values import VALUE_KINDS, ValueKind
from gradcheck.isolation import silence_warnings
from gradcheck.laws.law import Examine
from gradcheck.laws.registry import load_laws
from gradcheck.oracles.error_factors import FLOOR, REGRESSION
from gradcheck.records.case import Case
from gradcheck.records.evidence import ALL_INPUTS, ErrorKey
from gradcheck.records.results import OpResult, Run

CONFIGURATIONS_PER_OP = 6
RAISED = ErrorKey(ALL_INPUTS, "call")
"""The key of the error of a gradient that raises; absent where nothing raised."""


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
        floor = FLOOR["float64"]
        if self.after > max(REGRESSION * self.before, floor):
            return ErrorChange.REGRESSED
        return ErrorChange.IMPROVED if self.before > max(REGRESSION * self.after, floor) else ErrorChange.SAME


@dataclass(frozen=True)
class Comparison:
    """Every error of two runs, side by side."""

    rows: tuple[ErrorComparison, ...]

    def changed(self, *changes: ErrorChange) -> tuple[ErrorComparison, ...]:
        """Return the rows with one of these changes."""
        return tuple(row for row in self.rows if row.change in changes)

    @property
    def regressions(self) -> tuple[ErrorComparison, ...]:
        """The rows that got worse, and those that are no longer measured, whose error is unknown."""
        return self.changed(ErrorChange.REGRESSED, ErrorChange.LOST)


def draw_pinned_cases(
    op: Op, draw: Callable[[Op, Configuration, ValueKind, PinnedChoices], Case] = make_pinned_case
) -> list[Case]:
    """Return the pinned cases of an op: a few configurations, each with every kind of values."""
    configurations = [draw_configuration(op, PinnedChoices("corpus", op.name, i)) for i in range(CONFIGURATIONS_PER_OP)]
    return [
        draw(op, configuration, kind, PinnedChoices("corpus values", op.name, i, kind))
        for i, configuration in enumerate(configurations)
        for kind in VALUE_KINDS
    ]


def digest_pinned_cases(op: Op) -> str:
    """Return a digest of all inputs, settings and seeds of the corpus.  Runs no code under test."""
    digest = hashlib.blake2b(digest_size=16)
    for case in draw_pinned_cases(op, make_case_without_upstream):
        digest.update(json.dumps(case.to_json(), sort_keys=True).encode())
    return digest.hexdigest()


def measure_gradient_errors(op: Op) -> dict[ErrorKey, float]:
    """Measure the worst relative error of each gradient on the corpus, by the laws that measure one; inf under RAISED
    where the code under test raises."""
    errors: dict[ErrorKey, float] = {}
    with silence_warnings():
        for case in draw_pinned_cases(op):
            for measure in list_measures():
                try:
                    seen = measure(op, case, Evaluator(op, case))
                except (UserError, Malformed):
                    return {RAISED: float("inf")}
                for key, error in seen.errors.items():
                    errors[key] = max(errors.get(key, 0.0), error)
    return {key: errors[key] for key in sorted(errors, key=str)}


def list_measures() -> list[Examine]:
    """Return the functions by which laws measure relative errors."""
    return [law.measure_errors for law in load_laws().values() if law.measure_errors is not None]


def compare_runs(before: Run, after: Run) -> Comparison:
    """Compare the errors of two runs.  Raises NotComparable where cases or ops differ, or one was not measured."""
    old, new = ({r.label: r for r in run.results} for run in (before, after))
    if old.keys() != new.keys():
        gone, added = sorted(old.keys() - new.keys()), sorted(new.keys() - old.keys())
        parts = [
            f"{', '.join(names)} only in {where}"
            for names, where in ((gone, "the baseline"), (added, "this run"))
            if names
        ]
        raise NotComparable(
            f"the runs hold different ops: {'; '.join(parts)}. Save a new baseline, or check the same ops"
        )
    return compare_op_results([(old[op], new[op]) for op in old])


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
