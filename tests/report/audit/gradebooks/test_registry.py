import json

import pytest

from gradcheck.report.audit.gradebooks.registry import GRADEBOOKS, GradebookError, load_gradebook
from gradcheck.report.audit.show import Show
from tests.report.audit.example_audits import make_audit

every = pytest.mark.parametrize("name", GRADEBOOKS)


@every
def test_a_gradebook_is_found_by_its_name(name):
    assert load_gradebook(name).name == name


@every
@pytest.mark.parametrize("show", Show)
def test_equal_audits_give_equal_texts(name, show):
    gradebook = load_gradebook(name)
    assert gradebook.render(make_audit(), show, "") == gradebook.render(make_audit(), show, "")


@every
def test_a_class_of_nobody_is_no_error(name):
    assert isinstance(load_gradebook(name).render(make_audit(submissions=()), Show.NONE, ""), dict)


@every
def test_texts_are_whole_lines_of_printable_characters(name):
    for text in load_gradebook(name).render(make_audit(), Show.COUNTEREXAMPLE, "").values():
        assert text.endswith("\n")
        assert all(line.isprintable() for line in text.split("\n"))


def test_a_gradebook_that_does_not_exist_is_named_with_its_neighbour():
    with pytest.raises(GradebookError, match="gradescope"):
        load_gradebook("gradscope")


def test_json_has_no_number_that_only_python_reads():
    for name in ("gradescope", "classroom"):
        for text in load_gradebook(name).render(make_audit(), Show.COUNTEREXAMPLE, "").values():
            json.loads(text, parse_constant=pytest.fail)
