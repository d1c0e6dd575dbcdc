"""The names of axes, groups and settings that a declaration speaks of, and the order in which they can be drawn."""

from collections.abc import Mapping

from gradcheck.declaration.inputs import Array, Several, list_declared_arrays
from gradcheck.declaration.settings import Rank, Setting, Whole
from gradcheck.declaration.shape import DeclarationError


def collect_axis_names(inputs: Mapping[str, Array | Several]) -> frozenset[str]:
    """The names of single axes in the shapes."""
    sizes = (
        axis.expression.names for array in list_declared_arrays(inputs) for axis in array.axes if axis.kind == "size"
    )
    return frozenset().union(*sizes)


def collect_group_names(inputs: Mapping[str, Array | Several]) -> list[str]:
    """The names of groups of axes, in order of appearance."""
    return list(
        dict.fromkeys(
            axis.text
            for array in list_declared_arrays(inputs)
            for axis in array.axes
            if axis.kind in ("group", "broadcast")
        )
    )


def collect_bound_names(
    inputs: Mapping[str, Array | Several], settings: Mapping[str, Setting], sizes: Mapping[str, Whole]
) -> frozenset[str]:
    """The names that stand for a number: axes, sizes, and the settings that are whole numbers."""
    numbers = {name for name, setting in settings.items() if isinstance(setting, (Whole, Rank))}
    return collect_axis_names(inputs) | set(sizes) | numbers


def order_by_dependency(
    inputs: Mapping[str, Array | Several], settings: Mapping[str, Setting], sizes: Mapping[str, Whole]
) -> list[str]:
    """Settings and sizes, each behind those that its bounds speak of.  Raises DeclarationError where they go in a
    circle."""
    waiting = {
        name: bounds.names if isinstance(bounds, Whole) else frozenset()
        for name, bounds in [*settings.items(), *sizes.items()]
    }
    waiting |= {name: frozenset() for name in sorted(collect_axis_names(inputs)) if name not in waiting}
    order: list[str] = []
    while waiting:
        ready = [name for name, needs in waiting.items() if not needs & waiting.keys()]
        if not ready:
            raise DeclarationError(f"the bounds of {', '.join(sorted(waiting))} speak of each other in a circle")
        order += ready
        waiting = {name: needs for name, needs in waiting.items() if name not in ready}
    return order
