"""The factors in error bars are what their derivations say."""

import numpy as np
import pytest
from scipy.stats import chi2

from gradcheck.oracles import error_factors
from gradcheck.oracles.error_factors import (
    AUTODIFF,
    AUTODIFF_REPEATS,
    CHECKED_LEVELS,
    COLUMNS,
    COMFORTABLE_SHARE,
    COMPLEX_STEP,
    EPS,
    EPS32,
    FEW_REPEATS,
    FLOOR,
    MANTISSAS,
    QUICK_DERIVATIVE_STEPS,
    REPEATS,
    SAFETY,
    SIDE_STEPS,
    STEPS,
    UNDERFLOW,
)

DECIMAL = {"CONVERGED", "FAINT", "KINK_FALL", "REGRESSION"}
"""Thresholds that a person reads, in decimal digits; nothing is multiplied by them."""

COUNTS = {"CHECKED_LEVELS", "COLUMNS", "MANTISSAS", "REPEATS", "FEW_REPEATS", "AUTODIFF_REPEATS", "NEIGHBOUR_REPEATS"}


def list_numbers():
    """Every public factor that is one number, by name."""
    return {name: value for name, value in vars(error_factors).items() if name.isupper() and np.isscalar(value)}


@pytest.mark.parametrize("name", sorted(list_numbers().keys() - DECIMAL - COUNTS))
def test_a_factor_is_a_power_of_two(name):
    assert np.frexp(list_numbers()[name])[0] == 0.5


@pytest.mark.parametrize("steps", [STEPS, SIDE_STEPS, QUICK_DERIVATIVE_STEPS])
def test_steps_are_powers_of_two_each_a_quarter_of_the_one_before(steps):
    assert (np.frexp(steps)[0] == 0.5).all()
    assert (steps[:-1] == 4 * steps[1:]).all()


def test_eps_is_the_spacing_of_the_number_format():
    assert np.finfo(np.float64).eps == EPS
    assert np.finfo(np.float32).eps == EPS32
    assert {"float64": 64 * EPS, "float32": 64 * EPS32} == FLOOR


def underestimate(repeats, share):
    """The probability that the root mean square of so many normal movements is below a share of the true one."""
    return chi2.cdf(repeats * share**2, repeats)


def test_so_few_repeats_are_enough_beside_their_safety_factor():
    assert underestimate(REPEATS, 1 / SAFETY) == pytest.approx(3e-6, rel=0.1)
    assert underestimate(AUTODIFF_REPEATS, 1 / AUTODIFF) == pytest.approx(2e-5, rel=0.2)


def test_what_is_comfortable_by_few_repeats_is_not_by_chance():
    """An overestimate by 1 / COMFORTABLE_SHARE is what would let a difference pass that REPEATS would not."""
    few, one = (chi2.sf(n / COMFORTABLE_SHARE**2, n) for n in (FEW_REPEATS, 1))
    assert few == pytest.approx(1e-7, rel=0.2)
    assert one == pytest.approx(6e-5, rel=0.1)


def test_the_complex_step_vanishes_when_it_is_squared_and_does_not_underflow():
    assert 1 + COMPLEX_STEP**2 == 1
    assert 1 + COMPLEX_STEP == 1
    assert np.finfo(np.float64).tiny / EPS < COMPLEX_STEP


def test_below_underflow_a_square_loses_digits():
    tiny = np.finfo(np.float64).tiny
    assert tiny == UNDERFLOW**2
    assert tiny > (UNDERFLOW * (1 - EPS)) ** 2


def test_the_extrapolation_table_has_rows_enough_at_each_look():
    assert CHECKED_LEVELS[0] >= COLUMNS + 2
    assert CHECKED_LEVELS[-1] == len(STEPS)


def test_the_number_of_mantissas_is_a_prime():
    assert all(MANTISSAS % d for d in range(2, int(MANTISSAS**0.5) + 1))
