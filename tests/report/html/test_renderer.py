"""The page of a run: it holds all of itself, shows hostile text as it is, and can be read by everybody."""

import base64
import hashlib
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from gradcheck.records.error_spread import ErrorSpread
from gradcheck.records.results import Run
from gradcheck.records.searched import CaseClass
from gradcheck.report import render_run
from gradcheck.report.context import ReportContext
from gradcheck.report.html.renderer import HTML
from tests.report import example_runs
from tests.report.html.example_pages import MARKUP, RESULTS, render_full_page
from tests.report.html.html_reading import read_html

BASELINE = Path(__file__).parents[3] / "reports" / "library.json"
LARGEST_PAGE = 1_000_000
"""Bytes of the page of the whole library."""


@pytest.fixture(scope="module")
def text():
    """The page of a run that has something of everything."""
    return render_full_page()


@pytest.fixture(scope="module")
def page(text):
    """The tree of that page."""
    return read_html(text)


def test_a_page_asks_for_nothing(page):
    assert {one.tag for one in page.walk()} & {"link", "img", "iframe", "form", "object", "base"} == set()
    addresses = [one.attributes["href"] for one in page.walk() if "href" in one.attributes]
    assert all(address.startswith("#") for address in addresses)
    own = "".join(one.read() for tag in ("style", "script") for one in page.find(tag))
    assert not re.search(r"url\(|@import|https?:|fetch", own)


def test_nothing_but_the_script_of_the_page_may_run(text, page):
    (script,) = page.find("script")
    digest = base64.b64encode(hashlib.sha256(script.read().encode()).digest()).decode()
    (policy,) = [one.attributes["content"] for one in page.find("meta") if "http-equiv" in one.attributes]
    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    names = {name for one in page.walk() for name in one.attributes}
    assert [name for name in names if name.startswith("on") or name in ("src", "style")] == []


def test_hostile_text_is_shown_as_it_is(text, page):
    assert MARKUP not in text
    assert MARKUP in page.find("h3")[0].read()
    assert any(MARKUP in one.read() for one in page.find("ins"))
    assert any(MARKUP in one.read() for svg in page.find("svg") for one in svg.find("title"))
    assert any(one.read() == f"{MARKUP[:13]}…" for svg in page.find("svg") for one in svg.find("text"))
    assert all(line.isprintable() for line in text.split("\n"))


def test_the_answer_comes_first_and_the_findings_next(page):
    (main,) = page.find("main")
    first = [one.attributes.get("class") for one in main.children if one.tag != "#text"][:3]
    assert first == [None, "answer", "figures"]
    assert [one.read() for one in page.find("h2")] == [
        *("Failures", "Warnings", "Not failures, but worth a look"),
        *("Compared with the baseline", "Trends", "Not examined", "Ops", "Op by op", "Notes"),
    ]


def test_a_finding_says_its_cause_then_the_patch_then_the_rest(page):
    (article,) = [one for one in page.find("article") if one.find("h3")[0].read().startswith("affine: gradient of b")]
    words = article.read()
    shown = [
        "cause: the expected value divided",
        "- db = dy.mean",
        "+ db = dy.sum",
        "hint:",
        "import numpy as np",
        "difference: no colour",
        "What each witness says",
        "gradcheck replay",
    ]
    places = [words.index(said) for said in shown]
    assert places == sorted(places)
    assert "witnesses:" not in words
    assert [one.read() for one in article.find("td") if one.attributes.get("class") == "right"] == ["agrees"]


def test_the_page_is_in_order_for_who_hears_it(page):
    assert page.find("html")[0].attributes["lang"] == "en"
    assert len(page.find("h1")) == len(page.find("main")) == len(page.find("head")[0].find("title")) == 1
    levels = [int(one.tag[1]) for one in page.walk() if re.fullmatch(r"h\d", one.tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(one.attributes["scope"] in ("col", "row") for one in page.find("th"))
    assert all(len(table.find("caption")) == len(table.find("thead")) == 1 for table in page.find("table"))
    pictures = [one for one in page.find("svg") if "aria-hidden" not in one.attributes]
    assert all(one.attributes["role"] == "img" and one.children[0].tag == "title" for one in pictures)
    assert len(pictures) > 10


def test_every_link_leads_to_one_place(page):
    identities = [one.attributes["id"] for one in page.walk() if "id" in one.attributes]
    assert len(set(identities)) == len(identities)
    assert {one.attributes["href"][1:] for one in page.walk() if "href" in one.attributes} <= set(identities)


def test_every_row_is_as_long_as_its_headings(page):
    for table in page.find("table"):
        assert len({len([c for c in row.children if c.tag in ("td", "th")]) for row in table.find("tr")}) == 1


def test_every_op_has_its_details_open_where_it_does_not_pass(page):
    details = page.find("details")
    assert len(details) == len(RESULTS)
    assert ["open" in one.attributes for one in details] == [False, *[True] * (len(RESULTS) - 1)]


def test_a_run_without_ops_has_a_page():
    page = read_html(render_run(Run((), 0, 8), "html"))
    assert page.find("p")[0].read() == "No op was checked."
    assert page.find("table") == []


def test_the_same_run_gives_the_same_bytes(text):
    assert render_full_page() == text
    assert text.endswith("</html>\n")


def test_a_brief_report_is_the_whole_page():
    run = example_runs.make_run(example_runs.GOOD)
    assert HTML.render(run, ReportContext(brief=True, folder=Path())) == HTML.render(run, ReportContext(folder=Path()))


def fill_in(result):
    """The result of an op, with as much on its errors and its cases as a long check brings."""
    spread = ErrorSpread(dict.fromkeys(range(-18, -13), 20), dict.fromkeys(range(-15, -10), 20))
    cases = {CaseClass(length, power): 4 for length in (1, 2, 8, 32, 128) for power in (-3, 0, 3)}
    verdicts = (replace(v, spread={str(key.witness): spread for key in v.errors}) for v in result.verdicts)
    return replace(result, verdicts=tuple(verdicts), searched=replace(result.searched, cases=cases))


@pytest.mark.slow
def test_the_page_of_the_whole_library_is_small():
    run = Run.from_json(BASELINE.read_text(encoding="utf-8"))
    text = render_run(replace(run, results=tuple(map(fill_in, run.results))), "html")
    assert len(text.encode()) < LARGEST_PAGE
    assert len(read_html(text).find("details")) > 200
