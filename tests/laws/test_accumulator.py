"""What one law saw in all cases: the worst finding of each subject, on its smallest case."""

from dataclasses import replace

import numpy as np

from gradcheck import Array, Case, Op
from gradcheck.laws.accumulator import KinkConvention, LawAccumulator, Observation
from gradcheck.laws.findings import make_finding
from gradcheck.records.evidence import ErrorKey, Evidence
from gradcheck.records.status import Status
from gradcheck.records.subject import Subject

KEY = ErrorKey("x", "autodiff")
SQUARE = Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, lambda x: x * x, inputs={"x": Array("N")})
WRONG = (Evidence("autodiff", 1.0, 2.0, 1e-9, False),)


def case_of(*x, seed=0):
    """A case of SQUARE."""
    return Case("square", {"x": np.array(x)}, (np.ones(len(x)),), {}, seed)


def find_wrong(status=Status.FAILED):
    """A law's function that finds the gradient of x wrong."""

    def examine(op, case, evaluator):
        finding = make_finding(op, "gradient", case, "wrong", Subject.of_input("x"), status=status, evidence=WRONG)
        return Observation((finding,))

    return examine


def test_the_worst_finding_is_kept_and_of_equals_the_smallest_case():
    accumulator = LawAccumulator()
    for case, status in [
        (case_of(1.0, 2.0, 3.0), Status.IMPRECISE),
        (case_of(1.0, 2.0), Status.FAILED),
        (case_of(1.0), Status.FAILED),
        (case_of(3.0), Status.IMPRECISE),
    ]:
        accumulator.add(case, find_wrong(status)(SQUARE, case, None), counted=True)
    (finding,) = accumulator.findings.values()
    assert (finding.status, finding.case.point[0].tolist()) == (Status.FAILED, [1.0])
    assert accumulator.examined == 4


def test_a_case_that_is_not_counted_brings_findings_alone():
    accumulator = LawAccumulator()
    seen = replace(find_wrong()(SQUARE, case_of(1.0), None), tightest=7.0, errors={KEY: 1.0})
    accumulator.add(case_of(1.0), seen, counted=False)
    assert len(accumulator.findings) == 1
    assert (accumulator.examined, accumulator.tightest, accumulator.errors) == (0, 0.0, {})


def test_an_abstention_is_counted_with_its_reason_and_nothing_else():
    accumulator = LawAccumulator()
    accumulator.add(case_of(1.0), Observation(tightest=3.0, abstained="a kink"), counted=True)
    assert accumulator.reasons == {"a kink": 1}
    assert (accumulator.examined, accumulator.tightest) == (0, 0.0)


def test_errors_and_the_tightest_difference_are_the_largest_seen():
    accumulator = LawAccumulator()
    for tightest in (0.25, 0.5, 0.125):
        seen = Observation(tightest=tightest, errors={KEY: tightest})
        accumulator.add(case_of(1.0), seen, counted=True)
    assert (accumulator.tightest, accumulator.errors) == (0.5, {KEY: 0.5})


def test_failures_alike_are_counted_from_the_last_new_finding():
    accumulator = LawAccumulator()
    for seed in range(3):
        accumulator.add(case_of(1.0, seed=seed), find_wrong()(SQUARE, case_of(1.0, seed=seed), None), counted=True)
    assert accumulator.failures_alike == 2
    other = make_finding(SQUARE, "gradient", case_of(1.0), "wrong", Subject.of_input("w"), evidence=WRONG)
    accumulator.add(case_of(1.0), Observation((other,)), counted=True)
    assert accumulator.failures_alike == 0


def test_a_convention_is_kept_with_the_first_case_that_showed_it():
    accumulator, zero = LawAccumulator(), KinkConvention("x between slopes 0 and 1", "zero")
    for x in (1.0, 2.0):
        accumulator.add(case_of(x), Observation(conventions=(zero,)), counted=True)
    assert accumulator.conventions[zero].point[0].tolist() == [1.0]
    assert str(zero) == "x between slopes 0 and 1 → zero"
