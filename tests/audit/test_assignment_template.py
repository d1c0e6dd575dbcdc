"""The template is an assignment: it is read as it is written, and its model answers hold."""

from pathlib import Path

import pytest

from gradcheck import check
from gradcheck.audit.assignment import AssignmentError, Points, list_lenient_laws
from gradcheck.audit.assignment_options import OPTION_READERS
from gradcheck.audit.assignment_reading import ASSIGNMENT_KEYS, FUNCTION_KEYS, read_assignment
from gradcheck.audit.assignment_template import TOML_TEMPLATE, write_template
from gradcheck.audit.model_ops import load_model, make_model_op


@pytest.mark.slow
def test_the_template_is_read_and_its_answers_hold(tmp_path):
    path, model = write_template(tmp_path / "new" / "nets.toml")
    read = read_assignment(path)
    assert (read.title, read.model, read.show) == ("nets", model, "hint")
    assert read.warn == list_lenient_laws()
    assert [row.points for row in read.functions] == [Points(1, 2), Points(0, 0, 3)]
    answers = load_model(model)
    ops = [make_model_op(answers, row, variant) for row in read.functions for variant in row.variants]
    assert [check(op, examples=12).status for op in ops] == ["passed"] * 3


def test_the_template_tells_of_every_key():
    assert [key for key in (*ASSIGNMENT_KEYS, *FUNCTION_KEYS, *OPTION_READERS) if key not in TOML_TEMPLATE] == []


@pytest.mark.parametrize("name", ["nets.toml", "nets.py"])
def test_nothing_is_overwritten(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(AssignmentError, match=f"{name} is there already"):
        write_template(tmp_path / "nets.toml")
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["nets", "nets.json", "my nets.toml", "2024.toml"])
def test_a_name_that_no_module_can_have_is_refused(tmp_path, name):
    with pytest.raises(AssignmentError, match="a TOML file named in letters"):
        write_template(tmp_path / name)


def test_a_place_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(AssignmentError, match="cannot be written"):
        write_template(Path(tmp_path / "file" / "nets.toml"))
