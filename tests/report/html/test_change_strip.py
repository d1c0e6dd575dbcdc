"""An error before and after: a ring, a dot, and a line that tells a regression."""

from math import inf

import pytest

from gradcheck.checking.baseline import ErrorComparison
from gradcheck.records.evidence import ErrorKey
from gradcheck.report.html.change_strip import CHANGE_MARGIN, CHANGE_STRIP, draw_change_strip, place_on_strip
from tests.report.html.html_reading import read_html


@pytest.mark.parametrize(
    ("before", "after", "classes"),
    [
        (1e-16, 1e-3, ["axis", "worse", "ring", "dot"]),
        (1e-3, 1e-16, ["axis", "better", "ring", "dot"]),
        (1e-3, None, ["axis", "ring"]),
        (None, 1e-3, ["axis", "dot"]),
    ],
)
def test_what_was_measured_is_drawn(before, after, classes):
    svg = read_html(str(draw_change_strip(ErrorComparison("sin", ErrorKey("x", "autodiff"), before, after))))
    assert [one.attributes["class"] for one in svg.find("path")] == classes


def test_the_title_says_the_change():
    strip = draw_change_strip(ErrorComparison("sin", ErrorKey("x", "autodiff"), 1e-16, 1e-3))
    assert "<title>before 1.0e-16, after 1.0e-03: regressed</title>" in strip


def test_larger_errors_stand_farther_right_and_none_beyond():
    places = [place_on_strip(error) for error in (0.0, 1e-16, 1e-3, inf)]
    assert places == sorted(places)
    assert (places[0], places[-1]) == (CHANGE_MARGIN, CHANGE_STRIP.width - CHANGE_MARGIN)
