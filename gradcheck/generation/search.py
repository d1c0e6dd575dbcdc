"""Search: Hypothesis draws the configurations to examine, each of which is given every kind of values."""

import math
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle, islice
from typing import Any

from gradcheck.declaration.op import Op
from gradcheck.generation.case_building import make_pinned_case
from gradcheck.generation.code_constants import list_constants
from gradcheck.generation.configuration import (
    Configuration,
    PinnedChoices,
)
from gradcheck.generation.hypothesis_runs import BudgetSpent, make_hypothesis_settings, run_property
from gradcheck.generation.long_axes import DrawnConfiguration, Stretch, list_stretches, stretch_configuration
from gradcheck.generation.values import ARRANGED_KINDS, VALUE_KINDS, ValueKind
from gradcheck.records.case import Case

FEWEST_CONFIGURATIONS = 12  # however few the examples: bugs hide in shapes more than in values
DRAWS_PER_CONFIGURATION = 3  # draws for each configuration that is wanted, since Hypothesis likes to repeat itself
MOST_REPEATED_DRAWS = 24  # draws in a row that bring nothing new, before the search ends
MOST_STRETCHES_TRIED = 4  # stretches that a configuration is tried with, before it stays as it is


def draw_configurations(op: Op, count: int, seed: int) -> list[DrawnConfiguration]:
    """Up to `count` different configurations, fewer where the declaration has no more, or they are hard to meet."""
    from gradcheck.generation.case_strategies import usual_configurations

    seen: dict[Any, DrawnConfiguration] = {}
    in_vain = 0

    def collect(one: DrawnConfiguration) -> None:
        nonlocal in_vain
        key = one.configuration.key
        in_vain = in_vain + 1 if key in seen else 0
        seen.setdefault(key, one)
        if len(seen) == count or in_vain == MOST_REPEATED_DRAWS:
            raise BudgetSpent

    hypothesis_settings = make_hypothesis_settings(DRAWS_PER_CONFIGURATION * count, shrink=False)
    with suppress(BudgetSpent):
        run_property(collect, usual_configurations(op), str(seed), hypothesis_settings)
    return list(seen.values())


def generate_cases(op: Op, examples: int, seed: int) -> Iterator[Case]:
    """`examples` cases: every configuration with every kind of values in turn; from its second case on, a configuration
    has a long axis, every other time."""
    wanted = max(math.ceil(examples / len(VALUE_KINDS)), min(examples, FEWEST_CONFIGURATIONS))
    drawn = draw_configurations(op, wanted, seed)
    names = [name for one in drawn for name in one.choices.sizes]
    constants = list_constants(op)
    stretches = cycle(list_stretches(names, constants, seed)) if names else None
    for i in range(examples):
        kind = choose_kind(i, len(drawn))
        one, is_long = drawn[i % len(drawn)], stretches is not None and i >= len(drawn)
        configuration = stretch_next(op, one, stretches) if is_long and stretches else one.configuration
        yield make_pinned_case(op, configuration, kind, PinnedChoices(one.seed, i), constants)


def choose_kind(number: int, configurations: int) -> ValueKind:
    """Return the kind of values of a case: every third of those after the first round is an arranged one."""
    if number >= configurations and number % 3 == 2:
        return ARRANGED_KINDS[number // 3 % len(ARRANGED_KINDS)]
    return VALUE_KINDS[(number % configurations + number // configurations) % len(VALUE_KINDS)]


def stretch_next(op: Op, one: DrawnConfiguration, stretches: Iterator[Stretch]) -> Configuration:
    """Return a configuration with the next of the stretches that it can take; as it is where it takes none of a few."""
    for stretch in islice(stretches, MOST_STRETCHES_TRIED):
        if stretch.name in one.choices.sizes and (configuration := stretch_configuration(op, one, stretch)):
            return configuration
    return one.configuration
