"""Domains: how numbers from a plain grid become lawful inputs.  Always a map, never a filter.

A domain takes points of any magnitude, zeros and ties included, and returns an input of the same shape.  `tangent`
projects a direction to those in which the input may move; `reach` is the largest lawful step at each element.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.shape import DeclarationError, Expression, NameValues


def allow_any_step(x: Values) -> Values:
    """The reach of an input that may take any step."""
    return np.full(x.shape, np.inf)


def allow_any_direction(x: Values, v: Values) -> Values:
    """The tangent of an input that may move in every direction."""
    return v


@dataclass(frozen=True)
class Domain:
    """What an input may be.  map(points, names) -> input; tangent(x, v) -> lawful v, linear and self-adjoint in v;
    reach(x) -> steps."""

    name: str
    map: Callable[[Values, NameValues], Values]
    tangent: Callable[[Values, Values], Values] = allow_any_direction
    reach: Callable[[Values], Values] = allow_any_step
    gradient: bool = True
    names: frozenset[str] = frozenset()

    @property
    def free(self) -> bool:
        """Whether every step is lawful, or none is ever taken."""
        return not self.gradient or (self.tangent is allow_any_direction and self.reach is allow_any_step)


def real(least: float | None = None, most: float | None = None) -> Domain:
    """Every real; real(30) is [-30, 30]; real(a, b) is [a, b], and inputs land on the bounds on purpose."""
    if least is None:
        return Domain("real", lambda points, names: points)
    low, high = (-abs(least), abs(least)) if most is None else (least, most)
    if not low < high:
        raise DeclarationError(f"real({least}, {most}): the lower bound must be below the upper one")

    def bounded(points: Values, names: NameValues) -> Values:
        return np.clip(points if low <= 0 <= high else low + (high - low) * (points + 4) / 8, low, high)

    return Domain(f"real({low:g}, {high:g})", bounded, reach=lambda x: np.full(x.shape, (high - low) / 8))


def positive(least: float = 0.0625) -> Domain:
    """Reals from `least` (above zero) upwards."""
    if not least > 0:
        raise DeclarationError(f"positive({least}): the least value must be above zero")
    return Domain(f"positive({least:g})", lambda points, names: least + np.abs(points), reach=lambda x: x / 2)


def nonzero(least: float = 0.0625) -> Domain:
    """Reals of both signs, no nearer to zero than `least`; steps do not reach zero."""
    return Domain(
        f"nonzero({least:g})",
        lambda points, names: points + np.where(points < 0, -least, least),
        reach=lambda x: np.abs(x) / 2,
    )


def probability() -> Domain:
    """Positive, summing to one over the last axis; steps keep the sum."""

    def simplex(points: Values, names: NameValues) -> Values:
        weights = np.abs(points) + 0.25
        return weights / weights.sum(axis=-1, keepdims=True) if points.size else weights

    return Domain(
        "probability", simplex, lambda x, v: v - v.mean(axis=-1, keepdims=True) if v.size else v, lambda x: x / 2
    )


def transpose_matrices(x: Values) -> Values:
    """The last two axes exchanged."""
    return np.swapaxes(x, -1, -2)


def spd() -> Domain:
    """Symmetric positive definite over the last two axes; steps stay symmetric."""

    def gram(points: Values, names: NameValues) -> Values:
        return points @ transpose_matrices(points) / max(points.shape[-1], 1) + np.eye(points.shape[-1])

    return Domain(
        "spd", gram, lambda x, v: (v + transpose_matrices(v)) / 2, lambda x: np.full(x.shape, 0.5 / max(x.shape[-1], 1))
    )


def invertible() -> Domain:
    """Square and invertible over the last two axes: the diagonal dominates each row.  Steps may go in any direction."""

    def dominated(points: Values, names: NameValues) -> Values:
        rows = 1 + 2 * np.abs(points).sum(axis=-1, keepdims=True)
        return np.asarray(points + rows * np.eye(points.shape[-1]))

    return Domain("invertible", dominated, reach=lambda x: np.full(x.shape, 0.5 / max(x.shape[-1], 1)))


def map_to_whole_numbers(points: Values) -> Values:
    """Grid points as whole numbers, neighbours on the grid and consecutive whole points kept apart."""
    steps = np.abs(np.rint(points * 1024)).astype(np.int64)
    return steps + steps // 1024


def indices(bound: str | int) -> Domain:
    """Whole numbers from 0 up to but not including `bound`, an expression such as "V".  No gradient."""
    most = Expression(str(bound))
    return Domain(
        f"indices({bound})",
        lambda points, names: map_to_whole_numbers(points) % most.value(names),
        gradient=False,
        names=most.names,
    )


def bits() -> Domain:
    """Zeros and ones, as a dropout mask has them.  No gradient."""
    return Domain("bits", lambda points, names: (map_to_whole_numbers(points) % 2).astype(np.float64), gradient=False)


def booleans() -> Domain:
    """True and False, as a mask has them.  No gradient."""
    return Domain("booleans", lambda points, names: map_to_whole_numbers(points) % 2 == 1, gradient=False)


def distinct(gap: float = 0.25) -> Domain:
    """Reals no two of which are nearer than `gap`."""

    def spread(points: Values, names: NameValues) -> Values:
        order = np.argsort(points, axis=None, kind="stable")
        spread = np.empty(points.size)
        spread[order] = np.sort(points, axis=None) + gap * np.arange(points.size)
        return spread.reshape(points.shape)

    return Domain(f"distinct({gap:g})", spread, reach=lambda x: np.full(x.shape, gap / 2))
