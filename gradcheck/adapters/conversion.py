"""Conversion between NumPy and other libraries: recognising their classes without importing them, and converting
arrays."""

import importlib.util
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from gradcheck.adapters.parameters import AdapterError
from gradcheck.oracles.noisy_arrays import Noise, find_noise


def is_subclass_by_name(cls: type, module: str, name: str) -> bool:
    """Whether a class, or one of its bases, has this name in this module, or in a submodule."""
    return any(c.__name__ == name and f"{c.__module__}.".startswith(f"{module}.") for c in cls.__mro__)


def require_library(adapter: str, library: str) -> None:
    """Raise AdapterError where a library is not installed."""
    if importlib.util.find_spec(library) is None:
        raise AdapterError(f"adapter={adapter!r} wants {library}, which is not installed: pip install {library}")


def is_array_or_scalar(value: Any) -> bool:
    """Whether an argument is a NumPy array or scalar."""
    return isinstance(value, (np.ndarray, np.generic))


def holds_numbers(value: Any) -> bool:
    """Whether an argument is an array or scalar, or a tuple of them."""
    return is_array_or_scalar(value) or (
        isinstance(value, tuple) and bool(value) and all(map(is_array_or_scalar, value))
    )


def collect_arrays(arguments: Iterable[Any]) -> list[Any]:
    """Return the arrays among some arguments, in order."""
    return [a for value in arguments if holds_numbers(value) for a in (value if isinstance(value, tuple) else (value,))]


def find_noise_of_arguments(arguments: Iterable[Any]) -> Noise | None:
    """Return the noise of the arrays among some arguments; None where rounding is not being measured."""
    return find_noise(collect_arrays(arguments))


def convert_arrays(value: Any, convert: Callable[[Any], Any]) -> Any:
    """Convert the arrays of an argument one by one; return any other argument unchanged."""
    if not holds_numbers(value):
        return value
    return tuple(map(convert, value)) if isinstance(value, tuple) else convert(value)


def make_shareable(a: Any) -> Any:
    """Return an array whose memory a tensor can share; a copy of one that is read-only or has negative strides."""
    return a if a.flags.writeable and min(a.strides, default=0) >= 0 else a.copy()


def make_identifier(label: str, others: Iterable[str]) -> str:
    """Return a label as an identifier that differs from others: "0.weight" becomes _0_weight."""
    name = "".join(c if c.isalnum() else "_" for c in label)
    name = f"_{name}" if name[:1].isdigit() else name
    while name in others:
        name += "_"
    return name
