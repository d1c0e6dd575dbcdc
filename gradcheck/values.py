"""Values: points of a simplicity-ordered dyadic grid, of four kinds, mapped into each input's domain."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from gradcheck.layout import Counter, Layout

Array = np.ndarray[Any, Any]
Kind = Literal["plain", "ties", "wide", "bounds"]
KINDS: tuple[Kind, ...] = ("plain", "ties", "wide", "bounds")
"""plain: all different in size, none zero; wide: the same, each input at its own magnitude; ties: a few values again
and again, zero among them; bounds: the same far out, where domains end.  Half of all cases are free of ties."""


def simplicity_ordered() -> Array:
    """0, ±1, ±2, ±3, ±4, then halves, quarters … down to steps of 2^-10: exact in float32, far above any difference
    step, short to read."""
    steps = np.arange(1, 4097)
    order = np.lexsort((steps, 10 - np.log2(steps & -steps).clip(max=10)))
    sizes = steps[order] / 1024
    return np.concatenate([[0.0], np.stack([sizes, -sizes], axis=1).ravel()])


GRID = simplicity_ordered()
PALETTE = 5  # 0, ±1, ±2: few enough to tie in every array


def without_ties(indices: Array) -> Array:
    """Grid points, each index moved up to the next size that is neither zero nor taken; beyond the grid, ties are
    left."""
    taken: set[int] = {0}
    points = np.empty(len(indices))
    for i, index in enumerate(indices):
        size = (int(index) + 1) // 2
        while size in taken and len(taken) <= len(GRID) // 2:
            size = size % (len(GRID) // 2) + 1
        taken.add(size)
        points[i] = GRID[max(2 * size - 1 + (int(index) % 2 == 0), 1)]
    return points


def points_of_kind(kind: Kind, indices: Array, exponents: Array) -> Array:
    """Points from grid indices; exponents scale them where the kind is wide."""
    if kind == "plain":
        return without_ties(indices)
    if kind == "wide":
        return np.asarray(without_ties(indices) * 2.0**exponents)
    palette = GRID[indices % PALETTE]
    return palette * 64 if kind == "bounds" else palette


def mapped(layout: Layout, points: Array) -> dict[str, Array]:
    """The inputs of a layout, cut from one vector of points and mapped into their domains."""
    inputs, start = {}, 0
    for label, shape in layout.shapes.items():
        count = int(np.prod(shape))
        inputs[label] = np.asarray(
            layout.arrays[label].domain.map(points[start : start + count].reshape(shape), layout.names)
        )
        start += count
    return inputs


def elements(layout: Layout) -> list[int]:
    """How many elements each input has."""
    return [int(np.prod(shape)) for shape in layout.shapes.values()]


def exponents(per_input: Array, layout: Layout) -> Array:
    """One exponent per input, repeated for each of its elements."""
    return np.repeat(per_input, elements(layout))


def counted_inputs(layout: Layout, kind: Kind, counter: Counter) -> Mapping[str, Array]:
    """Inputs of one kind from a counter."""
    scale = np.array([counter.pattern(-8, 8) for _ in layout.shapes])
    return mapped(
        layout, points_of_kind(kind, counter.whole(sum(elements(layout)), len(GRID)), exponents(scale, layout))
    )


def counted_upstream(outputs: tuple[Array, ...], counter: Counter) -> tuple[Array, ...]:
    """An upstream for these outputs from a counter: no zeros, random signs."""
    return tuple(GRID[1 + counter.whole(y.size, len(GRID) - 1)].reshape(y.shape) for y in outputs)
