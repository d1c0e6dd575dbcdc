"""The best entry of the extrapolation table is chosen, and its error contains what is left."""

import numpy as np

from gradcheck.oracles.error_factors import STEPS
from gradcheck.oracles.finite_differences.extrapolation import extrapolate


def extrapolate_exactly(raw, usable_from=1, noise=0.0, power=2):
    raw = raw[:, None]
    return extrapolate(raw, power, np.full(raw.shape, noise), np.array([usable_from]))


def test_powers_of_the_step_are_taken_out():
    found = extrapolate_exactly(5 + 3 * STEPS**2 - 7 * STEPS**4)
    assert abs(found.value[0] - 5) <= found.error[0] <= 1e-12


def test_the_noise_counts_even_where_all_levels_agree():
    found = extrapolate_exactly(np.full(STEPS.shape, 5.0), noise=0.25)
    assert (found.value[0], found.error[0]) == (5.0, 0.25)


def test_levels_that_straddle_a_kink_are_not_used():
    raw = np.where(np.arange(len(STEPS)) < 6, 1.0, 2.0)
    found = extrapolate_exactly(raw, usable_from=6)
    assert (found.value[0], found.error[0]) == (2.0, 0.0)


def test_without_a_usable_level_nothing_is_known():
    assert np.isinf(extrapolate_exactly(STEPS, usable_from=len(STEPS)).error[0])


def test_what_is_not_finite_is_not_believed():
    assert np.isinf(extrapolate_exactly(np.full(STEPS.shape, np.nan)).error[0])
