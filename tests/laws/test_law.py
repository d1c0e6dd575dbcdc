"""What every law is made of: differences within what is allowed, and observations that are merged."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.call_results import compute_results, existing_gradients, make_rounding_measures, name_results
from gradcheck.laws.comparison import (
    EMPTY_DIFFERENCE,
    compare_with_few_repeats_first,
    compare_within_rounding,
    find_largest_difference,
)
from gradcheck.laws.findings import make_finding, merge_observations, observe_differences
from gradcheck.oracles.error_factors import COMFORTABLE_SHARE, FEW_REPEATS, REPEATS
from tests.laws.observing import make_case

X = np.array([1.0, -2.0, 3.0])


def backward(dy, x):
    return 2 * x * dy


SQUARE = Op("square", lambda x: (x * x, x), backward, inputs={"x": Array("N")})
CASE = make_case(SQUARE, X)
EVALUATOR = Evaluator(SQUARE, CASE)


def compare(got, wanted, allowed=0.5):
    got, wanted = np.asarray(got), np.asarray(wanted)
    return find_largest_difference(got, wanted, np.full(got.shape, allowed))


def test_the_element_that_is_furthest_off_beside_what_is_allowed_is_found():
    difference = find_largest_difference(np.array([1.0, 2.0]), np.array([0.0, 2.5]), np.array([4.0, 0.25]))
    assert (difference.ratio, difference.got, difference.wanted, difference.where) == (2.0, 2.0, 2.5, (1,))
    assert not difference.holds
    assert difference.words == "2 at [1], expected 2.5 ± 2e-01"


def test_numbers_that_look_alike_are_told_in_all_their_digits():
    assert compare([1.0 + 1e-15], [1.0], 1e-20).words == "1.000000000000001 at [0], expected 1.0 ± 1e-20"


def test_without_elements_nothing_differs():
    assert compare(np.zeros((0, 2)), np.zeros((0, 2))) is EMPTY_DIFFERENCE
    assert EMPTY_DIFFERENCE.holds


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
            return replace(EMPTY_DIFFERENCE, ratio=ratio)

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


def test_results_are_outputs_and_gradients_each_with_a_name():
    y, dx = compute_results(EVALUATOR, CASE.point, CASE.upstream)
    assert y.tolist() == (X * X).tolist()
    assert dx.tolist() == (2 * X * CASE.upstream[0]).tolist()
    assert name_results(EVALUATOR) == [("y", "y"), ("x", "the gradient of x")]
    assert existing_gradients([None, dx], ["i", "x"]) == [("x", dx)]


def test_the_rounding_of_all_results_is_measured_once():
    calls = []

    def forward(x):
        calls.append(1)
        return x * x / 3, x

    evaluator = Evaluator(replace(SQUARE, forward=forward), CASE)
    measures = make_rounding_measures(evaluator)
    spread = measures(0)(REPEATS)
    assert (spread > 0).all()
    before = len(calls)
    measures(1)(REPEATS)
    assert len(calls) == before


def test_a_finding_is_at_the_line_of_backward_unless_told_otherwise():
    finding = make_finding(SQUARE, "value", CASE, "wrong", line=7)
    assert (finding.op, finding.law, finding.status, finding.claim) == ("square", "value", "failed", "wrong")
    assert (finding.file, finding.line) == (__file__, 7)
    assert make_finding(SQUARE, "value", CASE, "wrong").line == backward.__code__.co_firstlineno


def test_there_is_one_finding_for_each_label_the_first_that_does_not_hold():
    wrong, right = compare([3.0], [1.0]), compare([1.1], [1.0])
    trials = [(("x", "the gradient of x"), d) for d in (right, wrong, compare([9.0], [1.0]))]
    seen = observe_differences("value", EVALUATOR, "here", trials, "hint")
    (finding,) = seen.findings
    assert finding.claim == "here, the gradient of x is 3 at [0], expected 1 ± 5e-01"
    assert (finding.where, finding.hint) == ("at [0]", "hint")
    assert seen.tightest == 16


def test_observations_merge_into_one():
    finding = make_finding(SQUARE, "value", CASE, "wrong", input="x")
    first = Observation((finding,), 2.0)
    again = Observation((replace(finding, claim="wrong again"),), 3.0)
    merged = merge_observations([first, again, Observation(abstained="a kink")])
    assert [f.claim for f in merged.findings] == ["wrong"]
    assert (merged.tightest, merged.abstained) == (3.0, "")
    assert merge_observations([Observation(abstained="a kink")] * 2).abstained == "a kink"
