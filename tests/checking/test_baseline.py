"""Two runs are compared op by op, and what got worse is told from what cannot be compared."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from gradcheck.checking.baseline import (
    ErrorComparison,
    compare_runs,
)
from gradcheck.checking.pinned_errors import RAISED
from gradcheck.checking.regression_rule import RegressionRule, RegressionRules
from gradcheck.oracles.error_factors import FLOOR, REGRESSION
from gradcheck.records.evidence import ELEMENTWISE, ErrorKey, read_errors
from gradcheck.records.measured_run import MeasuredOp, MeasuredRun

ERRORS = read_errors({"x, autodiff": 1e-15, "x, differences": 1e-10})


def run(corpus="c0ffee", seed=0, environment=MappingProxyType({}), **measured):
    """A run in which these errors were measured, by op."""
    return MeasuredRun({op: MeasuredOp(op, corpus, m, environment) for op, m in measured.items()}, seed, environment)


def timed_out(whole):
    """A run whose last op was stopped before it was measured."""
    last = [*whole.ops][-1]
    return replace(whole, ops={**whole.ops, last: MeasuredOp(last, "", {})})


def changes(before, after):
    """What became of each error of one op."""
    return [row.change for row in compare_runs(run(sin=before), run(sin=after)).rows]


def test_the_same_run_twice_is_the_same():
    comparison = compare_runs(run(sin=ERRORS), run(sin=ERRORS))
    assert [row.change for row in comparison.rows] == ["same", "same"]
    assert comparison.regressions == ()


def test_more_than_ten_times_worse_is_a_regression_and_the_other_way_round_an_improvement():
    assert REGRESSION == 10
    assert changes(
        read_errors({"x, differences": 1e-10}),
        read_errors({"x, differences": 1.1e-9}),
    ) == ["regressed"]
    assert changes(
        read_errors({"x, differences": 1e-10}),
        read_errors({"x, differences": 0.9e-9}),
    ) == ["same"]
    assert changes(
        read_errors({"x, differences": 1.1e-9}),
        read_errors({"x, differences": 1e-10}),
    ) == ["improved"]


def test_below_what_rounding_explains_nothing_regresses():
    floor = FLOOR["float64"]
    assert changes(
        read_errors({"x, autodiff": 0.0}),
        read_errors({"x, autodiff": floor}),
    ) == ["same"]
    assert changes(
        read_errors({"x, autodiff": 0.0}),
        read_errors({"x, autodiff": 1.01 * floor}),
    ) == ["regressed"]


def test_a_gradient_that_raises_now_is_a_regression_and_one_that_raised_before_an_improvement():
    raising = {RAISED: float("inf")}
    assert changes(ERRORS, raising) == ["regressed", "lost", "lost"]
    assert changes(raising, ERRORS) == ["improved", "new", "new"]


def test_a_witness_that_is_lost_counts_as_a_regression_and_a_new_one_does_not():
    alone = read_errors({"x, autodiff": 1e-3})
    both = {**alone, ErrorKey("x", "differences"): 1e-3}
    lost, new = compare_runs(run(sin=both), run(sin=alone)), compare_runs(run(sin=alone), run(sin=both))
    assert [row.change for row in lost.rows] == ["same", "lost"]
    assert lost.regressions == (ErrorComparison("sin", ErrorKey("x", "differences"), 1e-3, None),)
    assert [row.change for row in new.rows] == ["same", "new"]
    assert new.regressions == ()


def test_a_regression_keeps_both_figures():
    (row,) = compare_runs(
        run(sin=read_errors({"x, autodiff": 1e-12})),
        run(sin=read_errors({"x, autodiff": 1e-6})),
    ).regressions
    assert row == ErrorComparison("sin", ErrorKey("x", "autodiff"), 1e-12, 1e-6)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (run(sin=ERRORS), run("decade", sin=ERRORS), ["sin was measured on different cases:", "Renew the baseline"]),
        (run("", sin=ERRORS), run(sin=ERRORS), ["sin was not measured", "in the baseline"]),
        (run(sin=ERRORS), run("", sin=ERRORS), ["sin was not measured", "in this run"]),
        (run(sin={}, cos={}), timed_out(run(sin={}, cos={})), ["cos was not measured", "in this run"]),
    ],
    ids=["corpus", "baseline", "this run", "an op"],
)
def test_what_cannot_be_compared_is_named(before, after, words):
    comparison = compare_runs(before, after)
    (said,) = comparison.reasons
    assert set(comparison.op_changes.values()) == {"not comparable"}
    assert [word for word in words if word not in said] == []


def test_ops_of_one_run_alone_are_named_and_the_others_compared():
    comparison = compare_runs(run(sin=ERRORS, cos=ERRORS), run(sin=ERRORS, tan=ERRORS))
    assert (comparison.missing, comparison.new) == (("cos",), ("tan",))
    assert [(row.op, row.change) for row in comparison.rows] == [("sin", "same")] * 2
    assert not comparison.holds


@pytest.mark.parametrize(("allowed", "holds"), [((), False), (("missing",), False), (("missing", "new"), True)])
def test_missing_and_new_ops_fail_unless_they_are_allowed(allowed, holds):
    before, after = run(sin=ERRORS, cos=ERRORS), run(sin=ERRORS, tan=ERRORS)
    assert compare_runs(before, after, dict.fromkeys(allowed, "allowed")).holds is holds


def test_another_environment_is_named():
    old = run(environment={"numpy": "2.1.0", "python": "3.12.1"}, sin=ERRORS)
    new = run(environment={"numpy": "2.3.1", "python": "3.12.1", "machine": "Linux"}, sin=ERRORS)
    assert compare_runs(old, new).environment == ("numpy 2.1.0, now 2.3.1",)
    assert compare_runs(new, new).environment == ()


def test_an_elementwise_error_within_the_last_digits_does_not_regress():
    def elementwise(error):
        return {ErrorKey("x", ELEMENTWISE): error}

    assert changes(elementwise(0.0), elementwise(1e-13)) == ["same"]
    assert changes(elementwise(0.0), elementwise(1e-12)) == ["regressed"]


def test_a_run_with_another_seed_is_not_comparable():
    comparison = compare_runs(run(sin=ERRORS), run(seed=3, sin=ERRORS))
    assert (comparison.rows, comparison.missing, comparison.new) == ((), (), ())
    assert comparison.reasons == ("the baseline was made with seed 0, and this run with 3; use seed 0, or renew it",)


def test_a_run_of_other_ops_alone_is_not_comparable_unless_only_these_were_asked_for():
    before, after = run(sin=ERRORS, cos=ERRORS), run(tan=ERRORS)
    allowed = {"missing": "allowed", "new": "allowed"}
    assert "another set of ops: none of its 2 is among the 1 " in compare_runs(before, after, allowed).apart
    asked_for = compare_runs(before, after, is_partial=True)
    assert (asked_for.apart, asked_for.new) == ("", ("tan",))
    assert compare_runs(run(), after).new == ("tan",)


def test_what_became_of_an_op_is_the_worst_of_it():
    grew = dict.fromkeys(ERRORS, 0.001)
    before = run(same=ERRORS, worse=ERRORS, better=grew, wrong=ERRORS, gone=ERRORS, moved=ERRORS)
    after = run(same=ERRORS, worse=grew, better=ERRORS, wrong=grew, fresh=ERRORS)
    wrong = replace(after.ops["wrong"], fails=True)
    moved = replace(before.ops["moved"], corpus="decade")
    comparison = compare_runs(before, replace(after, ops={**after.ops, "wrong": wrong, "moved": moved}))
    assert comparison.op_changes == {
        "same": "same",
        "worse": "regressed",
        "better": "improved",
        "wrong": "failing",
        "gone": "gone",
        "fresh": "new",
        "moved": "not comparable",
    }


def test_the_rule_of_an_op_is_its_own():
    grown = {key: 20 * error for key, error in ERRORS.items()}
    rules = RegressionRules(RegressionRule(floor=0), {"cos": RegressionRule(factor=30, floor=0)})
    comparison = compare_runs(run(sin=ERRORS, cos=ERRORS), run(sin=grown, cos=grown), rules=rules)
    assert comparison.op_changes == {"sin": "regressed", "cos": "same"}
    alone = compare_runs(run(sin=ERRORS), run(sin=ERRORS), rules=rules, is_partial=True)
    assert [*alone.rules.by_op] == []
