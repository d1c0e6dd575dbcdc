"""Domains: how numbers from a plain grid become lawful inputs.  Always a map, never a filter.

A domain takes points of any magnitude, zeros and ties included, and returns an input of the same shape.  `tangent`
projects a direction to those in which the input may move; `reach` is the largest lawful step at each element.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.shape import DeclarationError, Expression, NameValues

MOST_SPREAD = 2.0**20
"""The largest element of a matrix by its smallest eigenvalue: beyond 2**52, rounding makes it singular."""


def allow_any_step(x: Values) -> Values:
    """The reach of an input that may take any step."""
    return np.full(x.shape, np.inf)


def allow_any_direction(x: Values, v: Values) -> Values:
    """The tangent of an input that may move in every direction."""
    return v


@dataclass(frozen=True)
class Domain:
    """The values that an input may take, as a map from plain numbers; a domain of one's own is made of four functions.

    Parameters
    ----------
    name : str
        How reports call it.
    map : callable
        ``map(points, names) -> input`` of the shape of points: lawful values for points of any magnitude, zeros and
        ties included.  names: what each axis and each whole setting measures.
    tangent : callable, optional
        ``tangent(x, v) -> v``, all of the shape of x: the lawful part of a direction, linear and self-adjoint in v.  By
        default every direction is lawful.
    reach : callable, optional
        ``reach(x) -> steps`` of the shape of x: the largest lawful step at each element; by default any.
    gradient : bool, optional
        Whether backward returns a gradient for inputs of this domain.
    names : frozenset of str, optional
        The names of axes that map looks up.

    Examples
    --------
    >>> import numpy as np
    >>> from gradcheck import Domain
    >>> unit = Domain("unit", lambda points, names: np.tanh(points), reach=lambda x: (1 - np.abs(x)) / 2)
    >>> unit.map(np.array([-8.0, 0.0, 8.0]), {}).round(3)
    array([-1.,  0.,  1.])
    """

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
    """Every real number, or those between two bounds.

    Parameters
    ----------
    least : float, optional
        The lower bound; alone, ``real(30)`` is [-30, 30].  By default there are no bounds.
    most : float, optional
        The upper bound; inputs land on both bounds on purpose.

    Returns
    -------
    Domain
        Of inputs of any shape, with steps of at most an eighth of the range.

    Raises
    ------
    DeclarationError
        If the lower bound is not below the upper one.

    Examples
    --------
    >>> from gradcheck import Array, real
    >>> Array("N D", real(0, 1)).domain.name
    'real(0, 1)'
    """
    if least is None:
        return Domain("real", lambda points, names: points)
    low, high = (-abs(least), abs(least)) if most is None else (least, most)
    if not low < high:
        raise DeclarationError(f"real({least}, {most}): the lower bound must be below the upper one")

    def bounded(points: Values, names: NameValues) -> Values:
        return np.clip(points if low <= 0 <= high else low + (high - low) * (points + 4) / 8, low, high)

    return Domain(f"real({low:g}, {high:g})", bounded, reach=lambda x: np.full(x.shape, (high - low) / 8))


def positive(least: float = 0.0625) -> Domain:
    """Real numbers from `least` upwards.

    Parameters
    ----------
    least : float, optional
        The least value, above zero.

    Returns
    -------
    Domain
        Of inputs of any shape, with steps of at most half of each element.

    Raises
    ------
    DeclarationError
        If `least` is not above zero.

    Examples
    --------
    >>> import numpy as np
    >>> from gradcheck import positive
    >>> positive(0.5).map(np.array([-1.0, 0.0, 2.0]), {})
    array([1.5, 0.5, 2.5])
    """
    if not least > 0:
        raise DeclarationError(f"positive({least}): the least value must be above zero")
    return Domain(f"positive({least:g})", lambda points, names: least + np.abs(points), reach=lambda x: x / 2)


def nonzero(least: float = 0.0625) -> Domain:
    """Real numbers of both signs, no nearer to zero than `least`.

    Parameters
    ----------
    least : float, optional
        The least absolute value.

    Returns
    -------
    Domain
        Of inputs of any shape; steps of at most half of each element do not reach zero.

    Examples
    --------
    >>> import numpy as np
    >>> from gradcheck import nonzero
    >>> nonzero(0.5).map(np.array([-1.0, 0.0, 2.0]), {})
    array([-1.5,  0.5,  2.5])
    """
    return Domain(
        f"nonzero({least:g})",
        lambda points, names: points + np.where(points < 0, -least, least),
        reach=lambda x: np.abs(x) / 2,
    )


def probability() -> Domain:
    """Positive numbers that sum to one over the last axis.

    Returns
    -------
    Domain
        Of inputs with at least one axis; steps keep the sum.

    Examples
    --------
    >>> import numpy as np
    >>> from gradcheck import probability
    >>> probability().map(np.array([[0.0, 0.25, 0.25]]), {})
    array([[0.2, 0.4, 0.4]])
    """

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
    """Symmetric positive definite matrices over the last two axes.

    Returns
    -------
    Domain
        Of inputs of shape (..., N, N); steps stay symmetric.

    Examples
    --------
    >>> import numpy as np
    >>> from gradcheck import spd
    >>> spd().map(np.array([[0.0, 2.0], [0.0, 0.0]]), {})
    array([[3., 0.],
           [0., 1.]])
    """

    def gram(points: Values, names: NameValues) -> Values:
        product = points @ transpose_matrices(points) / max(points.shape[-1], 1)
        largest = np.abs(product).max(axis=(-1, -2), initial=0.0, keepdims=True)
        return np.asarray(product + np.maximum(largest / MOST_SPREAD, 1.0) * np.eye(points.shape[-1]))

    return Domain(
        "spd", gram, lambda x, v: (v + transpose_matrices(v)) / 2, lambda x: np.full(x.shape, 0.5 / max(x.shape[-1], 1))
    )


def invertible() -> Domain:
    """Invertible matrices over the last two axes: the diagonal dominates each row.

    Returns
    -------
    Domain
        Of inputs of shape (..., N, N); steps may go in any direction.

    Examples
    --------
    >>> import numpy as np
    >>> from gradcheck import invertible
    >>> invertible().map(np.array([[0.0, 2.0], [0.0, 0.0]]), {})
    array([[5., 2.],
           [0., 1.]])
    """

    def dominated(points: Values, names: NameValues) -> Values:
        rows = 1 + 2 * np.abs(points).sum(axis=-1, keepdims=True)
        return np.asarray(points + rows * np.eye(points.shape[-1]))

    return Domain("invertible", dominated, reach=lambda x: np.full(x.shape, 0.5 / max(x.shape[-1], 1)))


def map_to_whole_numbers(points: Values) -> Values:
    """Grid points as whole numbers, neighbours on the grid and consecutive whole points kept apart."""
    steps = np.abs(np.rint(points * 1024)).astype(np.int64)
    return steps + steps // 1024


def indices(bound: str | int) -> Domain:
    """Whole numbers from 0 up to but not including a bound, which have no gradient.

    Parameters
    ----------
    bound : str or int
        The bound: a number, or an expression over axes and settings such as "V".

    Returns
    -------
    Domain
        Of inputs of any shape, in int64.

    Raises
    ------
    DeclarationError
        If the bound cannot be read.

    Examples
    --------
    >>> import numpy as np
    >>> from gradcheck import Array, indices
    >>> ids = Array("N T", indices("V"))
    >>> ids.domain.map(np.array([0.0, 1.0, 2.0]), {"V": 10}), ids.differentiable
    (array([0, 5, 0]), False)
    """
    most = Expression(str(bound))
    return Domain(
        f"indices({bound})",
        lambda points, names: map_to_whole_numbers(points) % most.value(names),
        gradient=False,
        names=most.names,
    )


def bits() -> Domain:
    """Zeros and ones, as a dropout mask has them; they have no gradient.

    Returns
    -------
    Domain
        Of inputs of any shape, in floating point.

    Examples
    --------
    >>> from gradcheck import Array, bits
    >>> Array("N D", bits()).differentiable
    False
    """
    return Domain("bits", lambda points, names: (map_to_whole_numbers(points) % 2).astype(np.float64), gradient=False)


def booleans() -> Domain:
    """True and False, as a mask has them; they have no gradient.

    Returns
    -------
    Domain
        Of inputs of any shape, of bool.

    Examples
    --------
    >>> from gradcheck import Array, booleans
    >>> Array("N D", booleans()).differentiable
    False
    """
    return Domain("booleans", lambda points, names: map_to_whole_numbers(points) % 2 == 1, gradient=False)


def constant(domain: Domain | None = None) -> Domain:
    """Real numbers that have no gradient: weights of a sum, noise, a vector that forward does not differentiate.

    Parameters
    ----------
    domain : Domain, optional
        The values that the input may take; by default every real number.

    Returns
    -------
    Domain
        Of the same values, for an input for which backward returns None.

    Examples
    --------
    >>> from gradcheck import Array, constant, positive
    >>> Array("N", constant()).differentiable, Array("N", constant(positive())).domain.name
    (False, 'constant(positive(0.0625))')
    """
    values = domain or real()
    name = f"constant({values.name})" if domain else "constant"
    return replace(values, name=name, gradient=False)


def distinct(gap: float = 0.25) -> Domain:
    """Real numbers no two of which are nearer than a gap, as a maximum wants them.

    Parameters
    ----------
    gap : float, optional
        The least distance of two elements.

    Returns
    -------
    Domain
        Of inputs of any shape; steps of at most half the gap keep the order.

    Examples
    --------
    >>> import numpy as np
    >>> from gradcheck import distinct
    >>> distinct(0.25).map(np.array([1.0, 1.0, 0.0]), {})
    array([1.25, 1.5 , 0.  ])
    """

    def spread(points: Values, names: NameValues) -> Values:
        order = np.argsort(points, axis=None, kind="stable")
        spread = np.empty(points.size)
        spread[order] = np.sort(points, axis=None) + gap * np.arange(points.size)
        return spread.reshape(points.shape)

    return Domain(f"distinct({gap:g})", spread, reach=lambda x: np.full(x.shape, gap / 2))
