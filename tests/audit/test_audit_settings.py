"""How a class is audited: what is asked for is read by name, from a file, or from a solution."""

import pickle

import pytest

from gradcheck.audit.assignment import AssignmentError
from gradcheck.audit.audit_settings import AuditSettings
from tests.audit.class_files import ANSWERS, write_class_assignment


def test_an_assignment_is_read_by_its_name_or_its_file(tmp_path):
    assert AuditSettings("cs231n_a2").read_assignment().name == "cs231n_a2"
    assert AuditSettings(str(write_class_assignment(tmp_path))).read_assignment().title == "Homework 1"


def test_a_solution_says_what_is_asked_for(tmp_path):
    (tmp_path / "solution.py").write_text(ANSWERS)
    asked = AuditSettings(solution=str(tmp_path / "solution.py")).read_assignment()
    assert {"affine", "sigmoid", "twice"} <= {row.name for row in asked.functions}


def test_an_assignment_that_is_none_is_refused_with_the_nearest_name():
    with pytest.raises(AssignmentError, match="cs231n_a2"):
        AuditSettings("cs231n-a2").read_assignment()


def test_settings_reach_other_processes_as_they_are():
    settings = AuditSettings("cs231n_a2", seed=3, seconds=5.0, unsafe=True)
    assert pickle.loads(pickle.dumps(settings)) == settings
    assert hash(settings) != hash(AuditSettings("cs231n_a2", seed=4, seconds=5.0, unsafe=True))
