"""What one law has seen so far: the worst finding of each identity, and the largest errors."""

from dataclasses import replace

import numpy as np

from gradcheck.laws.accumulator import KinkConvention, LawAccumulator, Observation
from gradcheck.records.case import Case
from gradcheck.records.error_spread import ErrorSpread
from gradcheck.records.evidence import ErrorKey, Evidence, Witness
from gradcheck.records.results import Finding, FindingKind
from gradcheck.records.status import Status
from gradcheck.records.subject import Subject

KEY = ErrorKey("x", Witness.AUTODIFF)


def case(size):
    return Case("op", {"x": np.ones(size)}, (), {}, 0)


def finding(status, size, name="x"):
    evidence = (Evidence(Witness.AUTODIFF, 1.0, 2.0, 0.1, False),)
    return Finding("op", "gradient", Subject.of_input(name), status, "a claim", evidence, case=case(size))


def accumulate(*observations, counted=True):
    seen = LawAccumulator()
    for observation in observations:
        seen.add(case(1), observation, counted)
    return seen


def test_of_findings_alike_the_worst_status_stays_then_the_smallest_case():
    seen = accumulate(*(Observation((finding(s, n),)) for s, n in [
        (Status.IMPRECISE, 1), (Status.FAILED, 9), (Status.FAILED, 4), (Status.FAILED, 6),
    ]))  # fmt: skip
    (kept,) = seen.findings.values()
    assert (kept.status, kept.case.point[0].size) == (Status.FAILED, 4)


def test_failures_alike_are_counted_until_something_new_is_found():
    alike = [Observation((finding(Status.FAILED, 1),))] * 3
    assert accumulate(*alike).failures_alike == 2
    assert accumulate(*alike, Observation((finding(Status.FAILED, 1, "w"),))).failures_alike == 0


def test_a_number_that_is_not_finite_hides_no_finite_disagreement():
    finite = finding(Status.FAILED, 4)
    infinite = replace(finding(Status.FAILED, 1), kind=FindingKind.NOT_FINITE)
    seen = accumulate(Observation((infinite,)), Observation((finite,)))
    assert [*seen.findings.values()] == [infinite, finite]


def test_the_largest_errors_and_the_tightest_difference_stay():
    seen = accumulate(Observation((), 0.5, {KEY: 1e-9}), Observation((), 0.25, {KEY: 1e-3}))
    assert (seen.examined, seen.tightest, seen.errors) == (2, 0.5, {KEY: 1e-3})


def test_a_case_in_which_a_law_abstained_counts_as_a_reason():
    seen = accumulate(Observation(abstained="a kink"), Observation(abstained="a kink"))
    assert (seen.examined, seen.reasons.most_common(1)) == (0, [("a kink", 2)])


def test_a_case_that_is_not_counted_brings_findings_alone():
    seen = accumulate(Observation((finding(Status.FAILED, 1),), 0.5, {KEY: 1e-9}), counted=False)
    assert len(seen.findings) == 1
    assert (seen.examined, seen.tightest, seen.errors) == (0, 0.0, {})


def test_a_convention_is_remembered_with_the_first_case_that_met_it():
    zero = KinkConvention("x between slopes 0 and 1", "zero")
    seen = LawAccumulator()
    first, later = case(1), case(2)
    for one in (first, later):
        seen.add(one, Observation(conventions=(zero,)), counted=True)
    assert seen.conventions == {zero: first}
    assert str(zero) == "x between slopes 0 and 1 → zero"


def test_parts_are_counted_where_they_are_judged_and_where_not():
    seen = accumulate(Observation(judged=frozenset({"x"}), unjudged={"b": "why"}), Observation(unjudged={"b": "why"}))
    assert (seen.judged["x"], seen.unjudged["b"]["why"]) == (1, 2)


def test_shapes_are_kept_apart_by_whether_their_case_was_judged():
    seen = accumulate(Observation(), Observation(abstained="a kink"))
    assert seen.shapes == seen.shapes_left == {(("x", (1,)),)}


def test_errors_and_bars_are_counted_by_witness():
    other = ErrorKey("w", Witness.AUTODIFF)
    one = Observation(errors={KEY: 1e-16, other: 0.0}, bars={KEY: 1e-14, other: 1e-13})
    seen = accumulate(one, Observation(abstained="no reason", errors={KEY: 1.0}))
    assert seen.spread == {Witness.AUTODIFF: ErrorSpread({-18: 1, -16: 1}, {-14: 1, -13: 1})}
