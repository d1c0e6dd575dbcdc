"""The summary of a job: the worst first, the rest folded, and never more than GitHub takes."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from gradcheck.report.ci.job_summary import SHOWN_BLOCKS, SHOWN_ROWS, render_job_summary
from tests.report.ci.hostile_runs import HOSTILE_COMPARISON, HOSTILE_RUN
from tests.report.example_runs import GOOD, ROWS, WRONG, make_run

FOLDER = Path(".gradcheck")

MANY = make_run(
    *(replace(GOOD, op=f"good_{i}", notes=(f"note {i}",)) for i in range(60)),
    *(replace(WRONG, op=f"wrong_{i}") for i in range(40)),
)


def test_the_answer_comes_first_and_then_the_worst_op():
    lines = render_job_summary(make_run(GOOD, WRONG), ROWS, FOLDER).splitlines()
    assert lines[:3] == ["# gradcheck", "", "**1 of 2 ops fails: affine (gradient of b). 1 regression.**"]
    rows = [line for line in lines if line.startswith("| ")]
    assert rows[1].startswith("| affine ")
    assert rows[2].startswith("| sin ")
    assert [line for line in lines if line.startswith("## ")] == ["## Ops", "## Findings", "## Regressions"]


def test_what_is_beyond_a_page_is_folded():
    told = render_job_summary(MANY, None, FOLDER)
    shown, _, folded = told.partition("<details>")
    assert shown.count("\n| wrong_") + shown.count("\n| wrong\\_") == SHOWN_ROWS
    assert f"<summary>{100 - SHOWN_ROWS} more ops</summary>\n\n| op" in told
    assert f"<summary>{40 - SHOWN_BLOCKS} more findings</summary>\n\n### " in told
    assert told.count("\n### ") == 40
    assert told.count("<details>") == told.count("</details>") == 3
    assert "Cut, " not in told
    assert "note 59" in folded


@pytest.mark.parametrize("most", [1000, 3000, 10_000, 30_000])
def test_what_does_not_fit_is_cut_and_said(most):
    told = render_job_summary(MANY, None, FOLDER, most)
    *_, last = told.splitlines()
    assert len(told.encode()) < most + len(last.encode()) + 2
    assert told.startswith("# gradcheck\n\n**40 of 100 ops fail: ")
    assert told.count("<details>") == told.count("</details>")
    assert last.startswith("Cut, to fit into a summary: ")
    findings = told.count("\n### ")
    assert (f", {40 - findings} findings" in last) or (f": {40 - findings} findings" in last)
    assert f"{61 - told.count('note ')} notes" in last


def test_no_name_is_markup():
    told = render_job_summary(HOSTILE_RUN, HOSTILE_COMPARISON, FOLDER)
    assert told.replace("\n", "").replace("\u200b", "").isprintable()
    assert "\n# heading" not in told
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(told)
    assert page.count("&lt;script&gt;") > 10
    ours = "h1 h2 h3 p strong table thead tbody tr th td ul li pre code details summary"
    assert set(re.findall(r"<(\w+)", page)) == set(ours.split())
