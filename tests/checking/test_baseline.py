"""A baseline is measured on a pinned corpus, and tells what got worse from what cannot be compared."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from gradcheck import Array, Op, real
from gradcheck.checking.baseline import (
    RAISED,
    ErrorComparison,
    compare_runs,
    digest_pinned_cases,
    draw_tail_cases,
    find_unsound_error,
    measure_gradient_errors,
)
from gradcheck.discovery.library import load_library_ops
from gradcheck.oracles.error_factors import FLOOR, REGRESSION
from gradcheck.records.evidence import ELEMENTWISE, ErrorKey, read_errors
from gradcheck.records.results import OpResult, Run

PINNED = {
    "add": "ff266f645b8b9fec10d8aa2f3f7fd2d5",
    "concat": "64881ba11f2c3e9074928136cc4dab07",
    "conv2d": "cb8930a2082a532cf5ad7615c67d9c45",
    "embedding": "12f3a09514073ed574d76bba6e0b47e2",
    "lstm_step": "d2998b74a42dda8a5fbc39df4bd9db78",
    "sin": "d9892ca02c90c4670fb1c26f46011215",
}
"""The corpora of some ops.  One changes when its declaration does, or how all are drawn, and every baseline with it."""

ERRORS = read_errors({"x, autodiff": 1e-15, "x, differences": 1e-10})


def run(corpus="c0ffee", **measured):
    """A run in which these errors were measured, by op."""
    return Run(tuple(OpResult(op, "user", (), measured=m, corpus=corpus) for op, m in measured.items()), 0, 100)


def timed_out(whole):
    """A run whose last op was stopped before it was measured."""
    *others, last = whole.results
    return replace(whole, results=(*others, replace(last, measured={}, corpus="")))


def square(backward=lambda dy, x: 2 * x * dy, forward=lambda x: (x * x, x)):
    return Op("square", forward, backward, lambda x: x * x, inputs={"x": Array("*S")})


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
        (run(sin=ERRORS), run("decade", sin=ERRORS), ["different cases of sin:", "Save a new baseline"]),
        (run("", sin=ERRORS), run(sin=ERRORS), ["the baseline was not measured", "gradcheck check --save"]),
        (run(sin=ERRORS), run("", sin=ERRORS), ["this run was not measured"]),
        (run(sin={}, cos={}), timed_out(run(sin={}, cos={})), ["this run was not measured"]),
    ],
    ids=["corpus", "baseline", "this run", "an op"],
)
def test_what_cannot_be_compared_is_named(before, after, words):
    (said,) = compare_runs(before, after).incomparable
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
    old = replace(run(sin=ERRORS), environment={"numpy": "2.1.0", "python": "3.12.1"})
    new = replace(run(sin=ERRORS), environment={"numpy": "2.3.1", "python": "3.12.1", "machine": "Linux"})
    assert compare_runs(old, new).environment == ("numpy 2.1.0, now 2.3.1",)
    assert compare_runs(new, new).environment == ()


@pytest.mark.parametrize("error", [float("nan"), 1e300, -1e-16])
def test_an_error_that_no_measurement_gives_is_found(error):
    assert find_unsound_error(run(sin=ERRORS)) == ""
    assert find_unsound_error(run(sin={RAISED: float("inf")})) == ""
    assert find_unsound_error(run(sin={ErrorKey("x", "autodiff"): error})).startswith("x, autodiff of sin is ")


def test_an_elementwise_error_within_the_last_digits_does_not_regress():
    def elementwise(error):
        return {ErrorKey("x", ELEMENTWISE): error}

    assert changes(elementwise(0.0), elementwise(1e-13)) == ["same"]
    assert changes(elementwise(0.0), elementwise(1e-12)) == ["regressed"]


def test_the_corpus_reaches_the_tails_in_plain_and_bounded_domains():
    for op in (square(), replace(square(), inputs={"x": Array("*S", real(-30, 30))})):
        sizes = np.concatenate([np.abs(case.point[0]).ravel() for case in draw_tail_cases(op)])
        assert (sizes.max() > 25, sizes.max() <= 40) == (True, True)


def test_measuring_twice_gives_the_same_errors():
    assert measure_gradient_errors(square()) == measure_gradient_errors(square())


@pytest.mark.slow
def test_a_worse_gradient_measures_worse_and_one_that_raises_infinitely():
    def refusing(dy, x):
        raise ValueError("not today")

    assert max(measure_gradient_errors(square()).values()) < 1e-9
    assert measure_gradient_errors(square(lambda dy, x: 2.002 * x * dy))[ErrorKey("x", "autodiff")] == pytest.approx(
        1e-3
    )
    assert measure_gradient_errors(square(refusing)) == {RAISED: np.inf}


def test_the_corpus_is_pinned():
    assert {op.name: digest_pinned_cases(op) for op in load_library_ops() if op.name in PINNED} == PINNED


@pytest.mark.slow
def test_the_corpus_is_the_same_in_whatever_process():
    code = f"""
from gradcheck.checking.baseline import digest_pinned_cases
from gradcheck.discovery.library import load_library_ops
import sys
print(*(digest_pinned_cases(op) for op in load_library_ops() if op.name in {[*PINNED]}), "hypothesis" in sys.modules)"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [*(PINNED[op.name] for op in load_library_ops() if op.name in PINNED), "False"]


def test_the_digest_runs_no_code_under_test_and_knows_the_declaration():
    def forbidden(*args):
        raise AssertionError("code under test ran")

    assert digest_pinned_cases(square(forbidden, forbidden)) == digest_pinned_cases(square())
    assert digest_pinned_cases(replace(square(), inputs={"x": Array("N")})) != digest_pinned_cases(square())
