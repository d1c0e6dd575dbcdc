"""The model answers of an assignment as ops, in which a student's functions are called."""

import numpy as np
import pytest

from gradcheck.audit.assignment import AssignmentError
from gradcheck.audit.assignment_reading import read_assignment
from gradcheck.audit.model_answers import load_model_answers, relocate, relocate_script
from gradcheck.audit.solution_assignment import assignment_of_solution
from gradcheck.declaration.origin import Script
from tests.audit.class_files import write_class_assignment

PLACES = (("lib/layers.py", 3), ("lib/layers.py", 9))


@pytest.fixture
def answers(tmp_path):
    return load_model_answers(read_assignment(write_class_assignment(tmp_path)))


def test_each_row_has_its_conventions_the_main_one_first(answers):
    names = {row: [answer.variant.name for answer in conventions] for row, conventions in answers.items()}
    assert names == {"affine": [""], "sigmoid": [""], "twice": ["", "three times"]}


def test_a_students_functions_are_called_in_place_of_the_models_and_no_longer(answers):
    answer, _ = answers["twice"]
    x = np.ones((2, 3))
    with answer.exchange([lambda x: (5 * x, "mine"), lambda dout, cache: (dout, cache)], PLACES) as op:
        y, cache = op.forward(x)
        assert (y[0, 0], cache) == (5, "mine")
    assert answer.op.forward(x)[0][0, 0] == 2


def test_they_go_back_where_the_check_raises(answers):
    answer, _ = answers["twice"]
    with pytest.raises(KeyError), answer.exchange([None, None], PLACES):
        raise KeyError
    assert answer.op.forward(np.ones((1, 1)))[0][0, 0] == 2


def test_a_row_without_a_formula_is_compared_with_the_model_itself(answers):
    answer, _ = answers["twice"]
    assert not answer.op.origin.reference_is_forward
    with answer.exchange([lambda x: (7 * x, None), lambda dout, cache: 7 * dout], PLACES) as op:
        assert op.reference(np.ones((1, 1)))[0, 0] == 2


def test_a_function_says_where_the_student_wrote_it():
    assert relocate(len, ("a.py", 4)).written_at == ("a.py", 4)


def test_a_counterexample_imports_from_the_students_files():
    script = Script("from answers import f_forward\nfrom answers import f_backward", "", "")
    one, two = (relocate_script(script, places).opening for places in (PLACES, (PLACES[0], ("b.py", 1))))
    assert one == "from lib.layers import f_forward, f_backward"
    assert two == "from lib.layers import f_forward\nfrom b import f_backward"
    assert relocate_script(None, PLACES) is None


@pytest.mark.parametrize("file", ["Anna's work.ipynb", "homework 2.py", "1/layers.py", "class.py"])
def test_what_cannot_be_imported_is_named(file):
    script = Script("from answers import f_forward\nfrom answers import f_backward", "", "")
    assert relocate_script(script, ((file, 1), (file, 5))).opening == f"# f_forward, f_backward: from {file}"


SCALE = """
class Scale:
    def __init__(self, w): self.w = w
    def forward(self, x: "N"): return x * self.w
    def backward(self, dout): return dout * self.w
"""


@pytest.mark.parametrize(
    ("solution", "told"),
    [
        (SCALE, "solution.py: Scale: Scale: its constructor takes w"),
        (
            "def f_forward(x: 'N', k): return x * k, k\ndef f_backward(dout, k): return dout * k, None",
            "solution.py: f: ",
        ),
    ],
)
def test_a_model_answer_that_is_no_op_is_told_by_its_row(tmp_path, solution, told):
    (tmp_path / "solution.py").write_text(solution)
    with pytest.raises(AssignmentError, match=told):
        load_model_answers(assignment_of_solution(tmp_path / "solution.py"))
