"""Evidence: estimates with their error bars, and the figures of the witnesses."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from gradcheck.arrays import Values


class Witness(StrEnum):
    """The names of the witnesses.  An oracle from outside the package has a name of its own."""

    AUTODIFF = "autodiff"
    DIFFERENCES = "differences"
    COMPLEX_STEP = "complex step"
    VECTORS = "golden vectors"
    REFERENCE = "reference"
    ONE_SIDED_SLOPES = "one-sided slopes"
    OP = "op"


@dataclass(frozen=True)
class Estimate:
    """A value and how far it may be off, element by element; inf where nothing is known.

    Parameters
    ----------
    value, error : array
        Both of one shape; the error is absolute.

    Examples
    --------
    >>> import numpy as np
    >>> from gradcheck import numerical_gradient
    >>> found = numerical_gradient(np.sum, np.array([1.0, 2.0]))
    >>> bool(np.all(np.abs(found.value - 1) <= found.error))
    True
    """

    value: Values
    error: Values


@dataclass(frozen=True)
class Evidence:
    """The figures of one witness at the element of the largest disagreement.

    Parameters
    ----------
    witness : str
        The name of the witness: "autodiff", "differences" or "complex step".
    claimed, expected : float
        The value that backward returned there, and the value that the witness expects.
    error : float
        How far the expected value may be off.
    agrees : bool
        Whether the witness agrees with backward within that error.

    Examples
    --------
    >>> from gradcheck import adapt, check
    >>> op = adapt(lambda x: (x * x, x), lambda dy, x: x * dy, name="half", x="N")
    >>> result = check(op, examples=4, laws=("gradient",), shrink=False)
    >>> [evidence.agrees for evidence in result.findings[0].evidence]
    [False, False, False]
    """

    witness: str
    claimed: float
    expected: float
    error: float
    agrees: bool


ELEMENTWISE = "autodiff elementwise"
"""The witness of an error that is the largest |a - b| / |b| of single elements, by autodiff."""

ALL_INPUTS = "all"
"""The label for an error of all gradients together."""

SEPARATOR = ", "


class ErrorKey(NamedTuple):
    """The key of a relative error: the input whose gradient it is of, or ALL_INPUTS, and the witness."""

    input: str
    witness: str

    def __str__(self) -> str:
        return f"{self.input}{SEPARATOR}{self.witness}"

    @classmethod
    def read(cls, text: str) -> "ErrorKey":
        """Parse the key from a saved run.  Raises ValueError where there is no witness."""
        label, separator, witness = text.rpartition(SEPARATOR)
        if not separator:
            raise ValueError(f"{text!r} names no input and witness")
        return cls(label, witness)


Errors = Mapping[ErrorKey, float]
"""Relative errors, max|a - b| / max|b|."""


def read_errors(data: Mapping[str, Any]) -> dict[ErrorKey, float]:
    """Return the errors of a saved run, in which inf and nan are strings."""
    return {ErrorKey.read(text): float(value) for text, value in data.items()}
