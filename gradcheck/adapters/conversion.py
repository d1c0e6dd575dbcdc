"""What the adapters to other libraries share: telling their classes without importing them, and arrays on the way."""

import importlib.util
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from gradcheck.adapters.parameters import AdapterError
from gradcheck.oracles.monte_carlo import Noise, find_noise


def is_subclass_by_name(cls: type, module: str, name: str) -> bool:
    """Whether a class, or one that it is derived from, has this name in this module, or in a part of it."""
    return any(c.__name__ == name and f"{c.__module__}.".startswith(f"{module}.") for c in cls.__mro__)


def require_library(adapter: str, library: str) -> None:
    """Raises AdapterError where a library is not installed."""
    if importlib.util.find_spec(library) is None:
        raise AdapterError(f"adapter={adapter!r} wants {library}, which is not installed: pip install {library}")


def is_array_or_scalar(value: Any) -> bool:
    """Whether an argument holds numbers of NumPy's."""
    return isinstance(value, (np.ndarray, np.generic))


def holds_numbers(value: Any) -> bool:
    """Whether an argument is numbers, or several of them."""
    return is_array_or_scalar(value) or (
        isinstance(value, tuple) and bool(value) and all(map(is_array_or_scalar, value))
    )


def collect_arrays(arguments: Iterable[Any]) -> list[Any]:
    """The arrays among some arguments, one after the other."""
    return [a for value in arguments if holds_numbers(value) for a in (value if isinstance(value, tuple) else (value,))]


def find_noise_of_arguments(arguments: Iterable[Any]) -> Noise | None:
    """The noise of the arrays among some arguments, None where rounding is not being measured."""
    return find_noise(collect_arrays(arguments))


def convert_arrays(value: Any, convert: Callable[[Any], Any]) -> Any:
    """An argument, its numbers converted one by one; anything else as it is."""
    if not holds_numbers(value):
        return value
    return tuple(map(convert, value)) if isinstance(value, tuple) else convert(value)


def make_shareable(a: Any) -> Any:
    """An array on whose memory a tensor may stand; a copy of one that is read-only, or that runs backwards."""
    return a if a.flags.writeable and min(a.strides, default=0) >= 0 else a.copy()


def make_identifier(label: str, others: Iterable[str]) -> str:
    """A label as the name of a variable, unlike the others: "0.weight" becomes _0_weight."""
    name = "".join(c if c.isalnum() else "_" for c in label)
    name = f"_{name}" if name[:1].isdigit() else name
    while name in others:
        name += "_"
    return name
