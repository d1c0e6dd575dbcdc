"""A difference map: a wrong gradient and the expected one, folded into rows and columns that a picture can show."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.arrays import Values

MOST_ROWS = 16
MOST_COLUMNS = 16
LEAST_ELEMENTS = 4
"""Fewer numbers than these speak for themselves."""
UNIFORM_WITHIN = 2.0**-26
"""Half of the digits of float64: a picture with a few shades shows no smaller difference."""

Rows = tuple[tuple[float, ...], ...]
"""The numbers of a map, row by row."""


@dataclass(frozen=True)
class DifferenceMap:
    """Two arrays side by side, of at most MOST_ROWS rows and MOST_COLUMNS columns; `make_difference_map` folds them.

    Parameters
    ----------
    given : tuple of tuple of float
        What backward returned, or forward where a value is wrong.
    expected : tuple of tuple of float
        What is right, in as many rows and columns.
    error : tuple of tuple of float
        How far each expected number may be off; inf where nothing is known.
    shape : tuple of int
        The shape of the array before its leading axes were folded into rows.
    """

    given: Rows
    expected: Rows
    error: Rows
    shape: tuple[int, ...]

    def __post_init__(self) -> None:
        rows, columns = math.prod(self.shape[:-1]), self.shape[-1] if self.shape else 1
        for numbers in (self.given, self.expected, self.error):
            if len(numbers) != rows or any(len(row) != columns for row in numbers):
                raise ValueError(f"a difference map of shape {self.shape} has other rows")
        if not (1 <= rows <= MOST_ROWS and 1 <= columns <= MOST_COLUMNS and all(n > 0 for n in self.shape)):
            raise ValueError(f"a difference map has at most {MOST_ROWS} rows and {MOST_COLUMNS} columns")

    @property
    def wrong(self) -> tuple[tuple[bool, ...], ...]:
        """Whether each given number differs from the expected one by more than the error; nan equals nan."""
        triples = zip(self.given, self.expected, self.error, strict=True)
        return tuple(tuple(map(is_number_wrong, *rows)) for rows in triples)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "DifferenceMap":
        """Return the map that encode_record wrote.  Raises KeyError, TypeError and ValueError where the data is
        broken."""
        shape = tuple(int(n) for n in data["shape"])
        return cls(read_rows(data["given"]), read_rows(data["expected"]), read_rows(data["error"]), shape)


def make_difference_map(given: Values, expected: Values, error: Values) -> DifferenceMap | None:
    """Return the map of three arrays of one shape; None where they differ in shape, are too large, have fewer than
    LEAST_ELEMENTS elements, or show no pattern: all elements of the given and of the expected array are alike."""
    arrays = [np.asarray(a, dtype=float) for a in (given, expected, error)]
    shape = arrays[0].shape
    if any(a.shape != shape for a in arrays) or arrays[0].size < LEAST_ELEMENTS:
        return None
    folded = [fold_leading_axes(a) for a in arrays]
    is_small = folded[0].shape[0] <= MOST_ROWS and folded[0].shape[1] <= MOST_COLUMNS
    if not is_small or all(is_uniform(a) for a in folded[:2]):
        return None
    rows = [tuple(map(tuple, a.tolist())) for a in folded]
    return DifferenceMap(rows[0], rows[1], rows[2], shape)


def fold_leading_axes(a: Values) -> Values:
    """Fold all axes but the last into rows; a vector is one row."""
    return a.reshape(-1, a.shape[-1] if a.ndim else 1)


def is_uniform(a: Values) -> bool:
    """Whether all elements are equal within rounding."""
    first = np.full(a.shape, a.flat[0])
    return bool(np.allclose(a, first, rtol=UNIFORM_WITHIN, atol=0, equal_nan=True))


def is_number_wrong(given: float, expected: float, error: float) -> bool:
    """Whether a number differs from the expected one by more than the error; nan equals nan, and inf equals inf."""
    if given == expected or (math.isnan(given) and math.isnan(expected)):
        return False
    return not abs(given - expected) <= error


def read_rows(data: Sequence[Sequence[Any]]) -> Rows:
    """Return the rows of a saved map, in which inf and nan are strings."""
    return tuple(tuple(float(number) for number in row) for row in data)
