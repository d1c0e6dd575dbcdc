"""Numbers known to fifty digits, each with an error: as text, "1.25e-3 +/- 1e-52", and exactly."""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from gradcheck.arrays import Values

DIGITS = 50
"""The most decimal digits that are written of a number."""
LEAST_EXPONENT = -330
"""Below 10 to this, float64 has only zero."""
PATTERN = re.compile(r"(-?)(\d)(?:\.(\d+))?(?:e(-?\d+))? \+/- (?:1e(-?\d+)|0)")


@dataclass(frozen=True)
class ExactNumber:
    """A number whose digits are known within an error.

    mantissa, exponent: it is mantissa · 10^exponent.  error_exponent: the power of ten that bounds the error; None
    where there is none.
    """

    mantissa: int
    exponent: int
    error_exponent: int | None = None

    def __str__(self) -> str:
        digits = str(abs(self.mantissa)).rstrip("0") or "0"
        point = len(str(abs(self.mantissa))) - 1 + self.exponent if self.mantissa else 0
        fraction = f".{digits[1:]}" if digits[1:] else ""
        power = f"e{point}" if point else ""
        error = "0" if self.error_exponent is None else f"1e{self.error_exponent}"
        return f"{'-' if self.mantissa < 0 else ''}{digits[0]}{fraction}{power} +/- {error}"

    @classmethod
    def read(cls, text: str) -> "ExactNumber":
        """Return the number of a text.  Raises ValueError for any text that __str__ does not write."""
        match = PATTERN.fullmatch(text) if isinstance(text, str) else None
        if not match:
            raise ValueError(f"{text!r:.80} is no number with an error, as 1.25e-3 +/- 1e-52")
        sign, first, rest, power, error = match.groups(default="")
        exponent = int(power or 0) - len(rest)
        number = cls(int(f"{sign}{first}{rest}"), exponent, int(error) if error else None)
        if str(number) != text:
            raise ValueError(f"{text!r:.80} is not written as {number}")
        return number

    @cached_property
    def value(self) -> Fraction:
        """The number."""
        return self.mantissa * Fraction(10) ** self.exponent

    @cached_property
    def error(self) -> Fraction:
        """The bound of its error."""
        return Fraction(0) if self.error_exponent is None else Fraction(10) ** self.error_exponent

    @property
    def is_zero_in_float64(self) -> bool:
        """Whether float64 has no number near it but zero."""
        return not self.mantissa or len(str(abs(self.mantissa))) + self.exponent < LEAST_EXPONENT

    def subtract_from(self, x: float) -> Fraction:
        """Return x minus the number, or minus zero where float64 has nothing nearer."""
        return Fraction(x) - (0 if self.is_zero_in_float64 else self.value)

    def __float__(self) -> float:
        return float(f"{self.mantissa}e{self.exponent}")


@dataclass(frozen=True)
class ExactArray:
    """An array of exact numbers, in row-major order."""

    shape: tuple[int, ...]
    numbers: tuple[ExactNumber, ...]

    @cached_property
    def rounded(self) -> Values:
        """The nearest array of float64."""
        return np.array([float(number) for number in self.numbers]).reshape(self.shape)
