"""Strategies of Hypothesis for all that makes up a case: shapes, settings, inputs, upstreams.

They shrink to the shortest axes and the roundest values.  Arrays of many elements are drawn by a seed.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from hypothesis import strategies as st

from gradcheck.arrays import Values, unflatten
from gradcheck.declaration.domain import Domain
from gradcheck.declaration.op import Op
from gradcheck.generation.case_building import add_upstream
from gradcheck.generation.configuration import (
    SIZE_SPAN,
    Configuration,
    PinnedChoices,
    draw_configuration,
    limit_to_usual,
)
from gradcheck.generation.long_axes import LENGTHS, DrawnConfiguration, RecordedChoices, Stretch, stretch_configuration
from gradcheck.generation.values import (
    ARRANGEMENTS,
    GRID,
    PALETTE_SIZE,
    ValueKind,
    arrange_points,
    count_elements,
    fit_upstream_to_kind,
    make_points,
    map_to_domains,
    repeat_exponents,
)
from gradcheck.records.case import Case

MOST_DRAWN = 128
"""Elements that are drawn one by one; above, one seed stands for all of them."""
ROUNDEST_FIRST: tuple[ValueKind, ...] = ("ties", "plain", "wide", "bounds", *ARRANGEMENTS)
MOST_SEEDS = 2**16 - 1

BIT = st.booleans()

Strategy = st.SearchStrategy[Any]
Draw = Callable[[Strategy], Any]
DrawWhole = Callable[[Draw, int, int], int]
"""Draws a whole number from one to another."""


def draw_whole_number(draw: Draw, least: int, most: int) -> int:
    """Draw a whole number, which shrinks well."""
    return least if least == most else int(draw(st.integers(least, most)))


def draw_whole_number_by_bits(draw: Draw, least: int, most: int) -> int:
    """Draw a whole number bit by bit: Hypothesis also draws whole numbers that stand in the source of whatever modules
    are loaded, and has no setting against that; bits do not depend on these."""
    drawn = 0
    for _ in range((most - least).bit_length()):
        drawn = 2 * drawn + draw(BIT)
    return least + drawn % (most - least + 1)


class DrawnChoices:
    """A `ChoiceSource` that Hypothesis draws all choices for.  longest: of the axes, where that is lawful; by default
    they have the usual lengths."""

    def __init__(self, draw: Draw, whole: DrawWhole, longest: int | None = None) -> None:
        self.draw, self.whole, self.longest = draw, whole, longest

    def choose(self, least: int, most: int) -> int:
        """Return a drawn choice."""
        return self.whole(self.draw, least, most)

    def size(self, name: str, least: int, most: int) -> int:
        """Return a drawn length."""
        return self.choose(
            least, limit_to_usual(least, most) if self.longest is None else max(least, min(most, self.longest))
        )


@st.composite
def usual_configurations(draw: Draw, op: Op, whole: DrawWhole = draw_whole_number) -> DrawnConfiguration:
    """Configurations whose axes have the usual lengths."""
    choices = RecordedChoices(DrawnChoices(draw, whole))
    configuration = draw_configuration(op, choices)
    return DrawnConfiguration(configuration, choices)


def several_configurations(op: Op, count: int) -> Strategy:
    """So many configurations at once, drawn bit by bit."""
    return st.tuples(*[usual_configurations(op, draw_whole_number_by_bits)] * count)


@st.composite
def configurations(draw: Draw, op: Op) -> Configuration:
    """Configurations, some of them with a long axis."""
    drawn = draw(usual_configurations(op))
    if not drawn.choices.sizes or not draw(BIT):
        return drawn.configuration
    name, length = draw(st.sampled_from(drawn.choices.sizes)), draw(st.sampled_from(LENGTHS))
    is_last = drawn.choices.sizes.count(name) > 1 and draw(BIT)
    stretch = Stretch(name, length, draw(st.integers(1, SIZE_SPAN)), is_last)
    return stretch_configuration(op, drawn, stretch) or drawn.configuration


@st.composite
def shortened_configurations(draw: Draw, op: Op, longest: int, whole: DrawWhole = draw_whole_number) -> Configuration:
    """Configurations without an axis longer than this, where that is lawful."""
    return draw_configuration(op, DrawnChoices(draw, whole, longest))


@st.composite
def cases_of(draw: Draw, op: Op, within: Strategy, whole: DrawWhole = draw_whole_number) -> Case:
    """Cases of the configurations of a strategy, every choice shrinkable."""
    configuration = draw(within)
    kind = ROUNDEST_FIRST[whole(draw, 0, len(ROUNDEST_FIRST) - 1)]
    choices = DrawnChoices(draw, whole)
    inputs = draw_case_inputs(choices, configuration, kind)
    case = Case(op.name, inputs, (), configuration.settings, choices.choose(0, 255), kind=kind)
    return add_upstream(op, case, lambda outputs: draw_upstream(choices, outputs, kind))


def draw_case_inputs(choices: DrawnChoices, configuration: Configuration, kind: ValueKind) -> Mapping[str, Values]:
    """Draw inputs of one kind."""
    count = sum(count_elements(configuration))
    indices = draw_indices(choices, count, PALETTE_SIZE if kind in ("ties", "bounds") else len(GRID))
    if kind in ARRANGEMENTS:
        return arrange_points(configuration, kind, indices, PinnedChoices(choices.choose(0, MOST_SEEDS)))
    scale = np.array([choices.choose(-8, 8) if kind == "wide" else 0 for _ in configuration.shapes])
    return map_to_domains(configuration, make_points(kind, indices, repeat_exponents(scale, configuration)))


def draw_upstream(choices: DrawnChoices, outputs: tuple[Values, ...], kind: ValueKind) -> tuple[Values, ...]:
    """Draw an upstream for these outputs: one element that is not zero, or, less simply, any values."""
    total = sum(y.size for y in outputs)
    if choices.draw(BIT) or not total:
        values = GRID[draw_indices(choices, total, len(GRID))]
    else:
        values = np.zeros(total)
        values[choices.choose(0, total - 1)] = GRID[1 + choices.choose(0, len(GRID) - 2)]
    return tuple(fit_upstream_to_kind(kind, u) for u in unflatten(values, outputs))


def draw_indices(choices: DrawnChoices, count: int, below: int) -> Values:
    """Draw grid indices one by one, or by a seed where they are many."""
    if count > MOST_DRAWN:
        return PinnedChoices(choices.choose(0, MOST_SEEDS)).draw_whole_numbers(count, below)
    return np.array([choices.choose(0, below - 1) for _ in range(count)], dtype=np.int64)


@st.composite
def arrays_in_domain(draw: Draw, shape: tuple[int, ...], domain: Domain, names: Mapping[str, int]) -> Values:
    """Arrays of one shape in a domain.  names: what its axes measure, for a domain that asks."""
    count = int(np.prod(shape))
    kind = draw(st.sampled_from(("ties", "plain", "wide", "bounds")))
    choices = DrawnChoices(draw, draw_whole_number)
    indices = draw_indices(choices, count, PALETTE_SIZE if kind in ("ties", "bounds") else len(GRID))
    exponent = choices.choose(-8, 8) if kind == "wide" else 0
    points = make_points(kind, indices, np.full(count, exponent))
    return np.asarray(domain.map(points.reshape(shape), names))
