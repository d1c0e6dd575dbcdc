"""Long axes: every size takes every length, within bounds and a number of elements."""

from itertools import islice, product

from gradcheck import Array, Op, load, whole
from gradcheck.generation.configuration import SIZE_SPAN
from gradcheck.generation.long_axes import (
    LARGEST,
    LENGTHS,
    LONGEST,
    SHORT,
    Stretch,
    generate_stretches,
    stretch_configuration,
)
from gradcheck.generation.search import draw_configurations

LINEAR = load("", "linear")


def stretched(op, **stretch):
    """The shapes of the first configuration of an op, stretched."""
    configuration = stretch_configuration(op, draw_configurations(op, 8, 0)[-1], Stretch(**stretch))
    return configuration and dict(configuration.shapes)


def test_one_axis_is_long_wherever_its_size_stands():
    shapes = stretched(LINEAR, name="D", length=65)
    assert shapes["x"][1] == shapes["w"][0] == 65
    assert max(shapes["x"][0], shapes["w"][1]) <= 4


def test_the_others_are_short_on_demand():
    assert stretched(LINEAR, name="N", length=129, others=SHORT) == {"x": (129, 2), "w": (2, 2), "b": (2,)}


def test_bounds_are_kept_to_their_ends():
    bounded = Op("f", LINEAR.forward, LINEAR.backward, inputs=LINEAR.inputs, sizes={"N": whole(1, 32)})
    assert stretched(bounded, name="N", length=257)["x"][0] == 32


def test_a_size_that_the_op_has_not_is_no_stretch():
    assert stretched(LINEAR, name="K", length=5) is None


def test_what_is_too_large_is_made_shorter_or_left_out():
    square = Op("f", lambda x: (x, x), lambda dy, x: dy, inputs={"x": Array("N N")})
    assert stretched(square, name="N", length=65) is None
    assert stretched(load("", "conv2d"), name="N", length=129)["x"][0] == 129


def test_every_size_takes_every_length_and_first_those_of_the_code():
    stretches = list(islice(generate_stretches(["N", "D", "N"], (37.0, 0.5, 1e6), 0), 2 * 2 * (len(LENGTHS) + 3)))
    assert {(s.name, s.length) for s in stretches} == {(n, k) for n in "ND" for k in (*LENGTHS, 36, 37, 38)}
    assert {s.length for s in stretches[:6]} == {36, 37, 38}
    assert LARGEST < LONGEST < 1e6


def test_in_four_rounds_a_length_comes_at_either_axis_beside_short_and_beside_usual_ones():
    stretches = list(islice(generate_stretches(["N", "D"], (), 0), 4 * 2 * len(LENGTHS)))
    of_one = {(s.others, s.is_last) for s in stretches if s.name == "D" and s.length == 65}
    assert len(set(stretches)) == len(stretches)
    assert of_one == set(product((SHORT, SIZE_SPAN), (False, True)))
