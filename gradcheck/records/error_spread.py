"""How relative errors, and the bars of a witness, are spread over the cases of a check: counts by powers of ten."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LEAST_DECADE, MOST_DECADE = -18, 1
"""The powers of ten by which errors are counted: the first holds all that is smaller as well, and zero; the last all
that is larger, and what is not finite."""


@dataclass(frozen=True)
class ErrorSpread:
    """The relative errors by one witness, and its error bars, over all cases.

    Parameters
    ----------
    errors : mapping of int to int, optional
        How many errors lie between 10**d and 10**(d + 1), by d.
    bars : mapping of int to int, optional
        How many error bars do.

    Examples
    --------
    >>> ErrorSpread().add(3e-16, 1e-14).add(0.0, 2e-14)
    ErrorSpread(errors={-18: 1, -16: 1}, bars={-14: 2})
    """

    errors: Mapping[int, int] = field(default_factory=dict)
    bars: Mapping[int, int] = field(default_factory=dict)

    def add(self, error: float, bar: float | None) -> "ErrorSpread":
        """Return the spread with one more error, and the bar that it was judged by, if that is known."""
        return ErrorSpread(count_decade(self.errors, error), self.bars if bar is None else count_decade(self.bars, bar))

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "ErrorSpread":
        """Return what encode_record wrote."""
        return cls(*({int(d): int(count) for d, count in data[name].items()} for name in ("errors", "bars")))


def count_decade(counts: Mapping[int, int], number: float) -> dict[int, int]:
    """Return counts by decade with one more number."""
    decade = find_decade(number)
    return dict(sorted({**counts, decade: counts.get(decade, 0) + 1}.items()))


def find_decade(number: float) -> int:
    """Return the power of ten from which the decade of a number begins."""
    return min(math.floor(measure_power(number)), MOST_DECADE)


def measure_power(number: float) -> float:
    """Return the power of ten that a number is, between LEAST_DECADE and the end of the last decade."""
    if number == 0:
        return LEAST_DECADE
    power = math.log10(number) if math.isfinite(number) else math.inf
    return min(max(power, LEAST_DECADE), MOST_DECADE + 1)
