"""Search: Hypothesis draws the configurations to examine, each of which is given every kind of values."""

import math
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from gradcheck.declaration.op import Op
from gradcheck.generation.case_building import make_pinned_case
from gradcheck.generation.configuration import Configuration, PinnedChoices, draw_configuration
from gradcheck.generation.hypothesis_runs import BudgetSpent, make_hypothesis_settings, run_property
from gradcheck.generation.values import VALUE_KINDS
from gradcheck.records.case import Case

FEWEST_CONFIGURATIONS = 12  # however few the examples: bugs hide in shapes more than in values
DRAWS_PER_CONFIGURATION = 3  # draws for each configuration that is wanted, since Hypothesis likes to repeat itself
MOST_REPEATED_DRAWS = 24  # draws in a row that bring nothing new, before the search ends
CHOICE_ROWS = 2**16  # numbers that stand for configurations
FEW_DRAWS = 32  # draws of Hypothesis beyond which each stands for several configurations


class RowChoices:
    """A Source for which Hypothesis draws one number that stands for all choices, the simplest ones for 0: it costs
    more to draw them one by one than to check a case, and the first options would come again and again."""

    def __init__(self, op: Op, row: int) -> None:
        self.row, self.counter = row, PinnedChoices(op.name, row)

    def choose(self, least: int, most: int) -> int:
        """A choice of this row."""
        return self.counter.choose(least, most) if self.row else least

    def size(self, name: str, least: int, most: int) -> int:
        """How long an axis is in this row."""
        return self.choose(least, most)


def draw_configurations(op: Op, count: int, seed: int) -> list[Configuration]:
    """Up to `count` different configurations, fewer where the declaration has no more, or they are hard to meet."""
    import hypothesis.strategies as st

    seen: dict[Any, Configuration] = {}
    in_vain = 0

    def collect(drawn: list[Configuration]) -> None:
        nonlocal in_vain
        for configuration in drawn:
            in_vain = in_vain + 1 if configuration.key in seen else 0
            seen.setdefault(configuration.key, configuration)
            if len(seen) == count or in_vain == MOST_REPEATED_DRAWS * rows:
                raise BudgetSpent

    rows = max(1, count // FEW_DRAWS)
    drawn = st.integers(0, CHOICE_ROWS - 1).map(
        lambda row: [draw_configuration(op, RowChoices(op, row + k * CHOICE_ROWS)) for k in range(rows)]
    )
    with suppress(BudgetSpent):
        run_property(
            collect, drawn, f"{seed}:{op.name}", make_hypothesis_settings(DRAWS_PER_CONFIGURATION * count, shrink=False)
        )
    return list(seen.values())


def generate_cases(op: Op, examples: int, seed: int) -> Iterator[Case]:
    """`examples` cases: every configuration with every kind of values in turn."""
    drawn = draw_configurations(
        op, max(math.ceil(examples / len(VALUE_KINDS)), min(examples, FEWEST_CONFIGURATIONS)), seed
    )
    for i in range(examples):
        kind = VALUE_KINDS[(i % len(drawn) + i // len(drawn)) % len(VALUE_KINDS)]
        yield make_pinned_case(op, drawn[i % len(drawn)], kind, PinnedChoices(seed, op.name, i))
