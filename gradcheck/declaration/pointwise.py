"""An op that acts on each element alone, made of its value and its derivative."""

from collections.abc import Callable
from copy import copy
from typing import Any

from gradcheck.declaration.domain import Domain, real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def pointwise(
    name: str,
    *,
    value: Callable[[Any], Any],
    slope: Callable[[Any, Any], Any],
    reference: Callable[[Any], Any],
    domain: Domain | None = None,
    **declared: Any,
) -> Op:
    """An op that acts on each element alone, made of its value and its derivative.

    Parameters
    ----------
    name : str
        The name of the op.
    value : callable
        ``value(x) -> y``, of any shape.
    slope : callable
        ``slope(x, y) -> dy/dx``, of the shape of x.
    reference : callable
        ``reference(x) -> y``: the textbook formula, written for the array API or JAX.
    domain : Domain, optional
        The values that x may take; by default every real number.
    **declared
        Whatever else `Op` takes: source, kinks, convention and so on.

    Returns
    -------
    Op
        With the input ``x: (*S)`` and the output ``y: (*S)``.

    Raises
    ------
    DeclarationError
        If the parts do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from gradcheck import pointwise
    >>> square = pointwise("square", value=np.square, slope=lambda x, y: 2 * x, reference=lambda x: x**2)
    >>> y, cache = square.forward(np.array([3.0, 4.0]))
    >>> square.backward(np.ones(2), cache)
    array([6., 8.])
    """

    def forward(x: Any) -> tuple[Any, tuple[Any, Any]]:
        y = value(x)
        return y, (x, copy(y))  # the caller may overwrite y

    def backward(dy: Any, cache: tuple[Any, Any]) -> Any:
        return dy * slope(*cache)

    for function in (forward, backward):
        function.__module__ = slope.__module__
    backward.written_at = slope  # type: ignore[attr-defined]
    return Op(name, forward, backward, reference, inputs={"x": Array("*S", domain or real())}, **declared)
