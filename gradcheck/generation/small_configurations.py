"""Small configurations: those that are a few steps away from the simplest choices, the smallest first."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from gradcheck.declaration.op import Op
from gradcheck.declaration.shape import DeclarationError
from gradcheck.generation.configuration import Configuration, draw_configuration, limit_to_usual
from gradcheck.generation.long_axes import DrawnConfiguration, RecordedChoices, Stretch
from gradcheck.generation.values import count_elements

MOST_STEPS = 6
"""Steps away from the simplest choices, over all choices together."""
MOST_DRAWN_CONFIGURATIONS = 1024

Steps = tuple[int, ...]
"""How far each choice is from the simplest one, in the order in which they are made; the others are the simplest."""


class SteppedChoices:
    """A `ChoiceSource` that makes the simplest choices but for some steps.  spans: how far each choice could go."""

    def __init__(self, steps: Steps) -> None:
        self.steps, self.spans = steps, list[int]()

    def choose(self, least: int, most: int) -> int:
        """Return the simplest choice and the step away from it."""
        made = len(self.spans)
        self.spans.append(most - least)
        return least + (min(self.steps[made], most - least) if made < len(self.steps) else 0)

    def size(self, name: str, least: int, most: int) -> int:
        """Return the shortest length and the step away from it."""
        return self.choose(least, limit_to_usual(least, most))


def list_small_configurations(op: Op) -> list[Configuration]:
    """List the different configurations of at most MOST_STEPS, those of the fewest elements first."""
    different: dict[Any, Configuration] = {}
    for configuration in walk_configurations(op):
        different.setdefault(configuration.key, configuration)
    return sorted(different.values(), key=count_all_elements)


def list_one_long_axis(op: Op, length: int) -> list[tuple[DrawnConfiguration, Stretch]]:
    """List the simplest configurations, and those one step away from them, with the axis of each that is to be made so
    long: the other axes of length one first."""
    found, waiting = list[tuple[DrawnConfiguration, Stretch]](), list[Steps]([()])
    for steps in waiting:
        stepped = SteppedChoices(steps)
        choices = RecordedChoices(stepped)
        with suppress(DeclarationError):
            drawn = DrawnConfiguration(draw_configuration(op, choices), choices)
            found += [(drawn, stretch) for stretch in list_stretches_to(length, choices.sizes)]
        if not steps:
            waiting += step_further(steps, stepped.spans)
    return found


def list_stretches_to(length: int, sizes: Sequence[str]) -> Iterator[Stretch]:
    """Yield the stretches to a length of each size, and of the first and the last axis of each group."""
    for name, times in Counter(sizes).items():
        for is_last in (False, True)[:times]:
            yield from (Stretch(name, length, others, is_last) for others in (1, 2))


def count_all_elements(configuration: Configuration) -> int:
    """Count the elements of all inputs together."""
    return sum(count_elements(configuration))


def walk_configurations(op: Op) -> Iterator[Configuration]:
    """Yield configurations by their number of steps, MOST_DRAWN_CONFIGURATIONS at most; choices that leave no lawful
    value are left out, with those that lie behind them."""
    level: list[Steps] = [()]
    drawn = 0
    for _ in range(MOST_STEPS + 1):
        beyond: list[Steps] = []
        for steps in level:
            if drawn == MOST_DRAWN_CONFIGURATIONS:
                return
            drawn += 1
            source = SteppedChoices(steps)
            with suppress(DeclarationError):
                yield draw_configuration(op, source)
            beyond += step_further(steps, source.spans)
        level = beyond


def step_further(steps: Steps, spans: list[int]) -> Iterator[Steps]:
    """Yield what is one step further, each once: the last choice that has a step, or a later one, goes on."""
    for place in range(max(len(steps) - 1, 0), len(spans)):
        made = steps[place] if place < len(steps) else 0
        if made < spans[place]:
            yield (*steps[:place], *(0,) * (place - len(steps)), made + 1)
