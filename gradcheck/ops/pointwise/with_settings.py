"""Functions of one variable that have settings, as a slope of a hinge or the base of a logarithm."""

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.domain import Domain, real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import Choice


def pointwise_with_settings(
    name: str,
    *,
    value: Callable[..., Any],
    slope: Callable[..., Any],
    reference: Callable[..., Any],
    settings: Mapping[str, Choice],
    domain: Domain | None = None,
    **declared: Any,
) -> Op:
    """An op that acts on each element alone, as `pointwise` makes it, of functions that take settings.

    value: ``value(x, **settings) -> y``.  slope: ``slope(x, y, *settings) -> dy/dx``, in the order in which they are
    declared.  reference: ``reference(x, **settings) -> y``.  The rest as in `pointwise`.
    """

    def forward(x: Values, **chosen: Any) -> tuple[Values, tuple[Any, ...]]:
        y = value(x, **chosen)
        return y, (x, copy(y), *(chosen[setting] for setting in settings))  # the caller may overwrite y

    def backward(dy: Values, cache: tuple[Any, ...]) -> Values:
        return dy * slope(*cache)

    for function in (forward, backward):
        function.__module__ = slope.__module__
    backward.written_at = slope  # type: ignore[attr-defined]
    inputs = {"x": Array("*S", domain or real())}
    return Op(name, forward, backward, reference, inputs=inputs, settings=settings, **declared)
