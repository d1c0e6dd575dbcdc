"""Faults that a check at its default number of examples may miss, each with the reason."""

SAME_BUT_ONE = (
    "the cache is that of other settings only where two layouts share all shapes, and differ in count_include_pad "
    "alone: some 1000 examples"
)

RARE: dict[str, str] = {
    "average_pool2d: stale cache: `cache = slips.first(cache)`": SAME_BUT_ONE,
    "average_pool2d: stale cache: `cache = slips.previous(cache)`": SAME_BUT_ONE,
}
