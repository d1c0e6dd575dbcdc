"""Search: Hypothesis draws the configurations to examine, each of which is given every kind of values."""

import itertools
import math
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import nullcontext, suppress
from typing import Any

from gradcheck.coverage.execution import Execution
from gradcheck.declaration.op import Op
from gradcheck.generation.case_building import make_pinned_case
from gradcheck.generation.code_constants import list_constants
from gradcheck.generation.configuration import Configuration, PinnedChoices
from gradcheck.generation.hypothesis_runs import BudgetSpent, make_hypothesis_settings, run_property
from gradcheck.generation.long_axes import LARGEST, DrawnConfiguration, StretchedConfigurations, rotate
from gradcheck.generation.values import ARRANGED_KINDS, PAIRED_KINDS, VALUE_KINDS, ValueKind
from gradcheck.records.case import Case

FEWEST_CONFIGURATIONS = 12  # however few the examples: bugs hide in shapes more than in values
MOST_DIFFERENT = 96  # of more cases, long axes make the difference
DRAWS_PER_CONFIGURATION = 3  # draws for each configuration that is wanted, since Hypothesis likes to repeat itself
DRAWS_PER_EXAMPLE = 5  # an example of Hypothesis costs more than what it draws
UNARRANGED_EVERY = 3  # after the first round, one case in so many has one of VALUE_KINDS, the others an arranged one
SHORT_EVERY = 3  # after the first round, one case in so many has no long axis
NEIGHBOURS = 3  # cases of the same shapes and kind after one that runs code that none ran before
NEIGHBOURS_EVERY = 4
MOST_REPEATED_DRAWS = 24  # draws in a row that bring nothing new, before the search ends


def draw_configurations(op: Op, count: int, seed: int) -> list[DrawnConfiguration]:
    """Up to `count` different configurations, fewer where the declaration has no more, or they are hard to meet."""
    from gradcheck.generation.case_strategies import several_configurations

    seen: dict[Any, DrawnConfiguration] = {}
    in_vain = 0

    def collect(several: Sequence[DrawnConfiguration]) -> None:
        nonlocal in_vain
        for one in several:
            key = one.configuration.key
            in_vain = in_vain + 1 if key in seen else 0
            seen.setdefault(key, one)
        if in_vain >= MOST_REPEATED_DRAWS:
            raise BudgetSpent

    examples = math.ceil(DRAWS_PER_CONFIGURATION * count / DRAWS_PER_EXAMPLE)
    with suppress(BudgetSpent):
        strategy = several_configurations(op, DRAWS_PER_EXAMPLE)
        run_property(collect, strategy, str(seed), make_hypothesis_settings(examples, shrink=False))
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
    kinds = generate_kinds([one.configuration for one in drawn], seed)
    stretched = StretchedConfigurations(op, drawn, constants, seed)
    neighbours: deque[tuple[Configuration, ValueKind]] = deque()
    reach = 0
    for i in range(examples):
        turn, start = divmod(i, len(drawn))
        kind = next(kinds)
        is_long = turn and (start + 2 * turn) % SHORT_EVERY and kind not in PAIRED_KINDS
        long = stretched.make_next(start, largest or LARGEST) if is_long else None
        if neighbours and i % NEIGHBOURS_EVERY == 0:
            configuration, kind = neighbours.popleft()
        elif kind in PAIRED_KINDS:
            configuration = choose_equal_shapes(drawn, start)
        else:
            configuration = long or drawn[start].configuration
        with execution.record() if execution else nullcontext():
            case = make_pinned_case(op, configuration, kind, PinnedChoices(seed, i), constants)
        yield case
        before, reach = reach, execution.amount if execution else 0
        if reach > before and i >= len(drawn):
            neighbours += [(configuration, kind)] * NEIGHBOURS


def choose_equal_shapes(drawn: Sequence[DrawnConfiguration], start: int) -> Configuration:
    """Choose the first configuration from number `start` on that has inputs of equal shapes; that one without any."""
    ordered = [one.configuration for one in rotate(drawn, start)]
    return next(filter(has_equal_shapes, ordered), ordered[0])


def has_equal_shapes(configuration: Configuration) -> bool:
    """Whether two inputs have the same shape of more than one element."""
    shapes = [shape for shape in configuration.shapes.values() if math.prod(shape) > 1]
    return len(set(shapes)) < len(shapes)


def generate_kinds(configurations: Sequence[Configuration], seed: int) -> Iterator[ValueKind]:
    """Yield the kind of values of each case: those of VALUE_KINDS, and after the first round mostly an arranged one, a
    paired one where there are inputs to pair.  Every configuration meets all of them, with a long axis and without."""
    fitting = [k for k in ARRANGED_KINDS if k not in PAIRED_KINDS or any(map(has_equal_shapes, configurations))]
    arranged = shuffle_again_and_again(fitting, PinnedChoices("kinds", seed))
    for number in itertools.count():
        turn, place = divmod(number, len(configurations))
        if turn == 0:
            yield VALUE_KINDS[place % len(VALUE_KINDS)]
        else:
            nth, is_arranged = divmod(place + turn, UNARRANGED_EVERY)
            yield next(arranged) if is_arranged else VALUE_KINDS[nth % len(VALUE_KINDS)]


def shuffle_again_and_again(kinds: Sequence[ValueKind], choices: PinnedChoices) -> Iterator[ValueKind]:
    """Yield all kinds in one order, then in another, and so on."""
    while True:
        yield from sorted(kinds, key=lambda _: choices.choose(0, 2**31))
