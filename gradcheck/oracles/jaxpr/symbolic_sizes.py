"""Sizes that a traced program leaves open, and where each is read off the arguments."""

from collections.abc import Sequence
from typing import Any

SymbolicShape = tuple[Any, ...]
"""Sizes, symbolic ones among them."""

SizeLocation = tuple[int, int, int, int | str]
"""Where a size is read off: argument, axis, and offset and factor by which the axis is longer than the size; the
factor may be another size."""

SETTINGS_ARGUMENT = -1
"""The argument that stands for the settings, each of them an axis."""


def write_size_lookup(arguments: Sequence[str], place: SizeLocation) -> str:
    """A size as it is found in the arguments."""
    i, axis, offset, factor = place
    length = f"settings[{axis}]" if i == SETTINGS_ARGUMENT else f"{arguments[i]}.shape[{axis}]"
    return length if (offset, factor) == (0, 1) else f"({length} - {offset}) // {factor}"


def is_symbolic(value: Any) -> bool:
    """Whether a size is an expression over symbols."""
    import jax.export

    return bool(jax.export.is_symbolic_dim(value))
