"""Findings made of what a law saw."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, UserError
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.call_results import ResultName
from gradcheck.laws.comparison import find_largest_difference
from gradcheck.laws.findings import make_crash_finding, make_finding, merge_observations, observe_differences
from gradcheck.records.status import Status
from gradcheck.records.subject import Part, Subject
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


def test_a_finding_is_at_the_line_of_backward_unless_told_otherwise():
    finding = make_finding(SQUARE, "value", CASE, "wrong", location=("here.py", 7))
    assert (finding.op, finding.law, finding.status, finding.claim) == ("square", "value", "failed", "wrong")
    assert (finding.file, finding.line) == ("here.py", 7)
    assert make_finding(SQUARE, "value", CASE, "wrong").line == backward.__code__.co_firstlineno


def test_there_is_one_finding_for_each_label_the_first_that_does_not_hold():
    wrong, right = compare([3.0], [1.0]), compare([1.1], [1.0])
    trials = [
        (ResultName(Subject.of_input("x"), "the gradient of x"), d) for d in (right, wrong, compare([9.0], [1.0]))
    ]
    seen = observe_differences("value", EVALUATOR, "here", trials, "hint")
    (finding,) = seen.findings
    assert finding.claim == "here, the gradient of x is 3 at [0], expected 1 ± 5e-01"
    assert (finding.where, finding.hint) == ("at [0]", "hint")
    assert seen.tightest == 16


def test_observations_merge_into_one():
    finding = make_finding(SQUARE, "value", CASE, "wrong", Subject.of_input("x"))
    first = Observation((finding,), 2.0)
    again = Observation((replace(finding, claim="wrong again"),), 3.0)
    merged = merge_observations([first, again, Observation(abstained="a kink")])
    assert [f.claim for f in merged.findings] == ["wrong"]
    assert (merged.tightest, merged.abstained) == (3.0, "")
    assert merge_observations([Observation(abstained="a kink")] * 2).abstained == "a kink"


def test_an_output_and_an_input_of_one_name_are_two_subjects():
    wrong = compare([3.0], [1.0])
    both = [
        (ResultName(Subject.of_output("x"), "x"), wrong),
        (ResultName(Subject.of_input("x"), "its gradient"), wrong),
    ]
    assert len(observe_differences("value", EVALUATOR, "here", both, "").findings) == 2


def test_an_exception_is_a_crash_of_its_function_at_its_line():
    def raising():
        raise ValueError("no")

    try:
        raising()
    except ValueError as error:
        crash = UserError(Part.BACKWARD, error, raising)
    finding = make_crash_finding(SQUARE, "contract", CASE, str(crash), crash)
    assert (finding.status, finding.subject) == (Status.CRASHED, Subject.of_function(Part.BACKWARD))
    assert (finding.file, finding.line) == (__file__, raising.__code__.co_firstlineno + 1)
