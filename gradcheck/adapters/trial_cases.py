"""Trial cases: every axis has a length of its own, so that no shape fits by accident."""

from collections.abc import Sequence

import numpy as np

from gradcheck.declaration.op import Op
from gradcheck.generation.case_building import make_case_without_upstream, make_pinned_case
from gradcheck.generation.configuration import Configuration, PinnedChoices, draw_configuration
from gradcheck.generation.values import GRID, count_elements, map_to_domains
from gradcheck.records.case import LARGE, Case

MIXED_LENGTHS = (3, 2, 5, 4, 7, 6, 8, 9, 11, 10, 13, 12)
RISING_LENGTHS, FALLING_LENGTHS = tuple(sorted(MIXED_LENGTHS)), tuple(sorted(MIXED_LENGTHS, reverse=True))
"""Lengths of axes in a trial."""

VALUES_OF_TRIAL = 4093
"""Values of a large trial, after which they repeat themselves: a prime, so that no two rows are the same."""


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
    if sum(count_elements(configuration)) > LARGE:
        return make_repeating_case(op, configuration)
    return make_case_without_upstream(op, configuration, "plain", PinnedChoices("inference"))


def make_repeating_case(op: Op, configuration: Configuration) -> Case:
    """Return a case of many elements, of which a few values are shuffled, and repeated: enough for a trial."""
    order = np.argsort(PinnedChoices("inference").draw_whole_numbers(VALUES_OF_TRIAL, 2**31))
    points = np.resize(GRID[1 + order], sum(count_elements(configuration)))
    return Case(op.name, map_to_domains(configuration, points), (), configuration.settings, 0)
