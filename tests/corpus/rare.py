"""Faults that a check at its default number of examples may miss, each with the reason."""

SAME_BUT_ONE = (
    "the cache is that of other settings only where two layouts share all shapes, and differ in count_include_pad "
    "alone: some 1000 examples"
)

A_NUMBER = "it shows for numbers alone, arrays without axes: one layout in ten, so that 7 % of seeds draw none among 25"

RARE: dict[str, str] = {
    "variance: an infinity of no axes": A_NUMBER,
    "average_pool2d: stale cache: `cache = slips.first(cache)`": SAME_BUT_ONE,
    "average_pool2d: stale cache: `cache = slips.previous(cache)`": SAME_BUT_ONE,
}
