"""The arguments of a call, as the parent sends them: arrays in another order in memory, or with noise that shows how
they round, and objects that are kept here."""

import io
import pickle
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np

from gradcheck.evaluation.private_copies import choose_copy, keep_subclasses
from gradcheck.oracles.noisy_arrays import Noise, make_noisy

ARRAY_NOTE, HELD_NOTE, NOISY_NOTE, READ_ONLY_NOTE, STRIDED_NOTE = "array", "held", "noisy", "read-only", "strided"
"""What a note in the place of an object stands for: an array, an object that is kept here, or how an array is handed
over."""


def recall(note: str, value: Any) -> Any:
    """Stand in a pickle for what an ArgumentUnpickler makes of a note."""
    raise pickle.UnpicklingError("only an ArgumentUnpickler reads notes")


class ArgumentUnpickler(pickle.Unpickler):
    """Reads what the parent packed.  find_held: returns the object of a token.  noise: that of the arrays that have
    one."""

    def __init__(self, packed: bytes, find_held: Callable[[int], Any], noise: Noise | None) -> None:
        super().__init__(io.BytesIO(packed))
        self.find_held, self.noise = find_held, noise

    def find_class(self, module: str, name: str) -> Any:
        """Return what makes an object of a note, or what a pickle names."""
        return self.make_object if name == recall.__name__ else super().find_class(module, name)

    def make_object(self, note: str, value: Any) -> Any:
        """Return what a note stands for."""
        if note == ARRAY_NOTE:
            return unpack_array(*value)
        if note == HELD_NOTE:
            return self.find_held(value)
        if note == NOISY_NOTE:
            return make_noisy(self.noise, value)
        if note == STRIDED_NOTE:
            return make_strided_copy(value)
        value.flags.writeable = False
        return value


def unpack_array(dtype: str, shape: tuple[int, ...], order: Any, data: bytes) -> Any:
    """Return an array of its own with these bytes, which lie in memory in an order, "C" or "F"."""
    return np.frombuffer(data, dtype).reshape(shape, order=order).copy(order)


def make_strided_copy(a: Any) -> Any:
    """Return an array with a gap behind each element."""
    wide = np.zeros((*a.shape[:-1], 2 * a.shape[-1]), a.dtype)
    wide[..., ::2] = a
    return wide[..., ::2]


def make_noise(given: dict[str, Any]) -> Noise:
    """Make the noise of the parent's arrays: its "state", its "nudge", and whether it "lifts"."""
    noise = Noise(np.random.default_rng(0), float(given["nudge"]), bool(given["lifts"]))
    noise.state = int(given["state"])
    return noise


def call_with_noise(function: Callable[..., Any], args: Any, keywords: Any, noise: Noise | None) -> Any:
    """Call a function, or with noise its copy in which NumPy's conversions keep it."""
    with keep_subclasses() if noise else nullcontext():
        return choose_copy(function)(*args, **keywords)
