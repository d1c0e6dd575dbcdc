"""What the cases of a check looked at: how long axes were, how large values, and how much of the code ran."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from gradcheck.formatting import pluralise


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

    @classmethod
    def join(cls, parts: Iterable["Searched"]) -> "Searched":
        """Return what several ops' cases looked at together."""
        listed = list(parts)
        lengths = [length for part in listed for length in part.axes]
        sizes = [size for part in listed for size in part.sizes]
        reached, lines = sum(part.lines_reached for part in listed), sum(part.lines for part in listed)
        vectors = sum(part.vectors for part in listed)
        return cls(find_ends(lengths), find_ends(sizes), reached, lines, vectors)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Searched":
        """Return what encode_record wrote."""
        axes, sizes = tuple(map(int, data["axes"])), tuple(map(float, data["sizes"]))
        return cls(axes, sizes, int(data["lines_reached"]), int(data["lines"]), int(data.get("vectors", 0)))

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
