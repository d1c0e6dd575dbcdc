import re
from functools import partial

import pytest

from gradcheck.report.audit.class_page import build_class_page
from gradcheck.report.audit.html_pages import render_class_html, render_student_html
from gradcheck.report.audit.show import Show
from gradcheck.report.audit.student_page import build_student_page
from tests.report.audit.example_audits import FORMULA, HOSTILE, TITLE, find_row, make_audit
from tests.report.html.html_reading import read_html


def render_student(student, show=Show.COUNTEREXAMPLE):
    """The page of a student of the class."""
    return render_student_html(build_student_page(make_audit(), find_row(student), show))


def render_class(**said):
    """The page of the class."""
    return render_class_html(build_class_page(make_audit(**said)))


def render_troubled_class():
    """The page of the class, with all that must be said first."""
    return render_class(complete=False, isolation={"unsafe": True, "level": HOSTILE})


PAGES = [
    *(render_troubled_class, partial(render_class, submissions=())),
    *(partial(render_student, student, show) for student in (HOSTILE, FORMULA, "ben", "zoe") for show in Show),
]


@pytest.fixture(scope="module", params=PAGES, ids=range(len(PAGES)))
def text(request):
    """The text of each page."""
    return request.param()


def test_a_page_asks_for_nothing_and_runs_nothing(text):
    page = read_html(text)
    assert {one.tag for one in page.walk()} & {"script", "link", "img", "iframe", "form", "object", "base"} == set()
    names = {name for one in page.walk() for name in one.attributes}
    assert [name for name in names if name.startswith("on") or name in ("src", "style")] == []
    assert all(one.attributes["href"].startswith("students/") for one in page.find("a"))
    assert not re.search(r"url\(|@import|https?:", text)
    policies = [one.attributes["content"] for one in page.find("meta") if "http-equiv" in one.attributes]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_a_page_can_be_read_by_everybody(text):
    page = read_html(text)
    assert page.find("html")[0].attributes["lang"] == "en"
    assert len(page.find("h1")) == len(page.find("main")) == len(page.find("head")[0].find("title")) == 1
    assert all(one.attributes["scope"] in ("col", "row") for one in page.find("th"))
    assert all(len(table.find("thead")) == 1 for table in page.find("table"))
    identities = [one.attributes["id"] for one in page.walk() if "id" in one.attributes]
    assert len(set(identities)) == len(identities)
    labels = {one.attributes["aria-labelledby"] for one in page.walk() if "aria-labelledby" in one.attributes}
    assert labels <= set(identities)


def test_every_row_is_as_long_as_its_headings(text):
    for table in read_html(text).find("table"):
        lengths = {len([c for c in row.children if c.tag in ("td", "th")]) for row in table.find("tr")}
        assert len(lengths) == 1


def test_nothing_is_written_that_cannot_be_printed(text):
    assert all(line.isprintable() for line in text.split("\n"))


def test_hostile_text_is_shown_as_it_is():
    shown = read_html(render_student(HOSTILE)).read()
    assert shown.count("<script>alert(1)</script>") >= 4
    assert "\\x1b[31m" in shown
    assert TITLE in shown
    assert FORMULA in read_html(render_troubled_class()).read()


def test_the_answer_and_the_warnings_come_first():
    (main,) = read_html(render_troubled_class()).find("main")
    first = [one.attributes.get("class") for one in main.children if one.tag != "#text"][:4]
    assert first == [None, "loud", "loud", "answer"]


def test_a_state_is_a_letter_a_colour_and_a_word():
    cells = [one for one in read_html(render_troubled_class()).find("td") if "title" in one.attributes]
    assert len(cells) == 10
    for cell in cells:
        assert cell.attributes["class"] in ("right", "warned", "wrong", "open")
        assert cell.attributes["title"] in cell.read()
        assert re.match(r"[A-Z?]!? ", cell.read())


def test_the_page_of_a_student_has_patch_picture_and_code():
    page = read_html(render_student("ben"))
    assert [one.read() for one in page.find("ins")] == [
        "+ return dy @ w.T, x.T @ dy, dy.sum(axis=0)",
        "+ mask = x > 0",
    ]
    assert [one.read() for one in page.find("figcaption")] == ["expected", "given", "difference"]
    assert all(one.attributes["role"] == "img" and one.find("title") for one in page.find("svg"))
    assert "\nprint(db)" in page.find("code")[0].read()


def test_a_hint_has_no_code():
    page = read_html(render_student("ben", Show.HINT))
    assert page.find("pre") + page.find("ins") + page.find("code") == []
    assert "an average is taken where the sum is right" in page.read()
