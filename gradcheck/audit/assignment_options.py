"""The options of `adapt` as an assignment writes them in TOML."""

from collections.abc import Callable, Mapping
from typing import Any

from gradcheck.audit.toml_table import TomlTable
from gradcheck.declaration.settings import Whole, whole
from gradcheck.declaration.shape import DeclarationError, parse_shape


def read_text_table(table: TomlTable, key: str) -> dict[str, str]:
    """Return a table of texts."""
    values = table.read(key, "a table")
    return {name: table.require_kind(f"{key}.{name}", value, "text") for name, value in values.items()}


def read_list(table: TomlTable, key: str) -> tuple[str, ...]:
    """Return a list of texts."""
    return table.read_texts(key)


def read_text(table: TomlTable, key: str) -> str:
    """Return a text."""
    return str(table.read(key, "text"))


def read_truth(table: TomlTable, key: str) -> bool:
    """Return true or false."""
    return bool(table.read(key, "true or false"))


def read_sizes(table: TomlTable, key: str) -> dict[str, Whole]:
    """Return the bounds of axes: { T = [1, 8], H = ["HH-2*pad"] }, the least and, where there are two, the most."""
    sizes = {}
    for axis, bounds in table.read(key, "a table").items():
        listed = table.require_kind(f"{key}.{axis}", bounds, "a list")
        if len(listed) not in (1, 2) or any(type(bound) not in (int, str) for bound in listed):
            table.refuse(f"{key}.{axis}", f'is {bounds!r:.60}; write [least] or [least, most], as in [1, 8] or ["K-1"]')
        try:
            sizes[axis] = whole(listed[0], listed[1] if len(listed) == 2 else None)
        except DeclarationError as error:
            table.refuse(f"{key}.{axis}", f"is {bounds!r:.60}: {error}")
    return sizes


def read_shapes(table: TomlTable, key: str) -> dict[str, str]:
    """Return the shapes of inputs: { x = "N D" }."""
    shapes = read_text_table(table, key)
    for name, shape in shapes.items():
        try:
            parse_shape(shape)
        except DeclarationError as error:
            table.refuse(f"{key}.{name}", f"cannot be read: {error}")
    return shapes


OPTION_READERS: Mapping[str, Callable[[TomlTable, str], Any]] = {
    "averaged": read_text_table,
    "batch": read_text,
    "convention": read_text,
    "dtypes": read_list,
    "exceptions": read_text_table,
    "gradients": read_list,
    "inputs": read_shapes,
    "kinks": read_text,
    "parameters": read_text_table,
    "same_as": read_text,
    "sizes": read_sizes,
    "upstream": read_truth,
}
"""The options of `adapt` that an assignment may give, each with how it is read."""


def read_options(table: TomlTable) -> dict[str, Any]:
    """Return the options that a table gives.  Raises AssignmentError."""
    return {name: read(table, name) for name, read in OPTION_READERS.items() if name in table.values}
