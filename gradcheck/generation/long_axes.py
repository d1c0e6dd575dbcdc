"""Long axes: configurations of which one axis is far longer than usual.

Mistakes that a length triggers (a block of 16, a batch of more than 64, more columns than rows) do not show at the
usual lengths.  Each size of an op takes each of LENGTHS in turn.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, product
from typing import Any, TypeVar

from gradcheck.declaration.op import Op
from gradcheck.declaration.shape import DeclarationError
from gradcheck.generation.configuration import (
    SIZE_SPAN,
    ChoiceSource,
    Configuration,
    PinnedChoices,
    draw_configuration,
    limit_to_usual,
)
from gradcheck.generation.values import count_elements

Item = TypeVar("Item")
LENGTHS = (5, 6, 7, 8, 9, 10, 12, 15, 16, 17, 24, 31, 32, 33, 48, 63, 64, 65, 100, 127, 128, 129, 255, 256, 257)
"""The lengths of long axes: powers of two and their neighbours, and some between."""
SHORT = 2
"""The other axes beside a long one, every other time, as far as there is room: nothing depends on an axis of one."""
LARGEST = 512
"""The most elements of all inputs together in a case with a long axis, by default; but for a length beyond LENGTHS that
the code names, which may come to four times itself."""
LONGEST = 2**14
"""The longest axis for a number that stands in the code."""


@dataclass(frozen=True)
class Stretch:
    """An axis that is made long, of a group the first or the last.  name: of the size, the group or the free axis;
    others: how long the other axes are, where that is lawful, but those of the same group, which are of length one;
    SIZE_SPAN leaves all of them as they were; ones: the names of axes that are of length one."""

    name: str
    length: int
    others: int = SIZE_SPAN
    is_last: bool = False
    ones: frozenset[str] = frozenset()


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
    """A configuration, and the choices of which it was made."""

    configuration: Configuration
    choices: RecordedChoices


class StretchedChoices:
    """Choices that were recorded, but for one axis that is longer."""

    def __init__(self, choices: RecordedChoices, stretch: Stretch) -> None:
        self.made, self.stretch = iter(choices.made), stretch
        self.left = choices.sizes.count(stretch.name) if stretch.is_last else 1

    def choose(self, least: int, most: int) -> int:
        """Return the recorded choice, or the nearest that is lawful."""
        return min(max(next(self.made, least), least), most)

    def size(self, name: str, least: int, most: int) -> int:
        """Return the recorded length, or the long one."""
        recorded = self.choose(least, limit_to_usual(least, most))
        others = 1 if name in self.stretch.ones else self.stretch.others
        if name != self.stretch.name:
            return recorded if others == SIZE_SPAN else min(max(least, others), most)
        self.left -= 1
        if self.left == 0:
            return min(max(self.stretch.length, least), most)
        return recorded if others == SIZE_SPAN else max(least, 1)


def stretch_configuration(
    op: Op, drawn: DrawnConfiguration, stretch: Stretch, largest: int = LARGEST
) -> Configuration | None:
    """Return a drawn configuration with one axis longer, and the others shorter where it would have more elements than
    `largest`; None where that is unlawful, or too large all the same."""
    most = largest if stretch.length <= LENGTHS[-1] else max(largest, 4 * stretch.length)
    if stretch.name not in drawn.choices.sizes or stretch.length > most:
        return None
    for shorter in dict.fromkeys((stretch, *shorten_others(stretch, drawn.choices.sizes))):
        try:
            configuration = draw_configuration(op, StretchedChoices(drawn.choices, shorter))
        except DeclarationError:
            return None
        if sum(count_elements(configuration)) <= most:
            return configuration
    return None


def shorten_others(stretch: Stretch, sizes: Sequence[str]) -> Iterator[Stretch]:
    """Yield stretches beside ever more axes of one, those that are left being SHORT."""
    others = [name for name in dict.fromkeys(sizes) if name != stretch.name]
    ordered = rotate(others, stretch.length % max(len(others), 1))
    for count_of_ones in range(len(others) + 1 if stretch.others > 1 else 0):
        yield replace(stretch, others=SHORT, ones=frozenset(ordered[:count_of_ones]))


def rotate(items: Sequence[Item], start: int) -> list[Item]:
    """Return all items from number `start` on, then those before."""
    return [*items[start:], *items[:start]]


class StretchedConfigurations:
    """Some configurations, one axis of which is made long: every size of an op takes every length in turn.  too_long:
    the shortest of LENGTHS that a size was found to take in none of them."""

    def __init__(self, op: Op, drawn: Sequence[DrawnConfiguration], constants: Iterable[float], key: Any) -> None:
        names = [name for one in drawn for name in one.choices.sizes]
        self.op, self.drawn, self.too_long = op, drawn, dict[str, int]()
        self.stretches = generate_stretches(names, constants, key) if names else iter(())

    def make_next(self, start: int, largest: int) -> Configuration | None:
        """Make the first configuration from number `start` on that takes the next stretch; None where none does."""
        stretch = next(self.stretches, None)
        if stretch is None or stretch.length >= self.too_long.get(stretch.name, LONGEST + 1):
            return None
        for one in rotate(self.drawn, start):
            if configuration := stretch_configuration(self.op, one, stretch, largest):
                return configuration
        if stretch.length <= LENGTHS[-1]:
            self.too_long[stretch.name] = stretch.length
        return None


def generate_stretches(sizes: list[str], constants: Iterable[float], key: Any) -> Iterator[Stretch]:
    """Generate stretches of the sizes of an op: every size, and the first or the last axis of every group, with the
    lengths that its code names, twice, then twice with each of LENGTHS, and so on, each round in another order.  In
    four rounds a length comes at either axis, once beside short axes and once beside the usual ones."""
    named = sorted({int(c) + beside for c in constants for beside in (0, 1, -1) if c == int(c) and 4 < c < LONGEST})
    counter, names = PinnedChoices("stretches", key), tuple(dict.fromkeys(sizes))
    for turn in count():
        lengths, half = (named, LENGTHS)[turn // 2 % 2], turn // 4 * 2 + turn % 2
        places = list(product(range(len(lengths)), range(len(names))))
        for i, k in sorted(places, key=lambda _: counter.choose(0, 2**31)):
            is_usual, is_last = divmod((i + k + half) % 4, 2)
            is_short = lengths[i] > LENGTHS[-1] or not is_usual
            yield Stretch(names[k], lengths[i], SHORT if is_short else SIZE_SPAN, is_last=bool(is_last))
