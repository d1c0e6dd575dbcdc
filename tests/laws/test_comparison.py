"""Arrays compared: where they differ most, beside what their rounding allows."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.laws.comparison import (
    NO_DIFFERENCE,
    compare_with_few_repeats_first,
    compare_within_rounding,
    find_largest_difference,
)
from gradcheck.oracles.error_factors import COMFORTABLE_SHARE, FEW_REPEATS, REPEATS

X = np.array([1.0, -2.0, 3.0])


def compare(got, wanted, allowed=0.5):
    got, wanted = np.asarray(got), np.asarray(wanted)
    return find_largest_difference(got, wanted, np.full(got.shape, allowed))


def test_the_element_that_is_furthest_off_beside_what_is_allowed_is_found():
    difference = find_largest_difference(np.array([1.0, 2.0]), np.array([0.0, 2.5]), np.array([4.0, 0.25]))
    assert (difference.ratio, difference.got, difference.wanted, difference.where) == (2.0, 2.0, 2.5, (1,))
    assert not difference.holds
    assert difference.words == "2 at [1], expected 2.5 ± 2e-01"


def test_numbers_that_look_alike_are_told_in_all_their_digits():
    assert compare([1.0 + 1e-15], [1.0], 1e-20).words == "1.000000000000001 at [0], expected 1"


def test_a_bar_is_told_only_where_it_matters_beside_the_difference():
    assert compare([2.0], [1.0], 1e-15).words == "2 at [0], expected 1"
    assert compare([1.0 + 1e-13], [1.0], 1e-15).words == "1.0000000000001 at [0], expected 1 ± 1e-15"


def test_an_expected_number_is_rounded_to_its_bar():
    assert compare([2.0], [-1.77635684e-15], 1e-13).words == "2 at [0], expected 0"
    assert compare([0.25], [-0.0], 1e-154).words == "0.25 at [0], expected 0"
    assert compare([np.nan], [1.0 + 1e-13], 1e-12).words == "nan at [0], expected 1"
    assert compare([1.0], [np.nan], 0.0).words == "1 at [0], expected nan"


def test_without_elements_nothing_differs():
    assert compare(np.zeros((0, 2)), np.zeros((0, 2))) is NO_DIFFERENCE
    assert NO_DIFFERENCE.holds


@pytest.mark.parametrize(
    ("got", "wanted", "allowed", "ratio"),
    [
        (np.nan, np.nan, 0.5, 0.0),
        (np.inf, np.inf, 0.5, 0.0),
        (np.nan, 1.0, 0.5, np.inf),
        (1.0, np.nan, 0.5, np.inf),
        (np.inf, -np.inf, 0.5, np.inf),
        (np.nan, 1.0, np.inf, 0.0),
    ],
)
def test_what_is_not_finite_is_infinitely_wrong_unless_both_are(got, wanted, allowed, ratio):
    assert compare([1.0, got], [1.0, wanted], allowed).ratio == ratio


def test_a_comfortable_difference_is_measured_by_few_repeats_alone():
    asked = []

    def measure(ratio):
        def run(repeats):
            asked.append(repeats)
            return replace(NO_DIFFERENCE, ratio=ratio)

        return run

    compare_with_few_repeats_first(measure(COMFORTABLE_SHARE))
    assert asked == [FEW_REPEATS]
    compare_with_few_repeats_first(measure(2 * COMFORTABLE_SHARE))
    assert asked == [FEW_REPEATS, FEW_REPEATS, REPEATS]


def test_equal_results_need_no_measured_rounding():
    def measure(repeats):
        raise AssertionError("the rounding was measured")

    assert compare_within_rounding(X, X.copy(), measure).ratio == 0
    unknown = np.array([1.0, np.nan, 3.0])
    assert compare_within_rounding(X, np.where(X == -2, np.nan, X), measure).ratio == 0
    assert compare_within_rounding(unknown, unknown, measure).ratio == 0


def test_the_measured_rounding_counts_for_both_sides():
    assert compare_within_rounding(X + 1.9e-3, X, lambda repeats: np.full(3, 1e-3)).holds
    assert not compare_within_rounding(X + 2.1e-3, X, lambda repeats: np.full(3, 1e-3)).holds


def test_beside_an_error_that_is_no_number_nothing_is_wrong():
    assert compare([1.0, 2.0], [1.0, 3.0], np.nan).holds
    assert not find_largest_difference(X, X + np.array([0, 0, 1]), np.array([np.nan, 0.5, 0.5])).holds
