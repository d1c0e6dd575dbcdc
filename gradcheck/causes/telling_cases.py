"""Telling cases: small ones whose axes have lengths of their own, none of them one: there rival causes differ."""

from collections.abc import Iterator
from functools import partial

from gradcheck.causes.wrong_case import WrongCase, make_wrong_case
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

KINDS: tuple[ValueKind, ...] = ("plain", "plain", "wide", "ties")
"""The kinds of values in turn."""


class DifferentLengths:
    """A `ChoiceSource` of pinned choices in which two axes rarely have one length, and none has length one where it
    need not."""

    def __init__(self, number: int) -> None:
        self.counter = PinnedChoices("telling", number)
        self.left = list[int]()

    def choose(self, least: int, most: int) -> int:
        """Return a pinned choice."""
        return self.counter.choose(least, most)

    def size(self, name: str, least: int, most: int) -> int:
        """Return a length that was not used yet, where one is allowed."""
        most = limit_to_usual(least, most) if most == UNBOUNDED else most
        allowed = [n for n in TELLING_LENGTHS if least <= n <= most]
        if not allowed:
            return min(max(least, 2), most)
        fresh = [n for n in self.left if n in allowed]
        if not fresh:
            self.left, fresh = [*TELLING_LENGTHS], allowed
        chosen = fresh[self.counter.choose(0, len(fresh) - 1)]
        self.left.remove(chosen)
        return chosen


def draw_telling_cases(op: Op, seed: int) -> Iterator[WrongCase]:
    """Yield telling cases, in which backward may be wrong or right.  Those that are too large are left out."""
    cases = map(partial(make_wrong_case, op), draw_telling_points(op, seed))
    yield from (case for case in cases if case is not None)


def draw_telling_points(op: Op, seed: int) -> Iterator[Case]:
    """Yield up to MOST_TELLING cases at which forward runs."""
    constants = list_constants(op)
    for number in range(MOST_TELLING):
        try:
            configuration = draw_configuration(op, DifferentLengths(number))
        except DeclarationError:
            continue
        kind = KINDS[number % len(KINDS)]
        case = make_pinned_case(op, configuration, kind, PinnedChoices("telling values", seed, number), constants)
        if case.upstream:
            yield case
