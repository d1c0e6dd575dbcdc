"""A function is called with noise through its copy, in which NumPy's conversions keep it."""

import numpy as np

from gradcheck.audit.agent.arguments import call_with_noise, make_noise
from gradcheck.oracles.noisy_arrays import NoisyArray, make_noisy


def convert(x):
    return np.asarray(x) * 1.5


def test_a_conversion_keeps_the_noise_and_only_that():
    noise = make_noise({"state": 5, "nudge": 2.0**-26, "lifts": False})
    moved = call_with_noise(convert, [make_noisy(noise, np.ones(4))], {}, noise)
    plain = call_with_noise(convert, [np.ones(4)], {}, None)
    assert (type(moved), type(plain)) == (NoisyArray, np.ndarray)
    assert not np.array_equal(np.asarray(moved), plain)
