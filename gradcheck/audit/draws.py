"""What a function that draws at random makes of ones, compared with the model's by two averages with standard errors.

The share that is kept and the scale show in the mean and in the mean square: of dropout with the probability p of
keeping these are 1 and 1 / p; where it does not scale p and p; where p is the probability of dropping 1 and
1 / (1 - p).  That averages of independent draws are nearly normal is the central limit theorem.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import Choice
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.records.case import Case

SIDE, DRAWS = 100, 4
"""Rows and columns of the ones, and how often they are handed over, each time with other settings of whole numbers."""
STANDARD_ERRORS = 7.0
"""A difference of two right averages exceeds so many of its standard errors with a probability below 1e-11."""


@dataclass(frozen=True)
class Average:
    """An average of independent draws, and its standard error."""

    value: float
    error: float

    @classmethod
    def of(cls, draws: Any) -> "Average":
        """Return the average of an array."""
        return cls(float(np.mean(draws)), float(np.std(draws) / np.sqrt(draws.size)))

    def agrees(self, other: "Average") -> bool:
        """Whether the difference is within what two averages of the same may differ by."""
        allowed = STANDARD_ERRORS * float(np.hypot(self.error, other.error))
        return abs(self.value - other.value) <= max(allowed, STANDARD_ERRORS / SIDE**2)

    def __str__(self) -> str:
        return f"{self.value:.3g} ± {STANDARD_ERRORS * self.error:.1g}"


Moments = Mapping[str, tuple[Average, Average]]
"""The mean and the mean square of what is drawn, by the settings in words."""


def measure_draws(op: Op) -> Moments | None:
    """Measure what an op makes of ones for each choice of its settings.  None where it takes several inputs, or no
    array of two axes.  Raises UserError and Malformed."""
    if len(op.inputs) != 1:
        return None
    (label,) = op.inputs
    ones, moments = np.ones((SIDE, SIDE)), {}
    for words, rows in list_choices(op):
        outputs = []
        for settings in rows:
            case = Case(op.name, {label: ones}, (ones,), settings, 0)
            outputs.append(Evaluator(op, case).outputs(case.point)[0])
        drawn = np.stack(outputs)
        moments[words] = Average.of(drawn), Average.of(drawn**2)
    return moments


def list_choices(op: Op) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield each choice of settings in words, and the settings of each repeat."""
    choices = {name: s.options for name, s in op.settings.items() if isinstance(s, Choice)}
    numbers = [name for name in op.settings if name not in choices]
    for chosen in product(*choices.values()):
        named = dict(zip(choices, chosen, strict=True))
        words = ", ".join(f"{name}={value!r}" for name, value in named.items())
        yield words, [{**named, **dict.fromkeys(numbers, repeat)} for repeat in range(DRAWS)]


def compare_draws(op: Op, expected: Moments) -> str:
    """Compare what an op draws with what its model does; "" where they agree, else the difference in words."""
    try:
        given = measure_draws(op)
    except (UserError, Malformed) as error:
        return f"given {SIDE} × {SIDE} ones, {error}"
    for words, pair in (given or {}).items():
        for name, average, wanted in zip(("mean", "mean square"), pair, expected[words], strict=True):
            if not average.agrees(wanted):
                where = f" where {words}" if words else ""
                return f"given ones, it returns numbers whose {name} is {average}, expected {wanted}{where}"
    return ""
