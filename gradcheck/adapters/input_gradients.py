"""Which inputs have a gradient, and over which axes one is an average."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gradcheck.adapters.calls import find_gradient_by_name
from gradcheck.adapters.inference import Inputs
from gradcheck.adapters.parameters import AdapterError
from gradcheck.declaration.inputs import Array, Several


def remove_gradient(declared: Array | Several) -> Array | Several:
    """An input that backward owes no gradient."""
    return replace(declared, gradient=False) if isinstance(declared, Array) else declared


def keep_leading_gradients(inputs: Inputs, gradients: Any) -> Inputs:
    """The inputs, the first of which have the gradients that there are."""
    count = len(gradients) if isinstance(gradients, (tuple, list)) else 1
    differentiable = [n for n, a in inputs.items() if isinstance(a, Several) or a.differentiable]
    if isinstance(gradients, Mapping):
        owed = [n for n in differentiable if find_gradient_by_name(gradients, n) is not None]
    else:
        owed = differentiable[:count]
    return {n: a if n in owed else remove_gradient(a) for n, a in inputs.items()}


def locate_averaged_axes(name: str, inputs: Inputs, averaged: Mapping[str, str]) -> tuple[tuple[int, int] | None, ...]:
    """For each input, where the axis is that its gradient is an average over.  Raises AdapterError for an input or an
    axis that does not exist."""
    places = {
        axis.text: (i, k)
        for i, a in enumerate(inputs.values())
        if isinstance(a, Array)
        for k, axis in enumerate(a.axes)
    }
    for n, axis in averaged.items():
        if n not in inputs or axis not in places:
            raise AdapterError(
                f"{name}: averaged={{{n!r}: {axis!r}}} wants an input ({', '.join(inputs)}) and an axis of one "
                f"({', '.join(places)})"
            )
    return tuple(places[averaged[n]] if n in averaged else None for n in inputs)
