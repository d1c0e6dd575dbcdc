"""The names of a declaration are known, and drawn in an order in which each is bound before it is needed."""

import pytest

from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.names import (
    collect_axis_names,
    collect_bound_names,
    collect_group_names,
    order_by_dependency,
)
from gradcheck.declaration.settings import choice, rank, whole
from gradcheck.declaration.shape import DeclarationError

INPUTS = {"x": Array("N groups*C *S"), "xs": Several(Array("*A ?D *#S"))}


def test_axes_are_the_names_in_the_products_of_shapes():
    assert collect_axis_names(INPUTS) == {"N", "groups", "C"}


def test_groups_stand_in_order_of_appearance():
    assert collect_group_names(INPUTS) == ["S", "A"]


def test_a_choice_binds_no_name():
    settings = {"stride": whole(1, 3), "axis": rank("A"), "mode": choice("mean", "sum")}
    assert collect_bound_names(INPUTS, settings, {"K": whole(1, 3)}) == {"N", "groups", "C", "stride", "axis", "K"}


def test_a_name_is_drawn_behind_those_that_its_bounds_speak_of():
    order = order_by_dependency(
        {"x": Array("N H")}, {"pad": whole(0, "K-1")}, {"H": whole("K-pad", None), "K": whole(1, 3)}
    )
    assert order.index("K") < order.index("pad") < order.index("H")
    assert set(order) == {"N", "H", "K", "pad"}


def test_a_circle_is_refused():
    with pytest.raises(DeclarationError, match="bounds of D, N speak of each other in a circle"):
        order_by_dependency({"x": Array("N D")}, {}, {"N": whole("D", None), "D": whole("N", None)})
