"""Demonstration: how the number of a claim comes about, where it is not simply a result of the case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gradcheck.arrays import Values
from gradcheck.records.case import decode, encode


class ArrayForm(StrEnum):
    """The forms in which arrays are handed over that are not plain ones."""

    PLAIN = ""
    STRIDED = "strided"
    FORTRAN_ORDERED = "Fortran-ordered"
    READ_ONLY = "read-only"
    NUMBERS = "numbers"
    FLOAT32 = "float32"


@dataclass(frozen=True)
class Demonstration:
    """What is done with a case to get the number that a finding claims.

    upstream: the one that backward is given, where it is not the case's.  direction: by input, where the number is the
    product of gradients and a direction.  form: of the arrays that are handed over.  parts: the rows of the batch that
    are run, part by part, where the results of the parts are joined.  batch_axes: the axis of the batch by input.
    between: the inputs at which forward and backward run between the forward and the backward of the case, or, where
    gradients are kept, after it.  before: inputs, one after the other, at which forward runs before the case does once
    more.  keeps_gradients: whether its gradients are looked at again, and not computed again.  overwrites_output:
    whether the caller overwrites what forward returned before backward runs.
    """

    upstream: tuple[Values, ...] = ()
    direction: Mapping[str, Values] = field(default_factory=dict)
    form: ArrayForm = ArrayForm.PLAIN
    parts: tuple[tuple[int, ...], ...] = ()
    batch_axes: Mapping[str, int] = field(default_factory=dict)
    between: tuple[Values, ...] = ()
    before: tuple[tuple[Values, ...], ...] = ()
    keeps_gradients: bool = False
    overwrites_output: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return plain data from which `from_json` restores exactly this demonstration."""
        return {
            "upstream": [encode(u) for u in self.upstream],
            "direction": {label: encode(d) for label, d in self.direction.items()},
            "form": self.form.value,
            "parts": [list(rows) for rows in self.parts],
            "batch_axes": dict(self.batch_axes),
            "between": [encode(a) for a in self.between],
            "before": [[encode(a) for a in point] for point in self.before],
            "keeps_gradients": self.keeps_gradients,
            "overwrites_output": self.overwrites_output,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Demonstration":
        """Return the demonstration that to_json wrote.  Raises KeyError, TypeError and ValueError where the data is
        broken."""
        return cls(
            tuple(decode(u) for u in data["upstream"]),
            {str(label): decode(d) for label, d in data["direction"].items()},
            ArrayForm(data["form"]),
            tuple(tuple(int(row) for row in rows) for rows in data["parts"]),
            {str(label): int(axis) for label, axis in data["batch_axes"].items()},
            tuple(decode(a) for a in data.get("between", ())),
            tuple(tuple(decode(a) for a in point) for point in data.get("before", ())),
            bool(data.get("keeps_gradients", False)),
            bool(data.get("overwrites_output", False)),
        )


PLAIN_CALL = Demonstration()
"""Forward and backward at the case, and nothing else."""
