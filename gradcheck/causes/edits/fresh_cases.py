"""Cases of another seed, in which an edit has to be right that was right in the cases of the finding."""

from collections.abc import Hashable, Iterator
from itertools import islice, zip_longest

from gradcheck.causes.telling_cases import draw_telling_points
from gradcheck.declaration.op import Op
from gradcheck.generation.search import generate_cases
from gradcheck.records.case import Case

FRESH_SEED = 1
MOST_FRESH, DRAWN_FRESH = 20, 32
"""Cases that are yielded at most, of so many of either kind that are drawn."""
MOST_ELEMENTS_FRESH = 4096
"""Elements that such a case may have."""


def draw_fresh_cases(op: Op, label: str | None = None) -> Iterator[Case]:
    """Yield cases of another seed, telling ones and usual ones in turn, those before others that have a setting or a
    length of one which none had so far.  label: of an input that they have to have, None for any."""
    telling = islice(draw_telling_points(op, FRESH_SEED), DRAWN_FRESH)
    usual = (case for case in generate_cases(op, DRAWN_FRESH, FRESH_SEED) if case.upstream)
    pairs = zip_longest(usual, telling)
    small = [c for pair in pairs for c in pair if c and c.elements <= MOST_ELEMENTS_FRESH]
    left = [case for case in small if label is None or label in case.inputs]
    seen = set[Hashable]()
    for _ in range(min(MOST_FRESH, len(left))):
        news = [len(describe_kind(case) - seen) for case in left]
        case = left.pop(news.index(max(news)))
        seen |= describe_kind(case)
        yield case


def describe_kind(case: Case) -> set[Hashable]:
    """Describe what is special in a case: its settings, and whether an input has an axis of length one, or none."""
    lengths = {("length", n) for a in case.point for n in a.shape if n <= 1}
    return {(name, repr(value)) for name, value in case.settings.items()} | lengths | {case.kind}
