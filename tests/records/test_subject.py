"""The part of an op that a finding is about."""

import pytest

from gradcheck.records.subject import WHOLE_OP, Part, Subject, SubjectKind


@pytest.mark.parametrize(
    ("subject", "kind", "name"),
    [
        (Subject.of_input("x"), SubjectKind.INPUT, "x"),
        (Subject.of_output("x"), SubjectKind.OUTPUT, "x"),
        (Subject.of_function(Part.FORWARD), SubjectKind.FUNCTION, "forward"),
        (WHOLE_OP, SubjectKind.OP, ""),
        (Subject.of_input(""), SubjectKind.OP, ""),
    ],
)
def test_a_subject_has_a_kind_and_a_name(subject, kind, name):
    assert (subject.kind, subject.name, str(subject)) == (kind, name, name)


def test_an_input_and_an_output_of_one_name_are_two():
    assert len({Subject.of_input("x"), Subject.of_output("x"), Subject.of_input("x")}) == 2
