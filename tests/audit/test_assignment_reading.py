"""An assignment is read by its name, or from a file; whatever is wrong in it is one message."""

import pytest

from gradcheck.audit.assignment import ASSIGNMENT_FOLDER, AssignmentError, Points, list_assignments, list_lenient_laws
from gradcheck.audit.assignment_reading import read_assignment
from tests.audit.assignment_files import HEAD, ROW, is_refused, read_text, write_assignment

SECOND = ROW.replace('"square"', '"second"')


def test_an_assignment_of_a_file(tmp_path):
    head = 'title = "Squares"\nsource = "a book"\nwarn = ["purity"]\nskip = ["extremes"]\nshow = "hint"\n'
    read = read_text(tmp_path, head + HEAD + ROW + SECOND + 'needs = ["square"]\nrandom = true\n')
    assert (read.name, read.title, read.source, read.show) == ("course", "Squares", "a book", "hint")
    assert (read.warn, read.skip, read.model) == (("purity",), ("extremes",), tmp_path / "answers.py")
    square, second = read.functions
    assert (square.needs, square.random, second.needs, second.random) == ((), False, ("square",), True)


def test_an_assignment_says_little(tmp_path):
    read = read_text(tmp_path)
    assert (read.title, read.source, read.warn, read.skip, read.show) == (
        "course",
        "",
        list_lenient_laws(),
        (),
        "counterexample",
    )
    assert read_text(tmp_path, "warn = []\n" + HEAD + ROW).warn == ()
    assert read.functions[0].points == Points(1, 2)


@pytest.mark.parametrize("name", list_assignments())
def test_an_assignment_that_comes_with_gradcheck_is_read_by_its_name(name):
    read = read_assignment(name)
    assert (read.name, read.model.parent) == (name, ASSIGNMENT_FOLDER)
    assert read.points > 0
    assert read_assignment(str(ASSIGNMENT_FOLDER / f"{name}.toml")) == read


@pytest.mark.parametrize(
    ("points", "read"),
    [
        ("4", Points(0, 0, 4)),
        ("0", Points(0, 0, 0)),
        ("{ value = 1.5, gradient = 3 }", Points(1.5, 3)),
        ("{ gradient = 3 }", Points(0, 3)),
    ],
)
def test_points_are_a_table_or_a_number(tmp_path, points, read):
    assert read_text(tmp_path, HEAD + ROW + f"points = {points}").functions[0].points == read
    rows = read_text(tmp_path, f"points = {points}\n" + HEAD + ROW + SECOND + "points = 1").functions
    assert [row.points for row in rows] == [read, Points(0, 0, 1)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ['model is missing; write model = "…"']),
        ("title = oops\n", ["cannot be read as TOML", "line 1"]),
        ('model = "none.py"\n' + ROW, ["model names", "none.py, which is no file"]),
        (HEAD, ["asks for no function", "write [[functions]]"]),
        ('modle = "answers.py"\n' + ROW, ["no key 'modle'", "did you mean 'model'?"]),
        (HEAD + ROW + 'nmae = "x"', ["function 1 (square)", "no key 'nmae'", "did you mean 'name'?"]),
        (HEAD + '[[functions]]\nname = "x"', ["function 1 (x): forward is missing"]),
        (HEAD + 'warn = ["purrity"]\n' + ROW, ["warn names 'purrity', which is no law; did you mean 'purity'?"]),
        (HEAD + 'skip = ["speed"]\n' + ROW, ["skip names 'speed', which is no law; there are: contract"]),
        (HEAD + 'show = "all"\n' + ROW, ["show is 'all'; write one of counterexample, hint, none"]),
        (HEAD + ROW + ROW, ["two functions are named 'square'; rename one"]),
        (HEAD + ROW + SECOND + 'needs = ["squre"]', ["second needs 'squre'", "did you mean 'square'?"]),
        (HEAD + ROW + 'needs = ["square"]', ["square needs 'square', which is no function above it"]),
        (HEAD + ROW + "points = -1", ["points has a number below zero"]),
        (HEAD + ROW + 'points = "two"', ["points is 'two', not a number"]),
        (HEAD + ROW + "points = { values = 1 }", ["points: there is no key 'values'; did you mean 'value'?"]),
        (HEAD + ROW + "points = { value = true }", ["points: value is True, not a number"]),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, text, words):
    assert is_refused(tmp_path, text, *words)


def test_a_name_that_is_none_is_told_the_nearest():
    with pytest.raises(AssignmentError, match=r"no assignment 'cs231_a2'; did you mean 'cs231n_a\d'\?"):
        read_assignment("cs231_a2")
    with pytest.raises(AssignmentError, match=r"there are: coursera_dl, .*; or name a TOML file"):
        read_assignment("physics")


def test_a_file_that_is_missing_is_told_how_to_begin(tmp_path):
    with pytest.raises(AssignmentError, match="no such file; `gradcheck audit --new "):
        read_assignment(tmp_path / "course.toml")


def test_a_file_in_another_encoding_is_refused(tmp_path):
    path = write_assignment(tmp_path)
    path.write_bytes('title = "Übung"\n'.encode("latin-1") + HEAD.encode())
    with pytest.raises(AssignmentError, match="cannot be read as TOML"):
        read_assignment(path)
