"""A name that does not exist is answered with the one that was meant."""

import pytest

from gradcheck.spelling import meant


@pytest.mark.parametrize("name", ["gradeint", "GRADIENT"])
def test_the_nearest_name_is_asked_for(name):
    assert meant(name, ("value", "gradient")) == "did you mean 'gradient'? "


def test_nothing_is_asked_where_no_name_is_near():
    assert meant("x", ("value", "gradient")) == ""
