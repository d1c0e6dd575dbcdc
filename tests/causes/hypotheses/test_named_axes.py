"""Products of arrays over named axes."""

import numpy as np
import pytest

from gradcheck import Array
from gradcheck.causes.hypotheses.named_axes import (
    NamedArray,
    contract,
    describe_product,
    drop_single,
    read_axis_names,
    read_output_axes,
    tell_repeated,
)

X = NamedArray("x", np.arange(6.0).reshape(2, 3), ("N", "D"))
DY = NamedArray("upstream", np.arange(8.0).reshape(2, 4), ("N", "M"))


def test_a_product_is_summed_over_what_the_target_lacks():
    assert np.array_equal(contract([DY, X], ("D", "M"), (3, 4)), X.values.T @ DY.values)
    assert describe_product([DY, X], ("D", "M")) == "upstream * x summed over N"


def test_a_product_is_repeated_along_what_the_target_has_alone():
    assert np.array_equal(contract([DY], ("D", "M"), (3, 4)), np.tile(DY.values.sum(axis=0), (3, 1)))


def test_lengths_that_differ_have_no_product():
    assert contract([X], ("N", "D"), (5, 3)) is None


@pytest.mark.parametrize(
    ("shape", "ndim", "names"),
    [
        ("N D", 2, ("N", "D")),
        ("H H", 2, ("H", "H'")),
        ("N *S", 3, ("N", "axis -2 of S", "axis -1 of S")),
        ("*A D *B", 3, ("axis 0 of x", "axis 1 of x", "axis 2 of x")),
    ],
)
def test_axes_have_the_names_of_the_declaration(shape, ndim, names):
    assert read_axis_names("x", Array(shape).axes, ndim) == names


def test_repeated_names_are_told_apart():
    assert tell_repeated(["H", "D", "H"]) == ("H", "D", "H'")


def test_axes_of_length_one_are_dropped():
    assert drop_single(NamedArray("x", np.ones((2, 1)), ("N", "D"))).axes == ("N",)


def test_outputs_are_read_by_length():
    assert next(read_output_axes((2, 7), {"N": 2, "D": 3}, "y")) == ("N", "axis 1 of y")
    assert list(read_output_axes((2, 2), {"N": 2, "D": 2}, "y")) == [("N", "D"), ("D", "N")]
