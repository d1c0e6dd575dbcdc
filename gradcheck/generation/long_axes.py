"""Long axes: configurations of which one axis is far longer than usual.

Mistakes that a length triggers (a block of 16, a batch of more than 64, more columns than rows) do not show at the
usual lengths.  Each size of an op takes each of LENGTHS in turn.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from gradcheck.declaration.op import Op
from gradcheck.declaration.shape import DeclarationError
from gradcheck.generation.configuration import (
    ChoiceSource,
    Configuration,
    PinnedChoices,
    draw_configuration,
    limit_to_usual,
)
from gradcheck.generation.values import count_elements

LENGTHS = (5, 6, 7, 8, 9, 10, 12, 15, 16, 17, 24, 31, 32, 33, 48, 63, 64, 65, 100, 127, 128, 129, 255, 256, 257)
"""The lengths of long axes: powers of two and their neighbours, and some between."""
LARGEST = 2048
"""The most elements of all inputs together in a case with a long axis, but for one that the code names."""
LONGEST = 2**14
"""The longest axis for a number that stands in the code."""


@dataclass(frozen=True)
class Stretch:
    """An axis that is made long.  name: of the size, the group or the free axis; occurrence: which of the axes of a
    group; lone: whether all other axes are as short as is lawful."""

    name: str
    occurrence: int
    length: int
    lone: bool


class RecordedChoices:
    """The choices of another source, which are recorded.  sizes: the names of the lengths, in the order in which they
    were drawn."""

    def __init__(self, source: ChoiceSource) -> None:
        self.source = source
        self.made: list[int] = []
        self.sizes: list[str] = []

    def choose(self, least: int, most: int) -> int:
        """Return a choice of the source."""
        self.made.append(self.source.choose(least, most))
        return self.made[-1]

    def size(self, name: str, least: int, most: int) -> int:
        """Return a length of the source."""
        self.sizes.append(name)
        self.made.append(self.source.size(name, least, most))
        return self.made[-1]


@dataclass(frozen=True)
class DrawnConfiguration:
    """A configuration, the choices of which it was made, and a seed for values."""

    configuration: Configuration
    choices: RecordedChoices
    seed: int


class StretchedChoices:
    """Choices that were recorded, but for one axis that is longer."""

    def __init__(self, made: list[int], stretch: Stretch) -> None:
        self.made, self.stretch, self.met = iter(made), stretch, 0

    def choose(self, least: int, most: int) -> int:
        """Return the recorded choice, or the nearest that is lawful."""
        return min(max(next(self.made, least), least), most)

    def size(self, name: str, least: int, most: int) -> int:
        """Return the recorded length, or the long one."""
        recorded = self.choose(least, limit_to_usual(least, most))
        if name != self.stretch.name:
            return least if self.stretch.lone else recorded
        self.met += 1
        if self.met - 1 == self.stretch.occurrence:
            return min(max(self.stretch.length, least), most)
        return max(least, 1) if self.stretch.lone else recorded


def stretch_configuration(op: Op, drawn: DrawnConfiguration, stretch: Stretch) -> Configuration | None:
    """Return a drawn configuration with one axis longer, the others shortened where it would be too large; None
    where that is unlawful, or too large all the same."""
    for choice in (stretch, Stretch(stretch.name, stretch.occurrence, stretch.length, lone=True)):
        try:
            configuration = draw_configuration(op, StretchedChoices(drawn.choices.made, choice))
        except DeclarationError:
            return None
        if sum(count_elements(configuration)) <= max(LARGEST, 4 * stretch.length):
            return configuration
    return None


def list_stretches(sizes: list[str], constants: Iterable[float], key: Any) -> Iterator[Stretch]:
    """Yield the stretches of the sizes of an op: every size, and the first axis of every group, with the lengths that
    its code names and then with every other length, in an order that the key shuffles."""
    named = sorted({int(c) + beside for c in constants for beside in (0, 1, -1) if c == int(c) and 4 < c < LONGEST})
    counter = PinnedChoices("stretches", key)
    for flip, lengths in product((False, True), (named, LENGTHS)):
        pairs = [(name, length) for length in lengths for name in dict.fromkeys(sizes)]
        order = sorted(range(len(pairs)), key=lambda i: counter.choose(0, 2**31))
        for number, (name, length) in enumerate(pairs[i] for i in order):
            yield Stretch(name, 0, length, lone=(number % 2 == 0) != flip or length > LENGTHS[-1])
