"""Extensions: objects that other packages bring by entry points."""

from importlib.metadata import EntryPoint, entry_points
from typing import Any


class ExtensionError(ValueError):
    """An extension that cannot be loaded; the message names its distribution and what it raised."""


def load_extensions(group: str) -> list[Any]:
    """What the entry points of a group name, by distribution and name.  Raises ExtensionError."""
    found = sorted(entry_points(group=group), key=lambda entry: (name_distribution(entry), entry.name))
    return [load_extension(entry) for entry in found]


def load_extension(entry: EntryPoint) -> Any:
    """What one entry point names.  Raises ExtensionError."""
    try:
        return entry.load()
    except Exception as error:
        raise ExtensionError(
            f"the entry point {entry.name!r} of group {entry.group!r} in {name_distribution(entry)} cannot be loaded: "
            f"{type(error).__name__}: {error}; mend or remove that package"
        ) from error


def name_distribution(entry: EntryPoint) -> str:
    """The distribution that brings an entry point."""
    return entry.dist.name if entry.dist else "an unnamed distribution"
