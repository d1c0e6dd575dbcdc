"""The lengths of axes have the same names in all cases."""

import numpy as np

from gradcheck import Array, Op
from gradcheck.causes.hypotheses.lengths import (
    measure_lengths,
    measure_quantities,
    name_input_axes,
    name_output_axes,
    solve_for_sizes,
)
from gradcheck.causes.telling_cases import draw_telling_cases


def first_case(forward, **inputs):
    """The first telling case of an op whose backward is not looked at."""
    op = Op("op", forward, lambda dy, cache: tuple(np.zeros(a.shape) for a in cache), inputs=inputs)
    return next(draw_telling_cases(op, 0))


def test_axes_have_the_names_of_the_declaration():
    case = first_case(lambda x, w: (x @ w, (x, w)), x=Array("N D"), w=Array("D M"))
    assert name_input_axes(case, "w") == [(0, "D"), (1, "M")]
    assert name_output_axes(case, 0) == [(0, "N"), (1, "M")]
    assert set(measure_lengths(case)) == {"N", "D", "M"}


def test_an_output_that_always_has_the_shape_of_an_input_shares_its_names():
    case = first_case(lambda x: (2 * x, (x,)), x=Array("*S D"))
    assert name_output_axes(case, 0) == name_input_axes(case, "x")
    assert name_input_axes(case, "x")[-1] == (case.inputs[0].ndim - 1, "D")


def test_an_axis_without_a_name_is_numbered():
    case = first_case(lambda x: (np.repeat(x, 2, 1), (x,)), x=Array("N D"))
    assert name_output_axes(case, 0) == [(0, "N"), (1, "axis 1 of y")]


def test_the_last_axis_of_a_group_has_two_names():
    case = first_case(lambda x: (x.sum(), (x,)), x=Array("*S"))
    last = case.inputs[0].ndim - 1
    assert name_input_axes(case, "x")[last:] == [(last, f"axis {last} of x"), (last, "the last axis of x")]


def test_a_size_within_an_expression_is_found():
    assert solve_for_sizes({"N": 3, "4*H": 8})["H"] == 2
    assert solve_for_sizes({"N+E": 5, "N": 3})["E"] == 2


def test_products_of_lengths_are_quantities():
    case = first_case(lambda x: (x.sum(), (x,)), x=Array("N C H W"))
    words = {quantity.words: quantity.value for quantity in measure_quantities(case)}
    n, c, h, w = case.inputs[0].shape
    assert words["the lengths of N, H and W"] == n * h * w
    assert words["the number of elements of x"] == n * c * h * w
