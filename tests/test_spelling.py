"""A name that does not exist is answered with the one that was meant."""

import pytest

from gradcheck.spelling import suggest_name


@pytest.mark.parametrize("name", ["gradeint", "GRADIENT"])
def test_the_nearest_name_is_asked_for(name):
    assert suggest_name(name, ("value", "gradient")) == "did you mean 'gradient'? "


def test_nothing_is_asked_where_no_name_is_near():
    assert suggest_name("x", ("value", "gradient")) == ""
