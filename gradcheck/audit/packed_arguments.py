"""The arguments of a call as bytes for a worker, which unpickles them; nothing that comes from one is unpickled."""

import io
import pickle
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from gradcheck.audit.agent.arguments import ARRAY_NOTE, HELD_NOTE, NOISY_NOTE, READ_ONLY_NOTE, STRIDED_NOTE, recall
from gradcheck.audit.agent.trees import HeldObject
from gradcheck.oracles.noisy_arrays import Noise, NoisyArray, strip_noise

PLAIN_KINDS = "biufc"
"""The kinds of dtypes whose arrays are packed as their bytes."""


class ArgumentPickler(pickle.Pickler):
    """Pickles arguments, with a note in the place of what the worker makes itself.  noise: that of the arrays, None
    where they have none."""

    noise: Noise | None = None

    def reducer_override(self, obj: Any) -> Any:
        """Return the note that stands for an object of the worker, or for an array and how it is handed over; nothing
        of its own for all else."""
        if isinstance(obj, HeldObject):
            return recall, (HELD_NOTE, obj.token)
        if isinstance(obj, NoisyArray):
            self.noise = self.noise or obj.noise
            return recall, (NOISY_NOTE, np.array(strip_noise(obj)))
        return write_array_note(obj) if isinstance(obj, np.ndarray) else NotImplemented


def write_array_note(array: Any) -> Any:
    """Return the note that stands for an array, nothing for one that holds no numbers or is of a subclass."""
    if not array.flags.writeable:
        return recall, (READ_ONLY_NOTE, np.array(array))
    if not array.flags.forc:
        return recall, (STRIDED_NOTE, np.array(array))
    if type(array) is not np.ndarray or array.dtype.kind not in PLAIN_KINDS:
        return NotImplemented
    order: Literal["C", "F"] = "C" if array.flags.c_contiguous else "F"
    return recall, (ARRAY_NOTE, (array.dtype.str, array.shape, order, array.tobytes(order)))


def pack_arguments(args: tuple[Any, ...], keywords: Mapping[str, Any]) -> tuple[bytes, Noise | None]:
    """Return arguments as bytes, and the noise that arrays among them have.  Raises PicklingError for what cannot be
    sent."""
    buffer = io.BytesIO()
    pickler = ArgumentPickler(buffer, protocol=pickle.HIGHEST_PROTOCOL)
    pickler.dump((list(args), dict(keywords)))
    return buffer.getvalue(), pickler.noise
