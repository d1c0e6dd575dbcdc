"""Parameters of the user's code that have the name of an option: an argument that cannot be the option declares the
parameter."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gradcheck.adapters.options import AdaptOptions
from gradcheck.adapters.parameters import is_certainly_shape


def is_text_of_no_shape(value: Any) -> bool:
    """Whether a value is a text that is not certainly a shape."""
    return isinstance(value, str) and not is_certainly_shape(value)


def is_mapping(value: Any) -> bool:
    """Whether a value is a mapping."""
    return isinstance(value, Mapping)


def is_row(value: Any) -> bool:
    """Whether a value is a sequence, and no text."""
    return isinstance(value, Sequence) and not isinstance(value, str)


OPTION_TESTS: Mapping[str, Callable[[Any], bool]] = {
    "adapter": is_text_of_no_shape,
    "name": is_text_of_no_shape,
    "reference": callable,
    "inputs": is_mapping,
    "at": is_row,
    "averaged": is_mapping,
    "gradients": is_row,
    "parameters": is_mapping,
    "upstream": lambda value: isinstance(value, bool),
    "xp": lambda value: hasattr(value, "asarray"),
    "dtypes": is_row,
    "sizes": is_mapping,
    "batch": lambda value: isinstance(value, str) and value.isidentifier(),
    "exceptions": is_mapping,
    "source": is_text_of_no_shape,
    "formula": is_text_of_no_shape,
    "convention": is_text_of_no_shape,
    "kinks": callable,
    "same_as": is_text_of_no_shape,
}
"""Whether a value can be each of the options."""


def separate_declarations(
    options: AdaptOptions, declarations: Mapping[str, Any], names: Collection[str]
) -> tuple[AdaptOptions, Mapping[str, Any]]:
    """Return the options, and the declarations with those that were given under the name of an option.  names: of the
    parameters of the code."""
    moved = {n: v for n, v in options.given().items() if n in names and not OPTION_TESTS[n](v)}
    return replace(options, **dict.fromkeys(moved)), {**declarations, **moved}
