"""A badge says in a few words whether the ops hold."""

from xml.etree import ElementTree

import pytest

from gradcheck.report.badge import BADGE_RENDERER, FAILS_COLOUR, HOLDS_COLOUR, OPEN_COLOUR, summarise_run
from gradcheck.report.context import ReportContext
from tests.report.example_runs import BLIND, CRASHED, GOOD, IMPRECISE, ROWS, WARNED, WRONG, make_run

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("results", "message", "colour"),
    [
        ([GOOD], "1 op holds", HOLDS_COLOUR),
        ([GOOD, WARNED], "2 ops hold", HOLDS_COLOUR),
        ([GOOD, WRONG, IMPRECISE], "1 of 3 ops fails", FAILS_COLOUR),
        ([WRONG, CRASHED], "2 of 2 ops fail", FAILS_COLOUR),
        ([GOOD, IMPRECISE, BLIND], "2 of 3 ops undecided", OPEN_COLOUR),
        ([], "no op checked", OPEN_COLOUR),
    ],
)
def test_the_worst_is_told_with_how_many(results, message, colour):
    assert summarise_run(make_run(*results)) == (message, colour)


def test_a_run_that_is_not_complete_does_not_hold():
    assert summarise_run(make_run(GOOD, complete=False)) == ("1 op, incomplete", OPEN_COLOUR)


def test_errors_that_grew_are_told():
    assert summarise_run(make_run(GOOD), ROWS) == (f"{len(ROWS.regressions)} regression", FAILS_COLOUR)


def test_the_picture_holds_the_words_and_is_as_wide_as_they_are(tmp_path):
    text = BADGE_RENDERER.render(make_run(GOOD, WRONG), ReportContext(folder=tmp_path))
    picture = ElementTree.fromstring(text)
    label, message = picture.iter(f"{SVG}text")
    assert (label.text, message.text) == ("gradcheck", "1 of 2 ops fails")
    assert picture.get("aria-label") == picture.find(f"{SVG}title").text == "gradcheck: 1 of 2 ops fails"
    assert int(message.get("x")) + int(message.get("textLength")) < int(picture.get("width"))


@pytest.mark.parametrize("colour", [HOLDS_COLOUR, OPEN_COLOUR, FAILS_COLOUR])
def test_white_is_readable_on_each_colour(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue  # WCAG 2, relative luminance
    assert 1.05 / (luminance + 0.05) >= 6
