"""Classes with forward and backward, as pairs that are called in the worker."""

import inspect

import numpy as np
import pytest

from gradcheck.audit.assignment import ASSIGNMENT_FOLDER, AssignmentError, Variant, list_assignments
from gradcheck.audit.assignment_reading import read_assignment
from gradcheck.audit.layer_pairs import is_layer, pair_layer
from gradcheck.audit.model_answers import load_model_answers
from gradcheck.audit.model_ops import load_model
from gradcheck.audit.solution_assignment import assignment_of_solution
from tests.audit.assignment_files import MODEL


class Square:
    def forward(self, x: "N"):  # noqa: F821
        self.x = x
        return x * x

    def backward(self, dout):
        return 2 * self.x * dout


class Scale(Square):
    def __init__(self, w, b):
        self.w = w


def test_a_class_is_a_pair_whose_cache_is_the_layer():
    forward, backward = pair_layer(Square)
    y, layer = forward(np.array([3.0]))
    assert (y[0], type(layer), backward(np.array([1.0]), layer)[0]) == (9, Square, 6)
    assert str(inspect.signature(forward)) == "(x: 'N')"


def test_a_class_whose_constructor_takes_something_is_refused_and_says_what_to_write():
    with pytest.raises(AssignmentError, match=r"Scale: its constructor takes w, b; .*through"):
        pair_layer(Scale)


def test_a_class_that_a_function_calls_is_left_to_it():
    model = load_model(ASSIGNMENT_FOLDER / "lecture_gates.py")
    assert is_layer(model, Variant("AddGate", model_forward="AddGate"))
    assert not is_layer(model, Variant("AddGate", model_forward="AddGate", through="call_add"))
    assert not is_layer(model, Variant("add_forward", model_forward="add_forward"))


@pytest.mark.parametrize("name", list_assignments())
def test_the_answers_of_every_assignment_can_be_exchanged(name):
    assignment = read_assignment(name)
    answers = load_model_answers(assignment)
    assert [len(answers[row.name]) for row in assignment.functions] == [
        len(row.variants) for row in assignment.functions
    ]


def test_the_class_of_a_solution_can_be_exchanged(tmp_path):
    (tmp_path / "solution.py").write_text(MODEL)
    (answer,) = load_model_answers(assignment_of_solution(tmp_path / "solution.py"))["Square"]
    assert [caller.name for caller in answer.callers] == ["run_layer_forward", "run_layer_backward"]
    assert (answer.variant.forward, answer.variant.backward) == ("Square", "Square")
