"""Strategies of Hypothesis for the shapes, the settings and the values of an op, for tests of one's own.

They are those by which `check` draws, and shrink to the shortest axes and the roundest values.  Hypothesis is imported
when this module is.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from hypothesis.strategies import SearchStrategy

from gradcheck.arrays import Values
from gradcheck.declaration.domain import Domain, real
from gradcheck.declaration.op import Op
from gradcheck.generation import case_strategies
from gradcheck.records.case import Case

__all__ = ["arrays", "cases", "inputs", "settings", "shapes", "upstreams"]

REAL = real()


def shapes(op: Op) -> SearchStrategy[dict[str, tuple[int, ...]]]:
    """Return a strategy for the shapes of all inputs, by label.

    Parameters
    ----------
    op : Op
        Whose inputs; `adapt` and `load` make one.

    Returns
    -------
    SearchStrategy
        Of lawful shapes, some with an axis of up to 257; it shrinks to the shortest.

    Examples
    --------
    >>> from gradcheck import load
    >>> from gradcheck.strategies import shapes
    >>> from hypothesis import given
    >>> @given(shapes(load("", "linear")))
    ... def test_rows(shape):
    ...     assert shape["x"][1] == shape["w"][0]
    >>> test_rows()
    """
    return case_strategies.configurations(op).map(lambda configuration: dict(configuration.shapes))


def settings(op: Op) -> SearchStrategy[dict[str, Any]]:
    """Return a strategy for the settings of an op, by name, as forward takes them.

    Parameters
    ----------
    op : Op
        Whose settings.

    Returns
    -------
    SearchStrategy
        Of lawful settings; it shrinks to the first options and the least numbers.

    Examples
    --------
    >>> from gradcheck import load
    >>> from gradcheck.strategies import settings
    >>> from hypothesis import given
    >>> @given(settings(load("", "max_pool2d")))
    ... def test_pad(drawn):
    ...     assert drawn["pad"] < drawn["kernel"]
    >>> test_pad()
    """
    return case_strategies.configurations(op).map(lambda configuration: dict(configuration.settings))


def inputs(op: Op) -> SearchStrategy[dict[str, Values]]:
    """Return a strategy for all inputs of an op, by label.

    Parameters
    ----------
    op : Op
        Whose inputs.

    Returns
    -------
    SearchStrategy
        Of arrays of lawful shapes and values; it shrinks to zeros and ones.

    Examples
    --------
    >>> import numpy as np
    >>> from gradcheck import load
    >>> from gradcheck.strategies import inputs
    >>> from hypothesis import given
    >>> @given(inputs(load("", "log")))
    ... def test_positive(drawn):
    ...     assert np.all(drawn["x"] > 0)
    >>> test_positive()
    """
    return cases(op).map(lambda case: dict(case.inputs))


def upstreams(op: Op) -> SearchStrategy[tuple[Values, ...]]:
    """Return a strategy for the upstreams of an op, one array for each output.

    Parameters
    ----------
    op : Op
        Whose outputs; its forward is run.

    Returns
    -------
    SearchStrategy
        Of tuples of arrays; an empty one where forward refuses the inputs.

    Examples
    --------
    >>> from gradcheck import load
    >>> from gradcheck.strategies import upstreams
    >>> from hypothesis import given
    >>> @given(upstreams(load("", "lstm_step")))
    ... def test_two(drawn):
    ...     assert len(drawn) == 2
    >>> test_two()
    """
    return cases(op).map(lambda case: case.upstream)


def cases(op: Op) -> SearchStrategy[Case]:
    """Return a strategy for whole cases: inputs, settings and upstream together.

    Parameters
    ----------
    op : Op
        Whose cases; its forward is run for the shapes of the outputs.

    Returns
    -------
    SearchStrategy
        Of cases.

    Examples
    --------
    >>> from gradcheck import load
    >>> from gradcheck.strategies import cases
    >>> from hypothesis import given
    >>> op = load("", "multiply")
    >>> @given(cases(op))
    ... def test_shape(case):
    ...     y, _ = op.forward(*case.point, **case.settings)
    ...     assert y.shape == case.upstream[0].shape
    >>> test_shape()
    """
    return case_strategies.cases_of(op, case_strategies.configurations(op))


def arrays(
    shape: tuple[int, ...], domain: Domain = REAL, names: Mapping[str, int] = MappingProxyType({})
) -> SearchStrategy[Values]:
    """Return a strategy for arrays of one shape in a domain.

    Parameters
    ----------
    shape : tuple of int
        The shape.
    domain : Domain, optional
        The values; by default every real number.
    names : mapping of str to int, optional
        What the axes measure that the domain names, as "V" of indices("V").

    Returns
    -------
    SearchStrategy
        Of arrays of that shape.

    Examples
    --------
    >>> from gradcheck import indices
    >>> from gradcheck.strategies import arrays
    >>> from hypothesis import given
    >>> @given(arrays((2, 3), indices("V"), {"V": 5}))
    ... def test_below(ids):
    ...     assert ids.shape == (2, 3) and ids.max() < 5
    >>> test_below()
    """
    return case_strategies.arrays_in_domain(shape, domain, names)
