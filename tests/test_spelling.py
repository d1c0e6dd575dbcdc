"""A name that does not exist is answered with the one that was meant."""

import pytest

from gradcheck.spelling import suggest_name


@pytest.mark.parametrize("name", ["gradeint", "GRADIENT"])
def test_the_nearest_name_is_asked_for(name):
    assert suggest_name(name, ("value", "gradient")) == "did you mean 'gradient'? "


def test_nothing_is_asked_where_no_name_is_near():
    assert suggest_name("x", ("value", "gradient")) == ""


def test_several_near_names_are_asked_for_where_that_is_wanted():
    names = ("conv_1d", "conv_2d", "linear")
    assert suggest_name("conv_3d", names, most=3) == "did you mean 'conv_2d' or 'conv_1d'? "
