from dataclasses import replace

import pytest

from gradcheck.records.audit import (
    Audit,
    FunctionResult,
    FunctionState,
    Mark,
    SubmissionResult,
    describe_broken_law,
    describe_mistake,
)
from gradcheck.records.results import FindingKind, RunError
from gradcheck.records.subject import WHOLE_OP, Part, Subject
from tests.report.example_runs import CRASHED, EXPLAINED, FINDING, WRONG

WRONG_AFFINE = FunctionResult(
    "affine", FunctionState.WRONG, marks=(Mark("gradient", 1.0, 3.0, "failed"),), result=WRONG, answers="a1"
)
CRASHED_CONCAT = FunctionResult("concat", FunctionState.CRASHED, marks=(Mark("gradient", 0.0, 2.0),), result=CRASHED)


def make_class(*students, function=WRONG_AFFINE, **said):
    """An audit of students who all have the same functions."""
    rows = tuple(SubmissionResult(student, (function, CRASHED_CONCAT)) for student in students)
    return Audit("hw1", ("affine", "concat"), rows, seed=0, examples=8, **said)


def with_finding(finding):
    """A wrong function of which this was found."""
    return replace(WRONG_AFFINE, result=replace(WRONG, verdicts=(replace(WRONG.verdicts[1], findings=(finding,)),)))


def test_json_gives_an_audit_back():
    audit = make_class("anna", "ben", isolation={"unsafe": True}, environment={"numpy": "2.4"}, complete=False)
    assert Audit.from_json(audit.to_json()).to_json() == audit.to_json()
    assert Audit.from_json(audit.to_json()).is_unsafe


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "gradcheck-run/7"}', '{"schema": "gradcheck-audit/1"}'])
def test_what_is_no_audit_is_refused(text):
    with pytest.raises(RunError):
        Audit.from_json(text)


def test_points_are_sums_of_marks():
    (row,) = make_class("anna").submissions
    assert (row.points, row.out_of) == (1.0, 5.0)


def test_the_finding_that_is_read_first_follows_from_no_other():
    own = replace(FINDING, follows="", claim="own")
    verdict = replace(WRONG.verdicts[1], findings=(FINDING, own))
    assert replace(WRONG_AFFINE, result=replace(WRONG, verdicts=(verdict,))).finding == own


def test_a_mistake_has_the_words_of_its_cause_without_the_number_of_cases():
    assert describe_mistake(replace(EXPLAINED, cause="averaged (so in all 12 cases tried)")) == "averaged"


def test_a_mistake_without_a_cause_is_a_law_that_does_not_hold():
    unknown = replace(FINDING, cause="no known cause reproduces it; wrong at 3 of 12 elements")
    assert describe_mistake(unknown) == "gradient of b is not as expected"


@pytest.mark.parametrize("kind", FindingKind)
def test_a_broken_law_is_told_without_a_number(kind):
    said = describe_broken_law(replace(FINDING, kind=kind, subject=WHOLE_OP))
    assert said.startswith("gradient ")
    assert not any(c.isdigit() for c in said)


@pytest.mark.parametrize(
    ("law", "subject", "said"),
    [
        ("contract", Subject.of_input("x"), "gradient of x has another form than expected"),
        ("contract", Subject.of_output("y"), "output y has another form than expected"),
        ("contract", Subject.of_function(Part.BACKWARD), "backward has another form than expected"),
    ],
)
def test_a_broken_law_names_what_it_is_broken_of(law, subject, said):
    assert describe_broken_law(replace(FINDING, law=law, subject=subject, kind=FindingKind.MALFORMED)) == said


def test_mistakes_of_different_numbers_are_the_same_mistake():
    function = with_finding(replace(FINDING, follows="", cause=""))
    other = with_finding(replace(FINDING, follows="", cause="", claim="gradient of b is 7"))
    audit = make_class("anna", function=function)
    rows = (*audit.submissions, *make_class("ben", function=other).submissions)
    assert replace(audit, submissions=rows).mistakes == (
        ("affine", "gradient of b is not as expected", ("anna", "ben")),
    )


def test_equal_answers_are_those_of_wrong_functions():
    assert make_class("anna", "ben").same_answers == (("affine", ("anna", "ben")),)
    assert make_class("anna", "ben", function=replace(WRONG_AFFINE, state=FunctionState.WARNED)).same_answers == ()


def test_each_state_is_right_judged_or_neither():
    assert {s for s in FunctionState if s.is_right} < {s for s in FunctionState if s.is_judged} < set(FunctionState)
