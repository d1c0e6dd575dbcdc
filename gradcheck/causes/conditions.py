"""The shapes and settings for which a wrong gradient is right, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from gradcheck.causes.cause import Cause
from gradcheck.causes.names import list_lengths
from gradcheck.causes.setting_names import IGNORED_BY, are_height_and_width
from gradcheck.causes.setting_roles import find_role
from gradcheck.causes.slopes import measure_slope_of_input
from gradcheck.causes.wrong_value import WrongValue
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.oracles.finite_differences.directions import draw_few_bit_direction, measure_element_sizes
from gradcheck.records.case import Case

FEWEST_EACH = 4
"""Cases with a right gradient, and with a wrong one, from which a condition is read."""

FEWEST_TOGETHER = 14
"""Cases of both kinds: with so many, hardly any condition tells them apart by accident."""

COARSEST_SLOPE = 1e-5
"""The part of a slope by which it may be off where it still tells a right gradient from a wrong one."""


@dataclass(frozen=True)
class Condition:
    """A condition on shapes and settings, in words, and the cause where the gradient is right under it alone."""

    words: str
    cause: str = "right-only-where"


def find_condition(op: Op, label: str, cases: Sequence[Case]) -> tuple[Cause, int] | None:
    """Find the condition on shapes and settings under which the gradient of an input is right, and under no other, and
    the number of cases in which it was tried; None where no single one tells the cases apart.  Where none does, that
    may be for axes of length one, along which much is right by accident: then the cases without these are asked."""
    judged = [(case, holds) for case in cases if (holds := is_right_along_line(op, label, case)) is not None]
    return describe_condition(op, judged)


def find_value_condition(op: Op, i: int, cases: Sequence[Case]) -> tuple[Cause, int] | None:
    """Find the condition under which output i is what the reference says, and under no other; None as above."""
    values = (WrongValue(op, case, i) for case in cases)
    return describe_condition(op, [(one.case, not one.is_wrong) for one in values if has_reference(one)])


def has_reference(value: WrongValue) -> bool:
    """Whether it is known what an output must be."""
    try:
        return value.expected is not None and value.claimed is not None
    except (UserError, Malformed):
        return False


def describe_condition(op: Op, judged: Sequence[tuple[Case, bool]]) -> tuple[Cause, int] | None:
    """Describe the condition that tells cases that are right from others, and the number of cases; None without one."""
    longer = [(case, holds) for case, holds in judged if not any(1 in a.shape for a in case.point)]
    for looked_at in (judged, longer):
        if found := read_condition(op, looked_at):
            words = f"it is right only where {found.words}"
            return Cause(found.cause, words, "Look for what else it depends on."), len(looked_at)
    return None


def read_condition(op: Op, judged: Sequence[tuple[Case, bool]]) -> Condition | None:
    """Read the first condition that holds in all cases that are right, and in no other; None without one, or with too
    few cases."""
    right = [case for case, holds in judged if holds]
    wrong = [case for case, holds in judged if not holds]
    if min(len(right), len(wrong)) < FEWEST_EACH or len(judged) < FEWEST_TOGETHER:
        return None
    found = set(list_conditions(op, right[0])).intersection(*(list_conditions(op, case) for case in right))
    found -= {condition for case in wrong for condition in list_conditions(op, case)}
    return next((condition for condition in list_conditions(op, right[0]) if condition in found), None)


def is_right_along_line(op: Op, label: str, case: Case) -> bool | None:
    """Whether the gradient of one input is right along one direction; None where nobody knows."""
    evaluator = Evaluator(op, case)
    try:
        if label not in evaluator.labels or not case.upstream:
            return None
        i = evaluator.labels.index(label)
        gradient = evaluator.gradients(case.point, case.upstream)[i]
        if gradient is None or not gradient.size:
            return None
        direction = draw_few_bit_direction(measure_element_sizes(case.point[i]), case.rng("condition"))
        slope = measure_slope_of_input(evaluator, i, direction)
    except (UserError, Malformed):
        return None
    size = float(np.sum(np.abs(gradient * direction)))
    is_sharp = slope.error <= COARSEST_SLOPE * max(size, abs(slope.value))
    return slope.is_of(gradient, direction) if slope.is_known and np.isfinite(size) and is_sharp else None


def list_conditions(op: Op, case: Case) -> Iterator[Condition]:
    """Yield the conditions that hold in a case: of settings, of lengths, of pairs of them."""
    for name, value in case.settings.items():
        yield Condition(f"{name} is {value!r}", IGNORED_BY.get(find_role(op, name), "setting-ignored"))
    lengths = list(list_lengths(op, case))
    for name, length in lengths:
        if length <= 1:
            yield Condition(f"the length of {name} is {length}")
    whole = [(name, v) for name, v in case.settings.items() if type(v) is int]
    for (a, m), (b, n) in combinations([*lengths, *whole], 2):
        if m == n:
            kind = "height-width-exchanged" if are_height_and_width(a, b) else "right-only-where"
            yield Condition(f"{a} equals {b}", kind)
    for name, length in [*lengths, *whole]:
        yield Condition(f"{name} is {'odd' if length % 2 else 'even'}")
