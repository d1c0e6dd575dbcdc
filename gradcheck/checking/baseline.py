"""The comparison of two runs by the relative errors of their ops on pinned cases, op by op."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gradcheck.checking.pinned_errors import RAISED
from gradcheck.checking.regression_rule import DEFAULT_RULE, RegressionRule, RegressionRules
from gradcheck.records.evidence import ErrorKey
from gradcheck.records.measured_run import MeasuredOp, MeasuredRun


class ErrorChange(StrEnum):
    """The change of an error between two runs."""

    SAME = "same"
    IMPROVED = "improved"
    REGRESSED = "regressed"
    LOST = "lost"
    NEW = "new"


class OpChange(StrEnum):
    """What became of an op since the baseline, the worst first.

    failing: it fails a law.  not comparable: it was measured on other cases, or not at all.  regressed: an error got
    worse, or is no longer measured.  gone, new: in the baseline alone, in this run alone.
    """

    FAILING = "failing"
    NOT_COMPARABLE = "not comparable"
    REGRESSED = "regressed"
    GONE = "gone"
    NEW = "new"
    IMPROVED = "improved"
    SAME = "same"


class NotComparable(Exception):
    """Two runs that were not measured on equal cases of equal ops; the message says which part differs."""


@dataclass(frozen=True)
class ErrorComparison:
    """One error before and after, None where it was not measured."""

    op: str
    key: ErrorKey
    before: float | None
    after: float | None
    rule: RegressionRule = DEFAULT_RULE

    @property
    def change(self) -> ErrorChange:
        """regressed: worse by the rule; improved: the reverse; lost, new: measured in one of the runs alone, so that
        there is nothing to compare."""
        if self.after is None:
            return ErrorChange.LOST
        if self.before is None:
            return ErrorChange.NEW
        if self.rule.is_worse(self.key, self.before, self.after):
            return ErrorChange.REGRESSED
        return ErrorChange.IMPROVED if self.rule.is_worse(self.key, self.after, self.before) else ErrorChange.SAME

    @property
    def is_setback(self) -> bool:
        """Whether it got worse, or is no longer measured, so that it is unknown."""
        return self.change in (ErrorChange.REGRESSED, ErrorChange.LOST)


@dataclass(frozen=True)
class Comparison:
    """Every error of two runs, side by side.

    missing: ops of the baseline that this run has not.  new: ops that the baseline has not.  incomparable: why some
    ops of both were not compared, by label.  apart: why none was, "" where some were.  environment: what the figures
    depend on, and differs.  allowed: why ops that are "missing" or "new" are told and do not fail.  failing: ops of
    this run that fail a law.  rules: by which errors regress.
    """

    rows: tuple[ErrorComparison, ...]
    missing: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    incomparable: Mapping[str, str] = field(default_factory=dict)
    environment: tuple[str, ...] = ()
    allowed: Mapping[str, str] = field(default_factory=dict)
    failing: tuple[str, ...] = ()
    apart: str = ""
    rules: RegressionRules = field(default_factory=RegressionRules)

    def changed(self, *changes: ErrorChange) -> tuple[ErrorComparison, ...]:
        """Return the rows with one of these changes."""
        return tuple(row for row in self.rows if row.change in changes)

    @property
    def regressions(self) -> tuple[ErrorComparison, ...]:
        """The rows that got worse, and those that are no longer measured, whose error is unknown."""
        return tuple(row for row in self.rows if row.is_setback)

    @property
    def op_changes(self) -> Mapping[str, OpChange]:
        """What became of each op, by label; the worst, where several things did."""
        found = dict.fromkeys((row.op for row in self.rows), OpChange.SAME)
        for change, labels in (
            (OpChange.IMPROVED, (row.op for row in self.changed(ErrorChange.IMPROVED))),
            (OpChange.NEW, self.new),
            (OpChange.GONE, self.missing),
            (OpChange.REGRESSED, (row.op for row in self.regressions)),
            (OpChange.NOT_COMPARABLE, self.incomparable),
            (OpChange.FAILING, self.failing),
        ):
            found.update(dict.fromkeys(labels, change))
        return found

    @property
    def unpaired(self) -> tuple[tuple[str, OpChange, bool], ...]:
        """The ops that one run alone has: their labels, whether they are gone or new, and whether they may be."""
        rows = (OpChange.GONE, "missing", self.missing), (OpChange.NEW, "new", self.new)
        return tuple((label, change, place in self.allowed) for change, place, labels in rows for label in labels)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why some ops, or all, were not compared."""
        return (self.apart,) if self.apart else tuple(self.incomparable.values())

    @property
    def has_unallowed_ops(self) -> bool:
        """Whether ops are missing or new that may not be."""
        return not all(is_allowed for *_, is_allowed in self.unpaired)

    @property
    def holds(self) -> bool:
        """Whether no error got worse, and no op is missing or new that may not be."""
        return not self.regressions and not self.has_unallowed_ops


def compare_runs(
    before: MeasuredRun,
    after: MeasuredRun,
    allowed: Mapping[str, str] | None = None,
    rules: RegressionRules | None = None,
    is_partial: bool = False,
) -> Comparison:
    """Compare the errors of two runs, op by op; what one of them has not is told, and what cannot be compared.

    allowed: why only the first run may have ops, under "missing", and why only the second one may, under "new".
    is_partial: only some ops of the second were asked for, so that it need not have any of the first.
    """
    rules = rules or RegressionRules()
    rules = rules.keep(after.ops.keys()) if is_partial else rules
    failing = tuple(sorted(label for label, op in after.ops.items() if op.fails))
    if apart := explain_runs_apart(before, after, is_partial):
        return Comparison((), failing=failing, apart=apart, rules=rules)
    rows: list[ErrorComparison] = []
    incomparable: dict[str, str] = {}
    common = [label for label in before.ops if label in after.ops]
    for label in common:
        try:
            rows += compare_ops(before.ops[label], after.ops[label], rules.find_rule(label))
        except NotComparable as error:
            incomparable[label] = str(error)
    pairs = ((before.ops[label].environment, after.ops[label].environment) for label in common)
    changes = {change: None for pair in pairs for change in list_environment_changes(*pair)}
    return Comparison(
        tuple(rows),
        tuple(sorted(before.ops.keys() - after.ops.keys())),
        tuple(sorted(after.ops.keys() - before.ops.keys())),
        incomparable,
        tuple(changes),
        allowed or {},
        failing,
        rules=rules,
    )


def explain_runs_apart(before: MeasuredRun, after: MeasuredRun, is_partial: bool) -> str:
    """Explain why nothing of two runs can be compared: other seeds, or no op in common; "" where something can."""
    if before.seed != after.seed:
        return describe_other_seed(before.seed, after.seed)
    if before.ops and after.ops and not is_partial and not before.ops.keys() & after.ops.keys():
        return (
            f"the baseline was made on another set of ops: none of its {len(before.ops)} is among the {len(after.ops)} "
            "of this run; name the targets that it was made of, or make a baseline of these"
        )
    return ""


def describe_other_seed(before: int, after: int) -> str:
    """Say that a baseline was made with another seed."""
    return f"the baseline was made with seed {before}, and this run with {after}; use seed {before}, or renew it"


def list_environment_changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """Yield what the figures depend on and is another one now: "numpy 2.1.0, now 2.3.1"."""
    for name in sorted(before.keys() & after.keys()):
        if before[name] != after[name]:
            yield f"{name} {before[name]}, now {after[name]}"


def compare_ops(before: MeasuredOp, after: MeasuredOp, rule: RegressionRule = DEFAULT_RULE) -> list[ErrorComparison]:
    """Compare the errors of one op.  Raises NotComparable where its cases differ or it was not measured."""
    for op, run_name in ((before, "the baseline"), (after, "this run")):
        if not op.corpus:
            raise NotComparable(
                f"{op.label} was not measured on its pinned cases in {run_name}; let it end, or renew it"
            )
    if before.corpus != after.corpus:
        raise NotComparable(
            f"{after.label} was measured on different cases: its declaration or the corpus changed. Renew the baseline"
        )
    keys = sorted(before.errors.keys() | after.errors.keys(), key=str)
    return [
        ErrorComparison(after.label, key, get_gradient_error(before, key), get_gradient_error(after, key), rule)
        for key in keys
    ]


def get_gradient_error(op: MeasuredOp, key: ErrorKey) -> float | None:
    """Return one error of an op; 0 for RAISED, None for any other that was not measured."""
    return op.errors.get(key, 0.0 if key == RAISED else None)
