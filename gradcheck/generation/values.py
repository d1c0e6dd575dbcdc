"""Values: points of a dyadic grid ordered from simple to complex, of four kinds, mapped into the domain of each
input."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np

from gradcheck.arrays import Values
from gradcheck.generation.configuration import Configuration, PinnedChoices

ValueKind = Literal["plain", "ties", "wide", "bounds"]
VALUE_KINDS: tuple[ValueKind, ...] = ("plain", "ties", "wide", "bounds")
"""plain: all different in size, none zero; wide: as plain, but each input at its own magnitude and with all digits of
float64; ties: a few values many times, zero among them; bounds: as ties, but 64 times larger, where domains end.  Half
of all cases are free of ties, a quarter cannot be represented in float32."""


def build_simplicity_grid() -> Values:
    """Return 0, ±1, ±2, ±3, ±4, then halves, quarters … down to steps of 2^-10: exact in float32, far above any
    difference step, short to read."""
    steps = np.arange(1, 4097)
    order = np.lexsort((steps, 10 - np.log2(steps & -steps).clip(max=10)))
    sizes = steps[order] / 1024
    return np.concatenate([[0.0], np.stack([sizes, -sizes], axis=1).ravel()])


GRID = build_simplicity_grid()
GOLDEN_STEP = 648_055  # about 2^20 divided by the golden ratio, and odd: its multiples lie far apart
PALETTE_SIZE = 5  # 0, ±1, ±2: few enough to tie in every array


def remove_ties(indices: Values) -> Values:
    """Return grid points, each index moved up to the next size that is neither zero nor in use; where the grid is
    exhausted, ties remain."""
    sizes = (indices + 1) // 2
    if len({0, *sizes.tolist()}) <= len(sizes):
        sizes = np.fromiter(choose_untaken_sizes(sizes.tolist()), np.int64, len(sizes))
    return np.asarray(GRID[np.maximum(2 * sizes - (indices % 2), 1)])


def choose_untaken_sizes(sizes: Sequence[int]) -> Iterator[int]:
    """Yield the sizes, each moved up to the next that is neither zero nor in use while there is one."""
    used, most = {0}, len(GRID) // 2
    for size in sizes:
        while size in used and len(used) <= most:
            size = size % most + 1
        used.add(size)
        yield size


def fill_all_digits(points: Values) -> Values:
    """Return points moved by less than a millionth of themselves, each by another share, so that a cast to float32
    changes them."""
    return np.asarray(
        points * (1 + (np.arange(1, points.size + 1) * GOLDEN_STEP % 2**20).reshape(points.shape) * 2.0**-40)
    )


def make_points(kind: ValueKind, indices: Values, exponents: Values) -> Values:
    """Return points from grid indices; exponents scale them where the kind is wide."""
    if kind == "plain":
        return remove_ties(indices)
    if kind == "wide":
        return fill_all_digits(remove_ties(indices) * 2.0**exponents)
    palette = GRID[indices % PALETTE_SIZE]
    return palette * 64 if kind == "bounds" else palette


def map_to_domains(configuration: Configuration, points: Values) -> dict[str, Values]:
    """Return the inputs of a configuration, cut from one vector of points and mapped into their domains."""
    inputs, start = {}, 0
    for label, shape in configuration.shapes.items():
        count = int(np.prod(shape))
        inputs[label] = np.asarray(
            configuration.arrays[label].domain.map(points[start : start + count].reshape(shape), configuration.names)
        )
        start += count
    return inputs


def count_elements(configuration: Configuration) -> list[int]:
    """Return the number of elements of each input."""
    return [int(np.prod(shape)) for shape in configuration.shapes.values()]


def repeat_exponents(per_input: Values, configuration: Configuration) -> Values:
    """Return one exponent per element, each input's exponent repeated for all its elements."""
    return np.repeat(per_input, count_elements(configuration))


def make_pinned_inputs(configuration: Configuration, kind: ValueKind, counter: PinnedChoices) -> Mapping[str, Values]:
    """Return inputs of one kind drawn from a counter."""
    scale = np.array([counter.choose(-8, 8) for _ in configuration.shapes])
    return map_to_domains(
        configuration,
        make_points(
            kind,
            counter.draw_whole_numbers(sum(count_elements(configuration)), len(GRID)),
            repeat_exponents(scale, configuration),
        ),
    )


def make_pinned_upstream(
    outputs: tuple[Values, ...], counter: PinnedChoices, kind: ValueKind = "plain"
) -> tuple[Values, ...]:
    """Return an upstream for these outputs drawn from a counter: no zeros, random signs."""
    return tuple(
        fit_upstream_to_kind(kind, GRID[1 + counter.draw_whole_numbers(y.size, len(GRID) - 1)].reshape(y.shape))
        for y in outputs
    )


def fit_upstream_to_kind(kind: ValueKind, upstream: Values) -> Values:
    """Return the upstream, with all digits of float64 where the inputs of this kind have them."""
    return fill_all_digits(upstream) if kind == "wide" else upstream
