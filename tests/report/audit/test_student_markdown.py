import re

import pytest

from gradcheck.report.audit.show import Show
from gradcheck.report.audit.student_markdown import render_student_markdown
from gradcheck.report.audit.student_page import build_student_page
from tests.report.audit.example_audits import HOSTILE, find_row, make_audit


def render(student, show=Show.COUNTEREXAMPLE):
    """The page of a student of the class."""
    return render_student_markdown(build_student_page(make_audit(), find_row(student), show))


def drop_code(text):
    """The page without what stands between fences."""
    return re.sub(r"^ *(`{3,})\w*\n.*?^ *\1$", "", text, flags=re.DOTALL | re.MULTILINE)


def test_the_page_says_all_that_is_known():
    text = render("ben")
    assert text.startswith("# Homework 1 \\<b\\>: ben\n\n**2 of 8 points: 2 wrong.**\n")
    assert "## affine: wrong, 1 of 4 points in wrong\\_functions.py:9" in text
    assert "- cause: it is divided by the length of N" in text
    assert "+ return dy @ w.T, x.T @ dy, dy.sum(axis=0)" in text
    assert "```python\nimport numpy as np\n" in text
    assert "Picture: " in text
    assert "It printed:\n\n```text\nI print x = 0.125\n```" in text


@pytest.mark.parametrize("show", Show)
def test_hostile_text_is_no_markup(show):
    text = drop_code(render(HOSTILE, show))
    assert not re.search(r"(?<!\\)<", text)
    assert not re.search(r"(?<!\\)`", text)
    assert [line for line in text.split("\n") if line.startswith("# ")] == text.split("\n")[:1]
    assert all(line.isprintable() for line in text.split("\n"))


def test_rows_of_the_table_have_as_many_cells_as_headings():
    rows = [line for line in render(HOSTILE).split("\n") if line.startswith("|")]
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1


def test_a_hint_holds_the_mistake_and_no_number_but_points_and_places():
    text = render("ben", Show.HINT)
    told = "\n".join(line for line in text.split("\n") if not line.startswith(("#", "|", "**")))
    assert "an average is taken where the sum is right" in told
    assert not re.search(r"\d", told)
    assert "```" not in text


def test_none_holds_points_and_states_alone():
    lines = render("ben", Show.NONE).split("\n")
    assert [line for line in lines[3:] if line and not line.startswith("|")] == []


def test_equal_pages_are_equal_bytes():
    assert render("ben") == render("ben")
