"""Findings made of what a law saw."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.op import Array, Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.call_results import ResultName
from gradcheck.laws.comparison import find_largest_difference
from gradcheck.laws.findings import make_finding, merge_observations, observe_differences
from gradcheck.records.subject import WHOLE_OP, Subject
from tests.laws.observing import make_case

X = np.array([1.0, -2.0, 3.0])


def backward(dy, x):
    return 2 * x * dy


SQUARE = Op("square", lambda x: (x * x, x), backward, inputs={"x": Array("N")})
CASE = make_case(SQUARE, X)
EVALUATOR = Evaluator(SQUARE, CASE)


def differ(got, wanted):
    """The difference of two arrays of which a half is allowed."""
    return find_largest_difference(np.array(got), np.array(wanted), np.array(0.5))


def test_a_finding_is_at_the_line_of_backward_unless_told_otherwise():
    finding = make_finding(SQUARE, "value", CASE, "wrong", location=("own.py", 7))
    assert (finding.op, finding.law, finding.status, finding.claim) == ("square", "value", "failed", "wrong")
    assert (finding.file, finding.line, finding.subject) == ("own.py", 7, WHOLE_OP)
    assert make_finding(SQUARE, "value", CASE, "wrong").line == backward.__code__.co_firstlineno


def test_there_is_one_finding_for_each_subject_the_first_that_does_not_hold():
    wrong, right = differ([3.0], [1.0]), differ([1.1], [1.0])
    trials = [(ResultName(Subject.of_input("x"), "the gradient of x"), d) for d in (right, wrong, differ([9.0], [1.0]))]
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
