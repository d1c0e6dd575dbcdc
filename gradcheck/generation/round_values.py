"""Round values: inputs and upstreams of small whole numbers for a configuration, in the order in which a person would
try them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.shape import NameValues
from gradcheck.generation.case_building import add_upstream
from gradcheck.generation.configuration import Configuration
from gradcheck.generation.values import GRID
from gradcheck.records.case import Case

Filling = Callable[[tuple[int, ...], np.random.Generator, Values], Values]
"""From a shape, random numbers, and the values in the case that was found to an array of that shape."""


def fill_with_zeros(shape: tuple[int, ...], rng: np.random.Generator, found: Values) -> Values:
    """Return zeros."""
    return np.zeros(shape)


def fill_with_ones(shape: tuple[int, ...], rng: np.random.Generator, found: Values) -> Values:
    """Return ones."""
    return np.ones(shape)


def fill_with_distinct_numbers(shape: tuple[int, ...], rng: np.random.Generator, found: Values) -> Values:
    """Return 1, 2, 3, 4, then halves and quarters between them, in any order and of both signs."""
    count = int(np.prod(shape))
    return np.asarray(rng.permutation(np.resize(GRID[1::2], count)) * rng.choice([1.0, -1.0], count)).reshape(shape)


def fill_with_ties(shape: tuple[int, ...], rng: np.random.Generator, found: Values) -> Values:
    """Return numbers from -2 to 2, most of them several times."""
    return np.asarray(rng.integers(-2, 3, shape), np.float64)


def fill_with_large_ties(shape: tuple[int, ...], rng: np.random.Generator, found: Values) -> Values:
    """Return 0, ±64 and ±128, most of them several times: where exponentials overflow."""
    return 64 * fill_with_ties(shape, rng, found)


def fill_as_found(shape: tuple[int, ...], rng: np.random.Generator, found: Values) -> Values:
    """Return the values of the case that was found, as many as are needed."""
    return np.resize(np.asarray(found, np.float64), shape) if found.size else np.zeros(shape)


def fill_one_hot(shape: tuple[int, ...], rng: np.random.Generator, found: Values) -> Values:
    """Return zeros, and a one at the end."""
    filled = np.zeros(shape)
    filled.flat[-1:] = 1.0
    return filled


REVEALING_FILLINGS: tuple[tuple[Filling, Filling], ...] = (
    (fill_with_distinct_numbers, fill_with_distinct_numbers),
    (fill_with_ties, fill_with_distinct_numbers),
    (fill_as_found, fill_as_found),
    (fill_with_zeros, fill_with_distinct_numbers),
    (fill_with_large_ties, fill_with_distinct_numbers),
)
"""Of inputs and upstreams: between them they show most mistakes wherever the shapes allow it."""

REVEALING_LENGTHS = (REVEALING_FILLINGS[0], REVEALING_FILLINGS[2])
"""Those that show most mistakes for which an axis has to be long."""

ROUND_FILLINGS: tuple[tuple[Filling, Filling], ...] = (
    (fill_with_zeros, fill_with_ones),
    (fill_with_ones, fill_with_ones),
    (fill_with_ones, fill_one_hot),
    (fill_with_zeros, fill_one_hot),
)
"""Of inputs and upstreams: the roundest first."""


@dataclass(frozen=True)
class FoundValues:
    """What cases take over from the case that was found: the op's name, its seed and its values."""

    case: Case

    def of(self, label: str) -> Values:
        """Return the values of an input; none where it has no such input."""
        return self.case.inputs.get(label, np.zeros(0))

    def of_output(self, number: int) -> Values:
        """Return the values of an upstream; none where there is no such output."""
        return self.case.upstream[number] if number < len(self.case.upstream) else np.zeros(0)


def make_filled_case(
    op: Op, configuration: Configuration, filling: tuple[Filling, Filling], found: FoundValues
) -> Case:
    """Return the case of this configuration with filled inputs and upstreams; without an upstream where forward does
    not run."""
    fill_input, fill_upstream = filling
    rng = found.case.rng(f"round values {fill_input.__name__} {configuration.key}")
    inputs = {
        label: move_into_domain(
            array, fill_input(configuration.shapes[label], rng, found.of(label)), configuration.names
        )
        for label, array in configuration.arrays.items()
    }
    case = Case(op.name, inputs, (), configuration.settings, found.case.seed)
    return add_upstream(
        op,
        case,
        lambda outputs: tuple(fill_upstream(y.shape, rng, found.of_output(i)) for i, y in enumerate(outputs)),
    )


def move_into_domain(array: Array, wanted: Values, names: NameValues) -> Values:
    """Return lawful values for an input: where its domain only moves real numbers, as `positive` does, the wanted
    values themselves as far as they are lawful."""
    mapped = np.asarray(array.domain.map(np.zeros(wanted.shape), names))
    moved = wanted - mapped if mapped.dtype.kind == "f" and np.all(mapped == mapped.ravel()[:1]) else wanted
    return np.asarray(array.domain.map(moved, names))


def make_lawful(array: Array, wanted: Values, before: Values) -> Values | None:
    """Return the wanted values of an input as far as its domain allows, where they are to replace others; None where
    that is not known, as for a domain that looks up lengths."""
    domain = array.domain
    if domain.name in ("bits", "booleans") or domain.name.startswith("indices("):
        return np.minimum(wanted, before)
    if domain.names or not (domain.gradient or domain.name.startswith("constant")):
        return None
    return move_into_domain(array, wanted, {})
