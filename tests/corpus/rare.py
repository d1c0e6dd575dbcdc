"""Faults that a check at its default number of examples may miss, each with the reason."""

A_NUMBER = "it shows for numbers alone, arrays without axes: one layout in ten, so that 7 % of seeds draw none among 25"

RARE: dict[str, str] = {
    "variance: an infinity of no axes": A_NUMBER,
}
