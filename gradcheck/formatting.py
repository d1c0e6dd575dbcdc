"""Numbers, indices and plurals as a person reads them."""

import math


def format_number(value: float) -> str:
    """A number in as few digits as tell it."""
    short = f"{value:.6g}"
    return short if float(short) == value or abs(value) > 1e15 else f"{value:.9g}"


def round_to_bar(value: float, error: float) -> float:
    """A value without the digits that its error bar leaves open, 0 where it leaves none; as it is where the bar is
    unknown, zero or beyond all digits."""
    if not (math.isfinite(value) and math.isfinite(error) and error > 0):
        return value + 0.0
    if abs(value) <= error:
        return 0.0
    return round(value, 1 - math.floor(math.log10(error))) + 0.0


def format_apart(got: float, expected: float, error: float) -> tuple[str, str]:
    """Two numbers in as few digits as tell them and distinguish them, the expected one within its error bar."""
    pair = got + 0.0, round_to_bar(expected, error)
    texts = tuple(map(format_number, pair))
    for digits in range(10, 18):
        if len(set(texts)) == 2 or got == expected:
            break
        texts = tuple(f"{value:.{digits}g}" for value in pair)
    return texts[0], texts[1]


def format_index(index: tuple[int, ...]) -> str:
    """An index as words, " at [0, 1]"; nothing for a number."""
    return f" at [{', '.join(map(str, index))}]" if index else ""


def pluralise(count: int, thing: str) -> str:
    """1 op, 2 ops, 29,400 ops."""
    return f"{count:,} {thing}{'s' * (count != 1)}"
