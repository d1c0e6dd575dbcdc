"""The bits of a text are those of Philox under its digest as the key."""

import hashlib

import numpy as np
import pytest

from gradcheck.seeding import make_philox


@pytest.mark.parametrize("text", ["", "0:linearity", "größer"])
def test_the_digest_of_the_text_is_the_key(text):
    key = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "little")
    assert np.array_equal(make_philox(text).random_raw(100), np.random.Philox(key=key).random_raw(100))


def test_the_same_text_starts_anew():
    assert np.array_equal(make_philox("a").random_raw(3), make_philox("a").random_raw(3))


def test_other_texts_give_other_bits():
    assert not np.array_equal(make_philox("a").random_raw(3), make_philox("b").random_raw(3))
