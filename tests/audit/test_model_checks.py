"""A model answer that is wrong is told before anybody is marked by it."""

import re

import pytest

from gradcheck.audit.assignment import AssignmentError
from gradcheck.audit.assignment_reading import read_assignment
from gradcheck.audit.model_answers import load_model_answers
from gradcheck.audit.model_checks import require_right_answers
from gradcheck.audit.one_function import AuditPlan
from gradcheck.audit.solution_assignment import assignment_of_solution
from tests.audit.class_files import ANSWERS, write_class_assignment

DRAWING = """
import numpy as np
def dropout_forward(x: "N D"):
    mask = np.random.rand(*x.shape) < 0.5
    return x * mask, mask
def dropout_backward(dout, mask):
    return dout * mask
"""


def require_right(assignment):
    require_right_answers(load_model_answers(assignment), AuditPlan(assignment, 25, 0, 60.0))


@pytest.mark.slow
def test_right_answers_are_let_pass(tmp_path):
    require_right(read_assignment(write_class_assignment(tmp_path)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("x.T @ dout", "x.T @ dout / len(x)", "affine: gradient of w is "),
        ("return 3 * dout", "return dout", "twice (three times): gradient of x is "),
        ("x @ w + b, (x, w)", "x @ w - b, (x, w)", "affine: output "),
    ],
)
def test_a_wrong_answer_is_told_by_its_row_and_convention(tmp_path, right, wrong, told):
    toml = write_class_assignment(tmp_path)
    (tmp_path / "answers.py").write_text(ANSWERS.replace(right, wrong, 1))
    with pytest.raises(AssignmentError, match=re.escape(told)) as refused:
        require_right(read_assignment(toml))
    assert str(refused.value).startswith(f"{tmp_path / 'answers.py'}: a model answer is wrong, and nobody was marked")


def test_what_draws_at_random_is_not_checked(tmp_path):
    (tmp_path / "solution.py").write_text(DRAWING)
    require_right(assignment_of_solution(tmp_path / "solution.py"))
