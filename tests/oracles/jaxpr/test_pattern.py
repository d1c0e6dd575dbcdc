"""Patterns: which sizes of a case are symbols and which are numbers."""

import numpy as np
import pytest

from gradcheck import rank
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.oracles.jaxpr.pattern import make_pattern


def untouched(*xs, **settings):
    """A function that is never called."""


def patterned(shapes, declared, ranks=None, **settings):
    """The pattern of inputs x0, x1, ... of these shapes, declared so.  ranks: the settings that are ranks of groups."""
    labels = [f"x{i}" for i in range(len(declared))]
    op = Op(
        "f",
        untouched,
        untouched,
        lambda *xs, **settings: namespace(*xs).sum(xs[0]),
        inputs={label: Array(shape) for label, shape in zip(labels, declared, strict=True)},
        settings={name: rank(group) for name, group in (ranks or {}).items()},
    )
    return make_pattern(op, labels, tuple(shapes), settings)


def test_axes_of_one_name_share_a_symbol():
    assert patterned([(2, 3), (3, 5)], ["N D", "D M"]) == (("d0", "d1"), ("d1", "d2"))


def test_axes_of_one_length_and_different_names_do_not():
    assert patterned([(3, 3), (3, 3)], ["N D", "D M"]) == (("d0", "d1"), ("d1", "d2"))


def test_all_shapes_of_a_pattern_have_the_same_one():
    assert patterned([(2, 3), (3, 5)], ["N D", "D M"]) == patterned([(7, 1), (1, 1)], ["N D", "D M"])


def test_a_scalar_has_no_axes():
    assert patterned([(), (4,)], ["", "N"]) == ((), ("d0",))


def test_a_whole_number_is_static():
    assert patterned([(4, 2)], ["N 2"]) == (("d0", 2),)


def test_the_length_of_a_setting_is_static():
    assert patterned([(4, 5)], ["N K"], K=5) == (("d0", 5),)


def test_a_product_is_an_expression_over_symbols():
    declared = ["N D", "N H", "D 4*H", "H 4*H"]
    shapes = [(2, 3), (2, 5), (3, 20), (5, 20)]
    assert patterned(shapes, declared) == (("d0", "d1"), ("d0", "d2"), ("d1", "4*d2"), ("d2", "4*d2"))


def test_a_product_may_come_before_its_factor():
    assert patterned([(20,), (5,)], ["4*H", "H"]) == (("4*d0",), ("d0",))


def test_settings_stand_in_expressions_as_numbers():
    declared = ["N groups*C", "M C"]
    assert patterned([(2, 6), (4, 3)], declared, groups=2) == (("d0", "2*d2"), ("d1", "d2"))


def test_a_setting_of_numpys_is_a_number_too():
    assert patterned([(6,), (3,)], ["groups*C", "C"], groups=np.int64(2)) == (("2*d0",), ("d0",))


def test_settings_that_are_no_numbers_take_no_part():
    assert patterned([(6,)], ["N"], mode="same", eps=0.5) == (("d0",),)


def test_a_product_of_an_axis_that_stands_nowhere_alone_is_an_expression_too():
    assert patterned([(2, 6)], ["N groups*C"], groups=2) == (("d0", "2*d1"),)


def test_a_product_of_two_axes_that_stand_nowhere_alone_is_static():
    assert patterned([(2, 6)], ["N A*B"]) == (("d0", 6),)


def test_an_axis_off_which_its_own_name_cannot_be_read_is_a_symbol_as_a_whole():
    assert patterned([(5,), (3,)], ["H+K-1", "K"]) == (("d1",), ("d0",))
    assert patterned([(4,), (3,)], ["step*(P-1)+K", "K"], step=1) == (("d1",), ("d0",))


def test_sums_differences_and_quotients_are_expressions():
    declared = ["H", "H-K+1", "H//2", "K"]
    assert patterned([(8,), (6,), (4,), (3,)], declared) == (("d0",), ("d0-d1+1",), ("d0//2",), ("d1",))


def test_a_product_that_is_not_the_length_is_static():
    assert patterned([(5,), (19,)], ["H", "4*H"]) == (("d0",), (19,))


def test_each_axis_of_a_group_has_a_symbol():
    assert patterned([(2, 3, 4), (2, 3, 4)], ["*S", "*S"]) == (("d0", "d1", "d2"), ("d0", "d1", "d2"))


def test_patterns_of_different_ranks_differ():
    assert patterned([(2,)], ["*S"]) != patterned([(2, 2)], ["*S"])


def test_a_group_stands_between_named_axes():
    assert patterned([(2, 5, 6, 3), (3,)], ["N *S C", "C"]) == (("d0", "d1", "d2", "d3"), ("d3",))


def test_axes_that_broadcast_are_aligned_at_the_end():
    assert patterned([(2, 3, 4), (3, 4)], ["*S", "*#S"]) == (("d0", "d1", "d2"), ("d1", "d2"))


def test_axes_of_length_one_that_broadcast_are_static():
    assert patterned([(2, 3, 4), (3, 1)], ["*S", "*#S"]) == (("d0", "d1", "d2"), ("d1", 1))


def test_an_axis_of_length_one_that_does_not_broadcast_is_a_symbol():
    assert patterned([(1, 3)], ["*S"]) == (("d0", "d1"),)


def test_a_group_of_no_axes_is_no_axis():
    assert patterned([(3,), ()], ["N *S", "*S"]) == (("d0",), ())


def test_a_free_axis_is_its_own_in_every_input():
    assert patterned([(2, 5), (2, 6)], ["N ?D", "N ?D"]) == (("d0", "d1"), ("d0", "d2"))


def test_where_an_input_has_several_groups_axes_of_one_length_share_a_symbol():
    shapes = [(2, 3, 1, 2), (3, 5)]
    assert patterned(shapes, ["*A *B", "*B"]) == (("d1", "d2", 1, "d1"), ("d2", "d3"))


@pytest.mark.parametrize("shapes", [[(0, 3), (3, 5)], [(2, 3), (3, 0)]])
def test_an_empty_axis_makes_all_of_them_static(shapes):
    assert patterned(shapes, ["N D", "D M"]) == tuple(shapes)


@pytest.mark.parametrize(
    ("shape", "axis", "pattern"),
    [
        ((3, 3, 3), 0, ("d0", "d1", "d2")),
        ((3, 1, 3), 2, ("d0", "d1", "d2")),
        ((5,), 0, ("d0",)),
    ],
)
def test_where_a_setting_tells_the_rank_of_a_group_each_axis_has_a_symbol(shape, axis, pattern):
    assert patterned([shape], ["*A D *B"], {"axis": "A"}, axis=axis) == (pattern,)


def test_the_axis_that_a_setting_tells_is_that_of_another_input():
    declared, shapes = ["*A C *B", "C"], [(4, 4, 4, 4), (4,)]
    found = [patterned(shapes, declared, {"axis": "A"}, axis=axis) for axis in range(4)]
    assert found == [(("d0", "d1", "d2", "d3"), (f"d{axis}",)) for axis in range(4)]


def test_axes_of_a_group_of_known_rank_are_those_of_another_input_and_free_ones_are_not():
    found = patterned([(2, 3, 4), (2, 3, 4)], ["*A ?D *B", "*A ?D *B"], {"axis": "A"}, axis=1)
    assert found == (("d0", "d1", "d2"), ("d0", "d3", "d2"))


def test_a_group_that_broadcasts_has_the_axes_that_one_of_known_rank_leaves():
    found = patterned([(2, 3, 4, 5), (1, 5)], ["*A D *B", "*#B"], {"axis": "A"}, axis=1)
    assert found == (("d0", "d1", "d2", "d3"), (1, "d3"))


@pytest.mark.parametrize("axis", [3, 7, -1])
def test_a_rank_that_a_shape_does_not_have_makes_it_static(axis):
    assert patterned([(2, 3)], ["*A D *B"], {"axis": "A"}, axis=axis) == ((2, 3),)


def test_shapes_that_contradict_the_declaration_are_static():
    assert patterned([(2, 3), (4, 5)], ["N D", "D M"]) == ((2, 3), (4, 5))


def test_shapes_of_another_rank_are_static():
    assert patterned([(2, 3, 1), (3, 5)], ["N D", "D M"]) == ((2, 3, 1), (3, 5))
    assert patterned([(3,)], ["N *S C"]) == ((3,),)
