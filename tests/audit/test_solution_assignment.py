"""A solution alone is an assignment: its pairs, classes and losses are the rows, in its order."""

import pytest

from gradcheck import check
from gradcheck.audit.assignment import ASSIGNMENT_FOLDER, AssignmentError, Points
from gradcheck.audit.model_ops import load_model, make_model_op
from gradcheck.audit.solution_assignment import assignment_of_solution
from tests.audit.assignment_files import MODEL


def read_solution(folder, source=MODEL):
    path = folder / "solution.py"
    path.write_text(source)
    return assignment_of_solution(path)


def test_pairs_classes_and_losses_are_rows(tmp_path):
    read = read_solution(tmp_path)
    assert [(row.name, row.main.forward, row.main.adapter) for row in read.functions] == [
        ("square", "square_forward", ""),
        ("half", "half_forward", ""),
        ("total_loss", "total_loss", "loss"),
        ("Square", "Square", "layer"),
    ]
    assert (read.name, read.model, read.points) == ("solution", tmp_path / "solution.py", 12)
    assert read.functions[0].main.reference == "square_reference"


@pytest.mark.slow
def test_the_rows_of_a_solution_become_ops(tmp_path):
    read = read_solution(tmp_path)
    answers = load_model(read.model)
    results = [check(make_model_op(answers, row), examples=6) for row in read.functions]
    assert {finding.law for result in results for finding in result.findings} == set()


def test_a_plain_pair_is_named_after_its_file(tmp_path):
    read = read_solution(tmp_path, MODEL.replace("square_", ""))
    assert (read.functions[0].name, read.functions[0].main.backward) == ("solution", "backward")
    assert read.functions[0].main.reference == "reference"


def test_a_variant_keeps_the_names_that_students_write(tmp_path):
    (row,) = read_solution(
        tmp_path, "def conv_forward_naive(x):\n    return x, x\ndef conv_backward_naive(dout, x):\n    return dout\n"
    ).functions
    assert (row.name, row.main.forward, row.main.backward) == (
        "conv_naive",
        "conv_forward_naive",
        "conv_backward_naive",
    )


def test_what_draws_at_random_is_known_for_it(tmp_path):
    drawing = MODEL.replace("return x * x, x", "return x * (np.random.rand(*x.shape) < 0.5), x")
    assert [row.random for row in read_solution(tmp_path, drawing).functions] == [True, False, False, False]


def test_the_model_of_a_course_is_a_solution():
    read = assignment_of_solution(ASSIGNMENT_FOLDER / "cs231n_a3.py")
    assert [row.name for row in read.functions] == [
        "rnn_step",
        "rnn",
        "word_embedding",
        "lstm_step",
        "lstm",
        "temporal_affine",
        "temporal_softmax_loss",
    ]
    assert {row.points for row in read.functions} == {Points()}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = 1\n", "holds no pair"),
        ("def f_forward(x):\n    return x, x\n", "holds no pair"),
        ("raise ValueError('broken')\n", "ValueError: broken .line 1."),
        ("def f(:\n", "SyntaxError"),
    ],
)
def test_a_solution_without_anything_to_ask_for_is_refused(tmp_path, source, words):
    with pytest.raises(AssignmentError, match=words):
        read_solution(tmp_path, source)


def test_a_solution_that_is_missing_is_refused(tmp_path):
    with pytest.raises(AssignmentError, match="no such file"):
        assignment_of_solution(tmp_path / "none.py")
