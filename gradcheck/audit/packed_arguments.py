"""The arguments of a call as bytes for a worker, which unpickles them; nothing that comes from one is unpickled."""

import io
import pickle
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.audit.agent.arguments import HELD_NOTE, NOISY_NOTE, READ_ONLY_NOTE, STRIDED_NOTE
from gradcheck.audit.agent.trees import HeldObject
from gradcheck.oracles.noisy_arrays import Noise, NoisyArray, strip_noise


class ArgumentPickler(pickle.Pickler):
    """Pickles arguments, with a note in the place of what the worker makes itself.  noise: that of the arrays, None
    where they have none."""

    noise: Noise | None = None

    def persistent_id(self, obj: Any) -> tuple[str, Any] | None:
        """Return the note that stands for an object of the worker, or for an array that is handed over in another way;
        None for all else."""
        if isinstance(obj, HeldObject):
            return HELD_NOTE, obj.token
        if isinstance(obj, NoisyArray):
            self.noise = self.noise or obj.noise
            return NOISY_NOTE, np.array(strip_noise(obj))
        if isinstance(obj, np.ndarray) and not obj.flags.writeable:
            return READ_ONLY_NOTE, np.array(obj)
        if isinstance(obj, np.ndarray) and not obj.flags.forc:
            return STRIDED_NOTE, np.array(obj)
        return None


def pack_arguments(args: tuple[Any, ...], keywords: Mapping[str, Any]) -> tuple[bytes, Noise | None]:
    """Return arguments as bytes, and the noise that arrays among them have.  Raises PicklingError for what cannot be
    sent."""
    buffer = io.BytesIO()
    pickler = ArgumentPickler(buffer, protocol=pickle.HIGHEST_PROTOCOL)
    pickler.dump((list(args), dict(keywords)))
    return buffer.getvalue(), pickler.noise
