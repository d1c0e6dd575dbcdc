"""A class: a row for every submission, and results of an earlier run where nothing has changed."""

from dataclasses import dataclass, field, replace

import pytest

from gradcheck.audit.class_audit import ClassAudit, make_lost_row
from gradcheck.audit.result_log import LOG_NAME
from gradcheck.records.audit import Audit, FunctionState
from tests.audit.class_files import SIGMOID, write_submissions

pytestmark = pytest.mark.slow


@dataclass
class OneProcess:
    """A crew that audits in this process.  most: tasks after which it is interrupted.  lost: students whose process
    ends."""

    most: int = 100
    lost: tuple = ()
    ran: list = field(default_factory=list)

    def run(self, tasks, take):
        for task in tasks:
            if len(self.ran) == self.most:
                return False
            self.ran.append(task.student)
            take(task, {"error": "it died"} if task.student in self.lost else {"result": task.audit()})
        return True


@pytest.fixture
def homework(auditor, class_settings, tmp_path):
    """The audit of two submissions, anew for each run."""
    path = write_submissions(tmp_path / "in", anna=SIGMOID, ben=SIGMOID.replace("1 - cache", "pass"))
    assignment = class_settings.read_assignment()
    header = Audit(assignment.title, tuple(row.name for row in assignment.functions), (), 0, 6)
    out = tmp_path / "out"
    out.mkdir()

    def make(settings=class_settings):
        return ClassAudit(path, None, settings, out, assignment, header, taken.append)

    taken = []
    make.taken, make.path, make.out = taken, path, out
    return make


STUDENTS = ("anna", "ben")


def test_every_submission_has_its_row_in_the_order_of_names(homework):
    audit = homework().run(STUDENTS, OneProcess(), False)
    assert ([row.student for row in audit.submissions], audit.complete) == (["anna", "ben"], True)
    assert homework.taken == list(audit.submissions)


def test_a_process_that_ends_leaves_a_row_without_a_verdict(homework):
    audit = homework().run(STUDENTS, OneProcess(lost=("anna",)), False)
    lost = audit.submissions[0]
    assert ({f.state for f in lost.functions}, lost.points, lost.out_of) == ({FunctionState.UNJUDGED}, 0, 10)
    assert lost.notes == ("it died",)
    assert audit.submissions[1].notes == ()
    again = OneProcess()
    homework().run(STUDENTS, again, True)
    assert again.ran == ["anna"]


def test_an_interrupted_audit_is_partial_and_goes_on_where_it_ended(homework):
    first, second = OneProcess(most=1), OneProcess()
    part = homework().run(STUDENTS, first, False)
    assert ([row.student for row in part.submissions], part.complete) == (["anna"], False)
    whole = homework().run(STUDENTS, second, True)
    assert (second.ran, whole.complete) == (["ben"], True)
    assert whole.submissions[0] == part.submissions[0]


def test_results_are_taken_only_where_the_submission_is_the_same(homework):
    homework().run(STUDENTS, OneProcess(), False)
    (homework.path / "ben" / "layers.py").write_text(SIGMOID)
    again = OneProcess()
    homework().run(STUDENTS, again, True)
    assert again.ran == ["ben"]


def test_results_are_taken_only_where_the_settings_are_the_same(homework, class_settings):
    homework().run(("ben",), OneProcess(), False)
    again = OneProcess(most=0)
    audit = homework(replace(class_settings, seed=1)).run(("ben",), again, True)
    assert (audit.submissions, audit.complete) == ((), False)


def test_without_resume_all_is_done_anew(homework):
    homework().run(STUDENTS, OneProcess(), False)
    again = OneProcess()
    homework().run(STUDENTS, again, False)
    assert again.ran == ["anna", "ben"]


def test_a_line_that_was_cut_is_done_anew(homework):
    homework().run(STUDENTS, OneProcess(), False)
    log = homework.out / LOG_NAME
    log.write_text(log.read_text()[:-40])
    again = OneProcess()
    homework().run(STUDENTS, again, True)
    assert again.ran == ["ben"]


def test_a_lost_row_has_each_function(class_settings):
    row = make_lost_row(class_settings.read_assignment(), "zoe", "it died")
    assert [function.name for function in row.functions] == ["affine", "sigmoid", "twice"]
