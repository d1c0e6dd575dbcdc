"""Values and exceptions of code under test in a few words.

Nothing that they define is run for it, but for the text of an exception: a `__repr__` may raise, never end or return
megabytes.
"""

from typing import Any

import numpy as np

from gradcheck.escaping import cut_text, escape_unprintable
from gradcheck.evaluation.outside_stops import comes_from_outside

MAX_VALUE_LENGTH = 40
"""Characters of a text or a number that are shown."""

MAX_KEYS = 4
"""Keys of a dictionary that are shown."""

PLAIN_NUMBERS = (bool, int, float, complex)
COUNTED_TYPES = (tuple, list, set, frozenset)


def name_type(kind: type) -> str:
    """Return the name of a type, whatever its metaclass says of it."""
    name = type.__dict__["__name__"].__get__(kind)
    return escape_unprintable(cut_text(str.__str__(name)))


def describe_raised(error: BaseException) -> str:
    """Describe an exception in one line: its type, and its text where it has one, cut and escaped."""
    name, text = name_type(type(error)), read_exception_text(error)
    return f"{name}: {text}" if text else name


def read_exception_text(error: BaseException) -> str:
    """Return the text of an exception, cut and escaped, and in its place what is raised by it."""
    try:
        return escape_unprintable(cut_text(str.__str__(str(error))))
    except BaseException as failure:
        if comes_from_outside(failure):
            raise
        return f"(its text raises {name_type(type(failure))})"


def describe_value(value: Any) -> str:
    """Describe a returned value in a few words."""
    kind = type(value)
    if value is None:
        return "None"
    if kind is str or kind is bytes or kind in PLAIN_NUMBERS:
        return f"{name_type(kind)} {show_plain_value(value)}"
    if issubclass(kind, np.ndarray):
        return f"an array of shape {np.ndarray.shape.__get__(value)}"
    if issubclass(kind, dict):
        return f"a {name_type(kind)} {list_keys(value)}"
    for counted in COUNTED_TYPES:
        if issubclass(kind, counted):
            return f"a {name_type(kind)} of {counted.__len__(value)}"
    return f"an object of type {name_type(kind)}"


def show_plain_value(value: Any) -> str:
    """Show a text or a number, the beginning where it is long."""
    if isinstance(value, (str, bytes)):
        return repr(value[:MAX_VALUE_LENGTH])
    return repr(value) if not isinstance(value, int) or value.bit_length() < MAX_VALUE_LENGTH else "of many digits"


def list_keys(value: dict[Any, Any]) -> str:
    """List the first keys of a dictionary that are texts."""
    keys = [key for key in dict.keys(value) if type(key) is str][:MAX_KEYS]
    shown = ", ".join(show_plain_value(key) for key in keys)
    rest = ", …" if dict.__len__(value) > len(keys) else ""
    return f"with the keys {shown}{rest}" if keys else f"of {dict.__len__(value)}"
