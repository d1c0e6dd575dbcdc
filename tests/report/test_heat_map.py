"""A heat map shows three maps with one scale for two of them, and marks what is wrong."""

import re

import numpy as np
import pytest

from gradcheck.records.difference_map import DifferenceMap, make_difference_map
from gradcheck.report.heat_map import (
    Scale,
    describe_picture,
    draw_heat_map,
    label_rows,
    list_shown_numbers,
    measure_three_maps,
)

EXPECTED = np.array([[1.0, -1.0, 0.5, 2.0], [0.0, 1.0, -2.0, 0.25], [2.0, 0.0, 1.0, 1.0]])
GIVEN = np.where(np.arange(4) == 3, 0.0, EXPECTED)
PICTURE = make_difference_map(GIVEN, EXPECTED, np.full(EXPECTED.shape, 1e-9))
LARGE = make_difference_map(np.arange(256.0).reshape(16, 16) + 1, np.arange(256.0).reshape(16, 16), np.zeros((16, 16)))

DRAWN = """\
       expected   given      difference
[0, :] ▆▆▃▃▅▅██   ▆▆▃▃▅▅··   ······██
[1, :] ··▆▆▁▁▅▅   ··▆▆▁▁··   ······▁▁
[2, :] ██··▆▆▆▆   ██··▆▆··   ······▄▄
expected, given: ▁▂▃▄ -2 to 0, · is 0, ▅▆▇█ 0 to 2
difference: · is right, ▁▂▃▄▅▆▇█ 0 to -2"""


def test_the_maps_stand_side_by_side_with_what_their_bars_mean():
    assert "\n".join(draw_heat_map(PICTURE)) == DRAWN
    assert describe_picture(PICTURE) == "3 of 12 elements are wrong in a case of shape (3, 4)"


def test_one_element_is_wrong_in_the_singular():
    given = np.array([1.0, 2.0, 3.0, 5.0])
    assert describe_picture(make_difference_map(given, np.arange(1.0, 5.0), np.zeros(4))) == (
        "1 of 4 elements is wrong in a case of shape (4,)"
    )


@pytest.mark.parametrize("picture", [PICTURE, LARGE], ids=["small", "16 by 16"])
@pytest.mark.parametrize("width", [74, 80, 120])
def test_the_maps_fit_the_screen_side_by_side(picture, width):
    lines = draw_heat_map(picture, width)
    assert len(lines) == len(picture.given) + 3
    assert max(map(len, lines)) <= width


def test_elements_are_two_characters_wide_where_that_fits():
    assert measure_three_maps(16) == 54
    assert draw_heat_map(LARGE, 120)[16].count("█") > draw_heat_map(LARGE, 80)[16].count("█")


def test_on_a_narrow_screen_the_maps_stand_below_each_other():
    lines = draw_heat_map(LARGE, 40)
    assert [line.strip() for line in lines[::17]][:3] == ["expected", "given", "difference"]
    assert max(map(len, lines[:51])) <= 40


def test_wrong_elements_are_red_on_a_screen_with_colours_alone():
    red = re.compile("\x1b\\[31m(.*?)\x1b\\[0m")
    told = draw_heat_map(PICTURE, colour=True)
    assert [len(red.findall(line)) for line in told] == [0, 2, 2, 2, 0, 0]
    assert [red.sub(r"\1", line) for line in told] == draw_heat_map(PICTURE)


def test_what_is_right_is_drawn_as_expected_whatever_the_rounding():
    picture = make_difference_map(EXPECTED * (1 + 1e-12), EXPECTED + 1e-13, np.full(EXPECTED.shape, 1e-9))
    expected, given, difference = list_shown_numbers(picture)
    assert given == expected
    assert set(np.ravel(difference)) == {0.0}
    assert expected[1][0] == 0.0


def test_numbers_that_are_not_finite_have_marks_that_are_explained():
    given = np.array([[1.0, np.nan], [np.inf, 1.0], [-np.inf, 2.0]])
    lines = draw_heat_map(make_difference_map(given, np.ones((3, 2)), np.zeros((3, 2))))
    assert "??" in lines[1]
    assert "▲▲" in lines[2]
    assert "▼▼" in lines[3]
    assert lines[-1] == "not finite: ? nan, ▲ inf, ▼ -inf"


def test_a_scale_of_one_sign_has_all_bars_and_says_the_sign():
    scale = Scale.of_maps(((-8.0, -1.0, 0.0),))
    assert "".join(map(scale.draw, (-8.0, -7.0, -1.0, -1e-9, 0.0))) == "█▇▁▁·"
    assert scale.describe("is 0") == "· is 0, ▁▂▃▄▅▆▇█ 0 to -8"


def test_a_scale_of_both_signs_has_the_same_step_on_both_sides():
    scale = Scale.of_maps(((-1.0, 4.0),))
    assert "".join(map(scale.draw, (-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0))) == "▁▂▃▄·▅▆▇█"
    assert scale.describe("is 0") == "▁▂▃▄ -4 to 0, · is 0, ▅▆▇█ 0 to 4"


def test_a_scale_of_zeros_has_no_bar():
    assert Scale.of_maps(((0.0, float("nan")),)).describe("is right") == "· is right"


def test_rows_are_labelled_by_their_index():
    assert label_rows(PICTURE) == ["[0, :]", "[1, :]", "[2, :]"]
    folded = DifferenceMap(((1.0, 2.0),) * 4, ((0.0, 0.0),) * 4, ((0.0, 0.0),) * 4, (2, 2, 2))
    assert label_rows(folded)[1] == "[0, 1, :]"
    row = DifferenceMap(((1.0, 2.0),), ((0.0, 0.0),), ((0.0, 0.0),), (2,))
    assert draw_heat_map(row)[:2] == ["expected   given   difference", "····       ▄▄██    ▄▄██"]
