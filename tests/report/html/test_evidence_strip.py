"""The strip of one witness: where its number, its bar and the given number stand."""

from math import inf, isfinite, nan

import pytest

from gradcheck.records.evidence import Evidence
from gradcheck.report.html.evidence_strip import EVIDENCE_MARGIN, EVIDENCE_STRIP, draw_evidence_strip, place_numbers

END = EVIDENCE_STRIP.width - EVIDENCE_MARGIN


def test_a_number_outside_of_the_bar_stands_at_the_other_end():
    assert place_numbers(Evidence("autodiff", 0.5, 1.0, 0.0, False)) == (EVIDENCE_MARGIN, END, END, END)


def test_a_number_within_the_bar_stands_on_it():
    given, low, expected, high = place_numbers(Evidence("differences", 1.5, 1.0, 1.0, True))
    assert (low, high) == (EVIDENCE_MARGIN, END)
    assert low < expected < given < high


def test_a_bar_of_unknown_width_goes_from_end_to_end():
    given, low, expected, high = place_numbers(Evidence("differences", 2.0, 1.0, inf, True))
    assert (low, high) == (0, EVIDENCE_STRIP.width)
    assert low < expected < given < high


@pytest.mark.parametrize("numbers", [(0.0, 0.0, 0.0), (1e308, -1e308, 1e308), (5e-324, 0.0, 0.0), (1.0, 1.0, 0.0)])
def test_every_finite_number_has_a_place(numbers):
    assert all(
        isfinite(place) and 0 <= place <= EVIDENCE_STRIP.width for place in place_numbers(Evidence("w", *numbers, True))
    )


@pytest.mark.parametrize("number", [nan, inf, -inf])
def test_what_is_not_finite_has_no_strip(number):
    assert draw_evidence_strip(Evidence("autodiff", number, 1.0, 0.1, False)) == ""
    assert draw_evidence_strip(Evidence("autodiff", 1.0, number, 0.1, False)) == ""


def test_the_title_says_what_is_drawn():
    strip = draw_evidence_strip(Evidence("autodiff", 0.5, 1.0, 1e-3, False))
    assert "<title>autodiff expects 1 ± 1e-03; given is 0.5, outside of the error bar</title>" in strip
    assert "within the error bar" in draw_evidence_strip(Evidence("autodiff", 1.0, 1.0, 0.1, True))
