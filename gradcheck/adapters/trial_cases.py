"""Trial cases: every axis has a length of its own, so that no shape fits by accident."""

from collections.abc import Sequence

from gradcheck.declaration.op import Op
from gradcheck.generation.case_building import make_case_without_upstream, make_pinned_case
from gradcheck.generation.configuration import PinnedChoices, draw_configuration
from gradcheck.records.case import Case

MIXED_LENGTHS = (3, 2, 5, 4, 7, 6, 8, 9, 11, 10, 13, 12)
RISING_LENGTHS, FALLING_LENGTHS = tuple(sorted(MIXED_LENGTHS)), tuple(sorted(MIXED_LENGTHS, reverse=True))
"""Lengths of axes in a trial."""


class DistinctLengths:
    """A `ChoiceSource` that makes all axes differ from each other and from one, so that no shape runs by accident."""

    def __init__(self, lengths: Sequence[int]) -> None:
        self.lengths = iter(lengths)

    def choose(self, least: int, most: int) -> int:
        """Return the simplest choice."""
        return least

    def size(self, name: str, least: int, most: int) -> int:
        """Return the next length."""
        return max(least, next(self.lengths))


def draw_trial_case(op: Op, lengths: Sequence[int] = MIXED_LENGTHS) -> Case:
    """Return a case of the op in which no two axes have equal lengths."""
    return make_pinned_case(op, draw_configuration(op, DistinctLengths(lengths)), "plain", PinnedChoices("inference"))


def draw_trial_inputs(op: Op, lengths: Sequence[int] = MIXED_LENGTHS) -> Case:
    """Return the same case without an upstream, for which forward need not run."""
    configuration = draw_configuration(op, DistinctLengths(lengths))
    return make_case_without_upstream(op, configuration, "plain", PinnedChoices("inference"))
