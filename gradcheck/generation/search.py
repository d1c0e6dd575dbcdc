"""Search: Hypothesis draws the configurations to examine, each of which is given every kind of values."""

import math
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import nullcontext, suppress
from itertools import cycle
from typing import Any

from gradcheck.coverage.execution import Execution
from gradcheck.declaration.op import Op
from gradcheck.generation.case_building import make_pinned_case
from gradcheck.generation.code_constants import list_constants
from gradcheck.generation.configuration import Configuration, PinnedChoices
from gradcheck.generation.hypothesis_runs import BudgetSpent, make_hypothesis_settings, run_property
from gradcheck.generation.long_axes import LARGEST, DrawnConfiguration, Stretch, list_stretches, stretch_configuration
from gradcheck.generation.values import ARRANGED_KINDS, PAIRED_KINDS, VALUE_KINDS, ValueKind
from gradcheck.records.case import Case

FEWEST_CONFIGURATIONS = 12  # however few the examples: bugs hide in shapes more than in values
MOST_DIFFERENT = 96  # of more cases, long axes make the difference
DRAWS_PER_CONFIGURATION = 2  # draws for each configuration that is wanted, since Hypothesis likes to repeat itself
SHORT_EVERY = 3  # after the first round, one case in so many has no long axis
NEIGHBOURS = 3  # cases of the same shapes and kind after one that runs code that none ran before
NEIGHBOURS_EVERY = 4
MOST_REPEATED_DRAWS = 24  # draws in a row that bring nothing new, before the search ends


def draw_configurations(op: Op, count: int, seed: int) -> list[DrawnConfiguration]:
    """Up to `count` different configurations, fewer where the declaration has no more, or they are hard to meet."""
    from gradcheck.generation.case_strategies import draw_whole_number_by_bits, usual_configurations

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
        run_property(collect, usual_configurations(op, draw_whole_number_by_bits), str(seed), hypothesis_settings)
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


def generate_cases(
    op: Op, examples: int, seed: int, largest: int | None = None, execution: Execution | None = None
) -> Iterator[Case]:
    """Generate `examples` cases: every configuration with every kind of values in turn; from its second case on, a
    configuration has a long axis, but for every third time.

    largest: elements of a case with a long axis, by default LARGEST.  execution: takes down which code forward runs, as
    whoever examines the case does; after a case in which more of it runs, others like it come soon.
    """
    wanted = min(max(math.ceil(examples / len(VALUE_KINDS)), FEWEST_CONFIGURATIONS), examples, MOST_DIFFERENT)
    drawn = draw_configurations(op, wanted, seed)
    constants = list_constants(op)
    names = [name for one in drawn for name in one.choices.sizes]
    stretches = cycle(list_stretches(names, constants, seed)) if names else None
    neighbours: deque[tuple[Configuration, ValueKind]] = deque()
    reach = 0
    for i in range(examples):
        one, kind = drawn[i % len(drawn)], choose_kind(i, len(drawn))
        is_long = i >= len(drawn) and i % SHORT_EVERY and kind not in PAIRED_KINDS
        stretch = next(stretches) if stretches and is_long else None
        if neighbours and i % NEIGHBOURS_EVERY == 0:
            configuration, kind = neighbours.popleft()
        else:
            rotated = [*drawn[i % len(drawn) :], *drawn[: i % len(drawn)]]
            configuration = choose_configuration(op, rotated, kind, stretch, largest or LARGEST)
        with execution.record() if execution else nullcontext():
            case = make_pinned_case(op, configuration, kind, PinnedChoices(seed, one.seed, i), constants)
        yield case
        before, reach = reach, execution.amount if execution else 0
        if reach > before and i >= len(drawn):
            neighbours += [(configuration, kind)] * NEIGHBOURS


def choose_configuration(
    op: Op, drawn: Sequence[DrawnConfiguration], kind: ValueKind, stretch: Stretch | None, largest: int
) -> Configuration:
    """Choose the first of some configurations that takes a stretch, with it, and for a paired kind one that has inputs
    of equal shapes; the first where none does."""
    if kind in PAIRED_KINDS:
        fitting = (one.configuration for one in drawn if has_equal_shapes(one.configuration))
    else:
        stretched = (stretch_configuration(op, one, stretch, largest) for one in drawn) if stretch else iter(())
        fitting = (configuration for configuration in stretched if configuration)
    return next(fitting, drawn[0].configuration)


def has_equal_shapes(configuration: Configuration) -> bool:
    """Whether two inputs have the same shape of more than one element."""
    shapes = [shape for shape in configuration.shapes.values() if math.prod(shape) > 1]
    return len(set(shapes)) < len(shapes)


def choose_kind(number: int, configurations: int) -> ValueKind:
    """Return the kind of values of a case: every other of those after the first round is an arranged one."""
    if number >= configurations and number % 2:
        return ARRANGED_KINDS[number // 2 % len(ARRANGED_KINDS)]
    return VALUE_KINDS[(number % configurations + number // configurations) % len(VALUE_KINDS)]
