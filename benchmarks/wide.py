"""Cases such as nobody would choose: magnitudes from 1e-150 to 1e150, ties, zeros, float32, no rows, and inputs that
are ill-conditioned.  Lawful ones all: what an input may be is still its domain's to say."""

from collections.abc import Callable, Mapping

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.domain import spd
from gradcheck.declaration.op import Op
from gradcheck.generation.case_building import add_upstream, make_case_without_upstream
from gradcheck.generation.configuration import (
    Configuration,
    PinnedChoices,
    draw_configuration,
    limit_to_usual,
)
from gradcheck.generation.values import GRID, VALUE_KINDS, make_pinned_upstream
from gradcheck.records.case import Case

Draw = Callable[[np.random.Generator, tuple[int, ...]], Values]
FARTHEST = 150
"""Of the magnitudes, as a power of ten: the square of the largest input is still a number."""

SPD, MOST_OF_SPD = spd().name, 1e3
"""I + A Aᵀ is positive definite whatever A is, but with a larger one not in 53 bits."""

LAYOUTS = 48
"""Per op: as many as there are, more cases see them again with other values."""

NO_ROWS, ONE_ROW = 8, 4
"""One configuration of so many has a batch of none, and one of so many a batch of one."""


def scaled(least: float, most: float) -> Draw:
    """Normal numbers, all at one magnitude between two powers of ten."""
    return lambda rng, shape: rng.normal(size=shape) * 10 ** rng.uniform(least, most)


def mixed(farthest: float) -> Draw:
    """Every element at its own magnitude, up to a power of ten and its inverse."""
    return lambda rng, shape: rng.choice([-1.0, 1.0], shape) * 10 ** rng.uniform(-farthest, farthest, shape)


def sparse(rng: np.random.Generator, shape: tuple[int, ...]) -> Values:
    """Zeros of both signs, and a few normal numbers; at times zeros alone."""
    return rng.normal(size=shape) * (rng.random(shape) < rng.choice([0.0, 0.25]))


def level_rows(rng: np.random.Generator, shape: tuple[int, ...]) -> Values:
    """Rows that are nearly constant: what a normalisation divides by is what is left."""
    row = rng.normal(size=(*shape[:-1], 1)) if shape else rng.normal(size=shape)
    return np.asarray(row * (1 + 10 ** rng.uniform(-15, -3) * rng.normal(size=shape)))


def near_ties(rng: np.random.Generator, shape: tuple[int, ...]) -> Values:
    """A few values again and again, each off by some last digits or by none."""
    return np.asarray(rng.integers(-2, 3, shape) * (1 + rng.integers(-2, 3, shape) * 10 ** rng.uniform(-16, -6)))


def offset(rng: np.random.Generator, shape: tuple[int, ...]) -> Values:
    """Normal numbers far from zero."""
    return rng.choice([-1.0, 1.0]) * 10 ** rng.uniform(2, 12) + rng.normal(size=shape)


def in_float32(rng: np.random.Generator, shape: tuple[int, ...]) -> Values:
    """Numbers that float32 holds; the case says that they are such."""
    return np.asarray(rng.normal(size=shape).astype(np.float32).astype(np.float64))


VALUES: Mapping[str, Draw] = {
    "normal": scaled(0, 0),
    "tiny": scaled(-FARTHEST, -3),
    "huge": scaled(3, FARTHEST),
    "mixed": mixed(8),
    "wildly mixed": mixed(FARTHEST),
    "sparse": sparse,
    "level rows": level_rows,
    "near ties": near_ties,
    "offset": offset,
    "float32": in_float32,
}
"""Beside the kinds of the search itself."""

WIDE = (*VALUE_KINDS, *VALUES)


class Batched:
    """A Source that takes the length of the batch as it is told, all else from a counter."""

    def __init__(self, counter: PinnedChoices, batch: str | None, rows: int | None) -> None:
        self.choose, self.batch, self.rows = counter.choose, batch, rows

    def size(self, name: str, least: int, most: int) -> int:
        """How long an axis is."""
        is_batch = self.rows is not None and name == self.batch
        return self.rows if is_batch else self.choose(least, limit_to_usual(least, most))


def configuration(op: Op, number: int, seed: int) -> Configuration:
    """One of the configurations of an op."""
    number %= LAYOUTS
    rows = 0 if number % NO_ROWS == 1 else 1 if number % ONE_ROW == 2 else None
    return draw_configuration(op, Batched(PinnedChoices(seed, op.name, "layout", number), op.batch, rows))


def kind_of(number: int) -> str:
    """What the values of a case are like: in turn, so that in the end every configuration has had every kind."""
    return WIDE[(number + number // LAYOUTS) % len(WIDE)]


def wide_case(op: Op, number: int, seed: int) -> Case:
    """One case of an op: the same for the same number and seed."""
    counter, kind, shaped = (
        PinnedChoices(seed, op.name, "wide", number),
        kind_of(number),
        configuration(op, number, seed),
    )
    if kind in VALUE_KINDS:
        case = make_case_without_upstream(op, shaped, VALUE_KINDS[VALUE_KINDS.index(kind)], counter)
    else:
        inputs = drawn(shaped, VALUES[kind], np.random.Generator(counter.bit_generator))
        case = Case(op.name, inputs, (), shaped.settings, number, kind if kind == "float32" else "float64")
    return add_upstream(op, case, lambda outputs: make_pinned_upstream(outputs, counter))


def drawn(shaped: Configuration, values: Draw, rng: np.random.Generator) -> dict[str, Values]:
    """Inputs of one kind, mapped into their domains; labels and masks from the grid, which is made for them."""
    inputs = {}
    for label, shape in shaped.shapes.items():
        domain = shaped.arrays[label].domain
        points = np.asarray(values(rng, shape) if domain.gradient else rng.choice(GRID, shape), float)
        most = MOST_OF_SPD if domain.name == SPD else np.inf
        inputs[label] = np.asarray(domain.map(np.clip(points, -most, most), shaped.names))
    return inputs
