"""Arrays as plain numbers in memory of their own, whatever a student returned as one."""

from typing import Any

import numpy as np

MOST_BYTES = 2**25
"""Bytes of an array that is returned: a broadcast view of one number may claim any size."""
MOST_DIGITS = 18
"""Digits of an integer that fits into 64 bits whatever they are."""


class BadOutputError(Exception):
    """A value that is no array of numbers; the message says what it is."""


def make_plain_array(value: Any) -> tuple[Any, str]:
    """Return an array as base ndarray of native numbers in C order, and the name of its class where it is another.
    BadOutputError: it holds other things than numbers, masks some of them, or is too large."""
    kind = type(value)
    base = np.ndarray.view(value, np.ndarray)
    shape = tuple(int(n) for n in base.shape)
    if isinstance(value, np.ma.MaskedArray):
        raise BadOutputError(f"a masked array of shape {shape}")
    if base.dtype.kind not in "biufc":
        raise BadOutputError(f"an array of shape {shape} that holds {describe_dtype(base.dtype)}, not numbers")
    if base.size * base.dtype.itemsize > MOST_BYTES:
        raise BadOutputError(f"an array of shape {shape}, which is larger than {MOST_BYTES:,} bytes")
    return np.array(base, dtype=choose_dtype(base.dtype), order="C", copy=True), "" if kind is np.ndarray else str(
        kind.__name__
    )


def choose_dtype(dtype: Any) -> Any:
    """Return the nearest dtype of native byte order that every machine has."""
    if dtype.kind == "f" and dtype.itemsize > 8:
        return np.dtype(np.float64)
    if dtype.kind == "c" and dtype.itemsize > 16:
        return np.dtype(np.complex128)
    return dtype.newbyteorder("=")


def describe_dtype(dtype: Any) -> str:
    """Say what an array holds that holds no numbers."""
    names = {"O": "objects", "V": "records", "U": "text", "S": "bytes", "M": "dates", "m": "times"}
    return names.get(dtype.kind, "other things")


def split_complex(array: Any) -> Any:
    """Return complex numbers as pairs of real ones along a last axis; any other array as it is."""
    return np.stack([array.real, array.imag], axis=-1) if array.dtype.kind == "c" else array


def join_complex(array: Any) -> Any:
    """Return pairs along the last axis as complex numbers."""
    return array[..., 0] + 1j * array[..., 1]


def make_number_array(value: Any) -> Any:
    """Return a number of Python as an array of rank 0.  BadOutputError: an integer that is too long."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(int.__index__(value)) >= 10**MOST_DIGITS:
        raise BadOutputError("an integer of more than 18 digits")
    return np.array(next(kind.__call__(value) for kind in (bool, int, float, complex) if isinstance(value, kind)))
