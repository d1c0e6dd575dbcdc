"""What is computed from an array with noise has noise itself."""

import numpy as np

from gradcheck.oracles.monte_carlo import perturb_operations
from gradcheck.oracles.noisy_arrays import Noise, NoisyArray, make_noisy


def test_an_array_carries_its_noise_and_the_class_has_none():
    noises = [Noise(np.random.default_rng(i)) for i in range(2)]
    x, y = (perturb_operations(noise)(np.ones(3)) for noise in noises)
    assert not isinstance(getattr(NoisyArray, "noise", None), Noise)
    assert all(a.noise is noises[0] for a in (x[1:], x * 2, np.where(x > 0, x, 0), np.empty_like(x), x.copy()))
    assert (y * 2).noise is noises[1]


def test_an_array_without_noise_moves_with_others():
    noise = Noise(np.random.default_rng(0))
    lost = np.ones(3).view(NoisyArray)
    assert lost.noise is None
    assert np.array_equal(lost * 3, [3, 3, 3])
    assert (lost * perturb_operations(noise)(np.ones(3))).noise is noise


def test_the_method_of_a_plain_array_gives_a_noisy_one():
    noisy = make_noisy(Noise(np.random.default_rng(0)), np.ones(3))
    assert isinstance(np.eye(3).dot(noisy), NoisyArray)
