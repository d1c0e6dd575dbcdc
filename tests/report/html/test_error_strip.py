"""The errors of an op on a logarithmic axis, a row for each witness."""

from math import inf, nan

import pytest

from gradcheck.records.results import OpResult, Verdict
from gradcheck.records.status import Status
from gradcheck.report.html.error_strip import (
    ERROR_STRIP_WIDTH,
    LABELS,
    SHARED_AXIS,
    draw_counts,
    draw_error_strip,
    draw_shared_axis,
    place_error,
)
from tests.report import example_runs
from tests.report.html.example_pages import MEASURED
from tests.report.html.html_reading import read_html


def read_strip(result):
    """The tree of the strip of an op."""
    return read_html(str(draw_error_strip(result)))


def list_paths(svg, kind):
    """The paths of one class."""
    return [one.attributes["d"] for one in svg.find("path") if one.attributes["class"] == kind]


def test_every_witness_has_a_row_with_its_worst_errors():
    svg = read_strip(MEASURED)
    assert [one.read() for one in svg.find("text")] == ["autodiff", "differences", "golden"]
    assert [path.count("M") for path in list_paths(svg, "dot")] == [4]


def test_errors_and_bars_are_drawn_where_the_run_says_them():
    svg = read_strip(MEASURED)
    assert [path.count("M") for path in list_paths(svg, "count")] == [3]
    assert [path.count("M") for path in list_paths(svg, "bars")] == [2]
    assert list_paths(read_strip(example_runs.GOOD), "count") == []


def test_the_title_says_it_in_words():
    words = read_strip(MEASURED).find("title")[0].read()
    assert "autodiff at most 5.0e-01 in 8 comparisons, bars 1e-15 to 1e-14" in words
    assert words.endswith("golden at most 3.0e-16")


def test_a_long_name_of_a_witness_is_cut_beside_the_axis_and_whole_in_the_title():
    errors = example_runs.read_errors({f"x, {'w' * 40}": 0.1})
    svg = read_strip(OpResult("relu", "user", (Verdict("relu", "gradient", Status.PASSED, errors=errors),)))
    assert svg.find("text")[0].read() == "w" * 13 + "…"
    assert "w" * 40 in svg.find("title")[0].read()


def test_an_op_without_errors_has_no_strip():
    assert draw_error_strip(OpResult("relu", "user", ())) == ""


@pytest.mark.parametrize(
    ("error", "place"), [(0.0, LABELS), (1e-300, LABELS), (inf, ERROR_STRIP_WIDTH - 8), (nan, ERROR_STRIP_WIDTH - 8)]
)
def test_what_is_beyond_the_axis_stands_at_its_end(error, place):
    assert float(place_error(error)) == place


def test_larger_errors_stand_farther_right():
    places = [float(place_error(error)) for error in (1e-17, 3e-16, 1e-9, 1.0, 50.0)]
    assert places == sorted(set(places))


def test_one_case_of_many_is_still_seen():
    assert draw_counts({-16: 400, -3: 1}, 20, -16).split("M")[2].split("v")[1].startswith("-0.8")


def test_the_axis_is_drawn_once_for_all():
    assert [one.attributes["id"] for one in read_html(str(draw_shared_axis())).find("g")] == [SHARED_AXIS]
    assert read_strip(MEASURED).find("use")[0].attributes["href"] == f"#{SHARED_AXIS}"
