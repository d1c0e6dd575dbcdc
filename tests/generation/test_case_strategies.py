"""The strategies by which cases are drawn: their axes, and whole numbers drawn bit by bit."""

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, find, given, settings

from gradcheck import load
from gradcheck.generation.case_strategies import (
    cases_of,
    draw_whole_number,
    draw_whole_number_by_bits,
    shortened_configurations,
    usual_configurations,
)

LINEAR = load("", "linear")
WIDE = settings(max_examples=300, database=None, suppress_health_check=list(HealthCheck), deadline=None)

either = pytest.mark.parametrize("whole", [draw_whole_number, draw_whole_number_by_bits])


def test_no_axis_is_longer_than_asked():
    @WIDE
    @given(cases_of(LINEAR, shortened_configurations(LINEAR, 2)))
    def is_short(case):
        assert max(max(a.shape) for a in case.point) <= 2

    is_short()


@either
def test_a_whole_number_shrinks_to_the_least(whole):
    @st.composite
    def numbers(draw):
        return whole(draw, 3, 9)

    assert find(numbers(), lambda number: True) == 3
    assert {find(numbers(), lambda number, n=n: number == n) for n in range(3, 10)} == set(range(3, 10))


@either
def test_one_number_needs_no_draw(whole):
    assert whole(None, 4, 4) == 4


@either
def test_usual_configurations_shrink_to_the_shortest(whole):
    drawn = find(usual_configurations(LINEAR, whole), lambda drawn: True)
    assert drawn.configuration.shapes == {"x": (1, 1), "w": (1, 1), "b": (1,)}
