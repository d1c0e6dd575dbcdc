"""What the cases of a check looked at: how long axes were, how large values, and how much of the code ran."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from gradcheck.formatting import pluralise
from gradcheck.records.codec import ADDED_LATER

LEAST_POWER, MOST_POWER, POWER_STEP = -9, 6, 3
"""The powers of ten from which classes of sizes begin: the first holds all that is smaller as well, the last all that
is larger."""

CLASS_LENGTHS = (0, 1, 2, 8, 32, 128, 512)
"""The lengths of a longest axis from which classes begin."""


class CaseClass(NamedTuple):
    """A class of cases.  length: of the longest axis, from which the class begins; 0 where there is no axis.  power: of
    ten, from which the class of the largest |x| begins."""

    length: int
    power: int

    def __str__(self) -> str:
        return f"{self.length}, {self.power}"

    @classmethod
    def of(cls, length: int, size: float) -> "CaseClass":
        """Return the class of a case.  length: of its longest axis.  size: the largest |x|."""
        power = LEAST_POWER if size == 0 else MOST_POWER if not math.isfinite(size) else math.floor(math.log10(size))
        power = min(max(power // POWER_STEP * POWER_STEP, LEAST_POWER), MOST_POWER)
        return cls(max(least for least in CLASS_LENGTHS if least <= length), power)

    @classmethod
    def read(cls, text: str) -> "CaseClass":
        """Parse the class from a saved run.  Raises ValueError where it has not two numbers."""
        length, power = map(int, text.split(","))
        return cls(length, power)


@dataclass(frozen=True)
class Searched:
    """What the cases of an op, or of a run, looked at.

    Parameters
    ----------
    axes : tuple of int, optional
        The lengths of the shortest and the longest axis; empty where no input has one.
    sizes : tuple of float, optional
        The smallest |x| above zero and the largest; empty where no input has such a number.
    lines_reached, lines : int, optional
        Lines of forward, backward and what they call in the same package: those that ran, and all of the functions that
        did; zero where nobody knows, as for code that is not Python.
    vectors : int, optional
        The golden vectors that were heard.
    cases : mapping of CaseClass to int, optional
        The number of cases by their longest axis and their largest value.

    Examples
    --------
    >>> from gradcheck import adapt, check
    >>> op = adapt(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, name="square", x="N")
    >>> check(op, examples=4, laws=("contract",)).searched.axes
    (2, 4)
    """

    axes: tuple[int, ...] = ()
    sizes: tuple[float, ...] = ()
    lines_reached: int = 0
    lines: int = 0
    vectors: int = 0
    cases: Mapping[CaseClass, int] = field(default_factory=dict, metadata=ADDED_LATER)

    @classmethod
    def join(cls, parts: Iterable["Searched"]) -> "Searched":
        """Return what several ops' cases looked at together."""
        listed = list(parts)
        lengths = [length for part in listed for length in part.axes]
        sizes = [size for part in listed for size in part.sizes]
        reached, lines = sum(part.lines_reached for part in listed), sum(part.lines for part in listed)
        vectors = sum(part.vectors for part in listed)
        cases: Counter[CaseClass] = Counter()
        for part in listed:
            cases.update(part.cases)
        return cls(find_ends(lengths), find_ends(sizes), reached, lines, vectors, dict(sorted(cases.items())))

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Searched":
        """Return what encode_record wrote."""
        axes, sizes = tuple(map(int, data["axes"])), tuple(map(float, data["sizes"]))
        cases = {CaseClass.read(text): int(count) for text, count in data.get("cases", {}).items()}
        return cls(axes, sizes, int(data["lines_reached"]), int(data["lines"]), int(data.get("vectors", 0)), cases)

    def __str__(self) -> str:
        parts = []
        if self.axes:
            parts.append(f"axes {self.axes[0]} to {self.axes[-1]}")
        if self.sizes:
            parts.append(f"|x| {format_size(self.sizes[0])} to {format_size(self.sizes[-1])}")
        share = f"{int(100 * self.lines_reached / self.lines)} % of lines reached" if self.lines else ""
        vectors = [pluralise(self.vectors, "golden vector")] if self.vectors else []
        return ", ".join([*parts, share or "no lines to look at", *vectors])


def format_size(size: float) -> str:
    """Format a size by its first digit and its power of ten: 2e-9, 1e6."""
    digit, _, power = f"{size:.0e}".partition("e")
    return f"{digit}e{int(power)}"


Number = TypeVar("Number", int, float)


def find_ends(numbers: list[Number]) -> tuple[Number, ...]:
    """Return the least and the greatest of some numbers; empty where there is none."""
    return (min(numbers), max(numbers)) if numbers else ()
