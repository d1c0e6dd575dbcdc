"""The pages of causes as text, as Markdown, and as the page of the documentation."""

import re

import pytest

from gradcheck.causes.catalogue import load_catalogue
from gradcheck.report.cause_page import (
    CAUSES_COMMAND,
    TITLE_WIDTH,
    escape_around_code,
    render_cause_markdown,
    render_cause_text,
    render_causes_page,
    tabulate_causes,
)
from gradcheck.report.screen import Screen

PAGES = load_catalogue()

SUM_MISSING = """\
sum-missing: the sum over a broadcast axis is missing

  wrong       db = dy  # of y = x @ w + b
  right       db = dy.sum(axis=0)
  formula     y[n, m] = (x w)[n, m] + b[m]:  db[m] = Σₙ dy[n, m]
  why         """


def test_a_page_is_the_mistake_the_right_form_the_formula_and_why():
    assert render_cause_text(PAGES["sum-missing"]).startswith(SUM_MISSING)


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize("page", list(PAGES.values())[::10], ids=lambda page: page.name)
def test_prose_fits_the_screen_and_no_word_is_lost(page, width):
    told = render_cause_text(page, Screen(width))
    prose = told[told.index("  formula") :]
    assert max(map(len, prose.split("\n"))) <= min(width, 120)
    for text in (page.formula, page.why, page.shows, page.apart):
        assert " ".join(text.split()) in " ".join(told.split())


def test_python_keeps_its_lines_below_each_other():
    page = PAGES["own-class-counted"]
    lines = render_cause_text(page, Screen(40)).split("\n")
    assert [line[TITLE_WIDTH + 2 :] for line in lines[2:5]] == page.mistake.split("\n")


def test_markdown_has_the_same_in_a_block_of_python_and_a_list():
    told = render_cause_markdown(PAGES["overwritten"])
    assert told.startswith(
        "# overwritten\n\n**a value is overwritten where it must be added to**\n\n```python\n# wrong\n"
    )
    assert "\n# right\nnp.add.at(dx, rows, dy)\n```\n\n`y[i] = x[r[i]]:" in told
    assert [line.split(":")[0] for line in told.split("\n")[-4:-1]] == ["- why", "- it shows", "- told from"]


def test_only_what_stands_between_backquotes_is_code():
    assert escape_around_code("x[0] * `a[0] * b`, *c") == r"x\[0\] \* `a[0] * b`, \*c"
    assert escape_around_code("`a` `b`") == "`a` `b`"


def test_the_page_of_the_documentation_has_a_section_for_each_cause_and_its_own_command():
    told = render_causes_page(PAGES.values())
    assert re.findall(r"^## (.+)$", told, re.MULTILINE) == list(PAGES)
    assert f"`{CAUSES_COMMAND}` writes this page." in told


def test_a_cause_is_a_row_with_name_and_title():
    assert tabulate_causes([PAGES["sign"]]).rows == (("sign", "the sign is wrong"),)
