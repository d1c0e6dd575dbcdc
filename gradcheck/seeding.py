"""Bits that a text determines: the same in every version of every library."""

import hashlib
from typing import Any

import numpy as np
from numpy.random.bit_generator import ISeedSequence

KEY_BYTES = 16
"""Bytes of a key of Philox."""


class PhiloxKey(ISeedSequence):
    """A key of Philox, given as its seed: Philox(key=…) makes a seed of the system's random bits as well, which takes
    three times as long as all else."""

    def __init__(self, key: bytes) -> None:
        self.key = key

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> Any:
        """Return the first words of the key."""
        return np.frombuffer(self.key, np.dtype(dtype).newbyteorder("<"), n_words).astype(dtype, copy=False)


def make_philox(text: str) -> np.random.Philox:
    """Return the bit generator whose key is the digest of a text."""
    seed: Any = PhiloxKey(hashlib.blake2b(text.encode(), digest_size=KEY_BYTES).digest())
    return np.random.Philox(seed)
