"""Cases at a point that the user chose."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.op import Op
from gradcheck.generation.case_building import add_upstream
from gradcheck.generation.configuration import PinnedChoices, draw_configuration
from gradcheck.generation.values import make_pinned_upstream
from gradcheck.records.case import LARGE, Case

LONGEST_DRAWN = 2**16 + 1
"""Elements of an upstream after which it repeats itself: a prime, so that no two rows of an output have the same."""
ALL_DIGITS = math.pi / 3
"""A number near one, multiples of which have all digits of float64."""


class SimplestChoices:
    """A `ChoiceSource` that always makes the simplest choice."""

    def choose(self, least: int, most: int) -> int:
        """Return the simplest choice."""
        return least

    def size(self, name: str, least: int, most: int) -> int:
        """Return the shortest length."""
        return least


def choose_simplest_settings(op: Op) -> Mapping[str, Any]:
    """Return the simplest value of each setting."""
    return draw_configuration(op, SimplestChoices()).settings


def make_case_at(op: Op, at: Sequence[Any], settings: Mapping[str, Any], seed: int) -> Case:
    """Return the case at exactly this point.  at: one array per input, in the order of forward."""
    arrays = [take_array(np.asarray(a)) for a in at]
    case = Case(op.name, dict(zip(op.inputs, arrays, strict=True)), (), dict(settings), seed)
    return add_upstream(op, case, lambda outputs: draw_upstream_at(outputs, PinnedChoices(seed, "at")))


def take_array(a: Values) -> Values:
    """Return a copy of an array, numbers with a fraction as float64; one that is large already is taken as it is."""
    if a.dtype.kind in "iub":
        return np.array(a)
    return np.array(a, dtype=np.float64, copy=None if a.size > LARGE else True)


def draw_upstream_at(outputs: tuple[Values, ...], choices: PinnedChoices) -> tuple[Values, ...]:
    """Return an upstream; that of many elements repeats LONGEST_DRAWN of them, and has all digits of float64."""
    if sum(y.size for y in outputs) <= LONGEST_DRAWN:
        return make_pinned_upstream(outputs, choices)
    drawn = make_pinned_upstream(tuple(np.empty(min(y.size, LONGEST_DRAWN)) for y in outputs), choices)
    return tuple(np.resize(u * ALL_DIGITS, y.shape) for u, y in zip(drawn, outputs, strict=True))


def make_example_cases(op: Op, seed: int) -> list[Case]:
    """Return the case at the example from which shapes were inferred; an empty list where there is none."""
    if not (op.origin.shapes_inferred and op.example):
        return []
    return [make_case_at(op, [op.example[name] for name in op.inputs], choose_simplest_settings(op), seed)]
