"""Coefficients that a mistake may bring in, by formulas that are the same in all cases: 2, 1/N, reg, 2*reg/N."""

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from gradcheck.causes.hypotheses.lengths import measure_named_lengths
from gradcheck.causes.setting_names import list_number_settings
from gradcheck.causes.wrong_case import WrongCase

CLOSENESS = 1e-6
"""The relative distance up to which a fitted number is taken for a formula's: formulas lie further apart."""


def list_coefficients(case: WrongCase) -> dict[str, float]:
    """Return the positive and the negative coefficients of a case by their formulas, the simplest first."""
    found = {"1": 1.0, "2": 2.0, "1/2": 0.5}
    lengths, numbers = measure_plain_lengths(case), list_number_settings(case.settings)
    found |= dict(combine_lengths(lengths))
    found |= dict(combine_settings(numbers, lengths))
    found |= {"3": 3.0, "1/3": 1 / 3, "4": 4.0, "1/4": 0.25}
    found = {formula: value for formula, value in found.items() if np.isfinite(value)}
    return found | {f"-{formula}": -value for formula, value in found.items()}


def measure_plain_lengths(case: WrongCase) -> dict[str, int]:
    """Return the lengths of axes, and of the sizes that these speak of, that have one word for a name."""
    return {name: n for name, n in measure_named_lengths(case).items() if name.isidentifier()}


def combine_lengths(lengths: Mapping[str, int]) -> Iterator[tuple[str, float]]:
    """Yield what mistakes make of the lengths of axes."""
    for name, n in lengths.items():
        yield from [(f"1/{name}", 1 / n if n else np.inf), (name, float(n)), (f"2/{name}", 2 / n if n else np.inf)]
        if n > 1:
            yield from [(f"({name}-1)/{name}", (n - 1) / n), (f"{name}/({name}-1)", n / (n - 1))]
            yield from [(f"1/({name}-1)", 1 / (n - 1)), (f"({name}-1)", n - 1.0)]
    for (a, n), (b, m) in combinations(lengths.items(), 2):
        if n * m:
            yield from [(f"1/({a}*{b})", 1 / (n * m)), (f"{a}*{b}", float(n * m))]


def combine_settings(numbers: Mapping[str, float], lengths: Mapping[str, int]) -> Iterator[tuple[str, float]]:
    """Yield what mistakes make of settings."""
    for name, s in numbers.items():
        yield from [(name, s), (f"2*{name}", 2 * s), (f"{name}/2", s / 2), (f"(1-{name})", 1 - s)]
        yield from [(f"1/{name}", 1 / s)] if s else []
        yield from [(f"1/(1-{name})", 1 / (1 - s))] if s != 1 else []
        for axis, n in lengths.items():
            if n:
                yield from [(f"{name}/{axis}", s / n), (f"2*{name}/{axis}", 2 * s / n)]
                yield from [(f"{name}*({axis}-1)/{axis}", s * (n - 1) / n)]
                yield from [(f"2*{name}*({axis}-1)/{axis}", 2 * s * (n - 1) / n)]


def find_formulas(coefficients: Mapping[str, float], value: float, error: float = 0.0) -> list[str]:
    """Return the formulas whose value a fitted number is, within its error."""
    return [f for f, c in coefficients.items() if abs(value - c) <= CLOSENESS * abs(c) + error]
