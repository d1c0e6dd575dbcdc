"""Telling cases: small ones whose axes have lengths of their own, none of them one: there rival causes differ."""

from collections.abc import Iterator, Sequence

from gradcheck.causes.wrong_case import MOST_DIFFERENTIATED, WrongCase, make_wrong_case
from gradcheck.declaration.op import Op
from gradcheck.declaration.shape import DeclarationError
from gradcheck.generation.case_building import make_pinned_case
from gradcheck.generation.code_constants import list_constants
from gradcheck.generation.configuration import UNBOUNDED, PinnedChoices, draw_configuration, limit_to_usual
from gradcheck.generation.values import ValueKind
from gradcheck.records.case import Case

MOST_TELLING = 48
"""Cases that are drawn for a finding."""

TELLING_LENGTHS = (2, 3, 4, 5)
"""Lengths of axes, each of which is used once before one is used again."""
SHORTER_LENGTHS = ((2, 3), (1, 2, 3))
"""Lengths where a case is too large with these, as one of a convolution is; of one only where it must be."""

KINDS: tuple[ValueKind, ...] = ("plain", "plain", "wide", "ties")
"""The kinds of values in turn."""


class DifferentLengths:
    """A `ChoiceSource` of pinned choices in which two axes rarely have one length, and none has length one where it
    need not."""

    def __init__(self, number: int, lengths: tuple[int, ...] = TELLING_LENGTHS) -> None:
        self.counter, self.lengths = PinnedChoices("telling", number), lengths
        self.left = list[int]()

    def choose(self, least: int, most: int) -> int:
        """Return a pinned choice."""
        return self.counter.choose(least, most)

    def size(self, name: str, least: int, most: int) -> int:
        """Return a length that was not used yet, where one is allowed."""
        most = limit_to_usual(least, most) if most == UNBOUNDED else most
        allowed = [n for n in self.lengths if least <= n <= most]
        if not allowed:
            return min(max(least, 2), most)
        fresh = [n for n in self.left if n in allowed]
        if not fresh:
            self.left, fresh = [*self.lengths], allowed
        chosen = fresh[self.counter.choose(0, len(fresh) - 1)]
        self.left.remove(chosen)
        return chosen


def draw_telling_cases(op: Op, seed: int) -> Iterator[WrongCase]:
    """Yield telling cases, in which backward may be wrong or right.  Those that are too large are drawn again with
    shorter axes, and left out where they still are."""
    constants = list_constants(op)
    for number in range(MOST_TELLING):
        for lengths in (TELLING_LENGTHS, *SHORTER_LENGTHS):
            case = draw_telling_point(op, (seed, number), constants, lengths)
            if case is not None and max(a.size for a in (*case.point, *case.upstream)) <= MOST_DIFFERENTIATED:
                wrong = make_wrong_case(op, case)
                yield from [wrong] if wrong is not None else []
                break


def draw_telling_points(op: Op, seed: int) -> Iterator[Case]:
    """Yield up to MOST_TELLING cases at which forward runs."""
    constants = list_constants(op)
    drawn = (draw_telling_point(op, (seed, number), constants, TELLING_LENGTHS) for number in range(MOST_TELLING))
    yield from (case for case in drawn if case is not None)


def draw_telling_point(
    op: Op, seeds: tuple[int, int], constants: Sequence[float], lengths: tuple[int, ...]
) -> Case | None:
    """Draw a case at which forward runs; None where there is none of such lengths.  seeds: of the values, and the
    number of the case."""
    try:
        configuration = draw_configuration(op, DifferentLengths(seeds[1], lengths))
    except DeclarationError:
        return None
    kind = KINDS[seeds[1] % len(KINDS)]
    case = make_pinned_case(op, configuration, kind, PinnedChoices("telling values", *seeds), constants)
    return case if case.upstream else None
