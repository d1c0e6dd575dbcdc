from dataclasses import replace

from gradcheck.records.audit import FunctionState
from gradcheck.report.audit.answer import (
    INCOMPLETE,
    UNSAFE,
    compose_audit_answer,
    count_states,
    describe_isolation,
    list_warnings,
)
from tests.report.audit.example_audits import RIGHT, make_audit


def test_the_answer_counts_submissions_and_functions():
    assert compose_audit_answer(make_audit()) == (
        "5 submissions, 8 functions: 1 right, 1 right with warnings, 4 wrong, 1 crashed, 1 unfinished; "
        "1 submission could not be run."
    )


def test_a_class_without_submissions_has_an_answer():
    assert compose_audit_answer(make_audit(submissions=())) == "0 submissions, no function was run."


def test_states_are_counted_in_their_order():
    states = (FunctionState.UNFINISHED, FunctionState.RIGHT, FunctionState.UNFINISHED)
    assert count_states(replace(RIGHT, state=state) for state in states) == "1 right, 2 unfinished"


def test_warnings_stand_for_what_is_not_as_it_should_be():
    assert list(list_warnings(make_audit())) == []
    assert list(list_warnings(make_audit(isolation={"unsafe": True}, complete=False))) == [UNSAFE, INCOMPLETE]


def test_isolation_is_stated_as_the_sandbox_says_it():
    isolation = {
        "level": "strong",
        "backend": "seccomp",
        "limits": {"memory": 5},
        "canary": dict.fromkeys("ab", "blocked"),
    }
    said = "strong (seccomp); all 2 things that a worker tried were blocked"
    assert describe_isolation(make_audit(isolation=isolation)) == said
    assert describe_isolation(make_audit(isolation={})) == "nothing is known of it"


def test_what_a_worker_could_still_do_is_named():
    isolation = {"level": "contained", "canary": {"read": "leak", "fork": "blocked"}}
    said = describe_isolation(make_audit(isolation=isolation))
    assert said == "contained; of 2 things that a worker tried these were not blocked: read"
