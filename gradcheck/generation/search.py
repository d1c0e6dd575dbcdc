"""Search: Hypothesis draws the configurations to examine, each of which is given every kind of values."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import cycle
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
from gradcheck.generation.values import ARRANGED_KINDS, PAIRED_KINDS, VALUE_KINDS, ValueKind
from gradcheck.records.case import Case

FEWEST_CONFIGURATIONS = 12  # however few the examples: bugs hide in shapes more than in values
DRAWS_PER_CONFIGURATION = 3  # draws for each configuration that is wanted, since Hypothesis likes to repeat itself
MOST_REPEATED_DRAWS = 24  # draws in a row that bring nothing new, before the search ends


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
        if in_vain == MOST_REPEATED_DRAWS:
            raise BudgetSpent

    hypothesis_settings = make_hypothesis_settings(DRAWS_PER_CONFIGURATION * count, shrink=False)
    with suppress(BudgetSpent):
        run_property(collect, usual_configurations(op), str(seed), hypothesis_settings)
    return choose_different(list(seen.values()), count)


def choose_different(drawn: Sequence[DrawnConfiguration], count: int) -> list[DrawnConfiguration]:
    """Choose `count` configurations, each the one whose sizes and settings came least often before: Hypothesis likes to
    draw what it has drawn."""
    left, chosen = list(drawn), list[DrawnConfiguration]()
    seen: Counter[Any] = Counter()
    features = {id(one): list_features(one.configuration) for one in left}
    while left and len(chosen) < count:
        rarest = min(left, key=lambda one: sum(seen[f] for f in features[id(one)]) / max(len(features[id(one)]), 1))
        left.remove(rarest)
        chosen.append(rarest)
        seen.update(features[id(rarest)])
    return chosen


def list_features(configuration: Configuration) -> list[tuple[str, Any]]:
    """List the settings, the sizes and the shapes of a configuration."""
    return [*configuration.settings.items(), *configuration.names.items(), *configuration.shapes.items()]


def generate_cases(op: Op, examples: int, seed: int) -> Iterator[Case]:
    """`examples` cases: every configuration with every kind of values in turn; from its second case on, a configuration
    has a long axis, every other time."""
    wanted = max(math.ceil(examples / len(VALUE_KINDS)), min(examples, FEWEST_CONFIGURATIONS))
    drawn = draw_configurations(op, wanted, seed)
    names = [name for one in drawn for name in one.choices.sizes]
    constants = list_constants(op)
    stretches = cycle(list_stretches(names, constants, seed)) if names else None
    for i in range(examples):
        one = drawn[i % len(drawn)]
        configuration = one.configuration
        kind = choose_kind(i, len(drawn))
        rotated = [*drawn[i % len(drawn) :], *drawn[: i % len(drawn)]]
        if kind in PAIRED_KINDS:
            configuration = next((d.configuration for d in rotated if has_equal_shapes(d.configuration)), configuration)
        elif stretches and i >= len(drawn):
            configuration = stretch_first(op, rotated, next(stretches)) or configuration
        yield make_pinned_case(op, configuration, kind, PinnedChoices(one.seed, i), constants)


def has_equal_shapes(configuration: Configuration) -> bool:
    """Whether two inputs have the same shape of more than one element."""
    shapes = [shape for shape in configuration.shapes.values() if math.prod(shape) > 1]
    return len(set(shapes)) < len(shapes)


def choose_kind(number: int, configurations: int) -> ValueKind:
    """Return the kind of values of a case: every other of those after the first round is an arranged one."""
    if number >= configurations and number % 2:
        return ARRANGED_KINDS[number // 2 % len(ARRANGED_KINDS)]
    return VALUE_KINDS[(number % configurations + number // configurations) % len(VALUE_KINDS)]


def stretch_first(op: Op, drawn: Sequence[DrawnConfiguration], stretch: Stretch) -> Configuration | None:
    """Return the first configuration that takes a stretch, with it; None where none does."""
    return next(filter(None, (stretch_configuration(op, one, stretch) for one in drawn)), None)
