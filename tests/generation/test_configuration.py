"""Whatever is drawn from a declaration is lawful, and the simplest choices give the smallest shapes."""

from itertools import pairwise

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, rank, whole
from gradcheck.declaration.shape import DeclarationError
from gradcheck.generation.configuration import MOST_AXES, SIZE_SPAN, PinnedChoices, draw_configuration
from gradcheck.ops.convolution.conv2d import conv2d
from gradcheck.ops.shaping.concat import concat
from tests.lanes import mark_most_slow, sample_library


class Simplest:
    """A Source that always takes the simplest choice."""

    def choose(self, least, most):
        return least

    def size(self, name, least, most):
        return least


def declare(inputs, **parts):
    return Op("op", lambda *xs, **s: (xs[0], None), lambda dy, cache: dy, inputs=inputs, **parts)


def drawn(op, count=200):
    return [draw_configuration(op, PinnedChoices("test", i)) for i in range(count)]


def test_an_axis_has_one_length_wherever_its_name_stands():
    op = declare({"x": Array("N D"), "w": Array("D M")})
    assert all(configuration.shapes["x"][1] == configuration.shapes["w"][0] for configuration in drawn(op))


def test_a_product_is_a_multiple_of_its_axis():
    op = declare({"h": Array("H"), "w": Array("H 4*H"), "v": Array("groups*C 3")}, settings={"groups": whole(1, 3)})
    for configuration in drawn(op):
        (h,) = configuration.shapes["h"]
        assert configuration.shapes["w"] == (h, 4 * h)
        assert configuration.shapes["v"] == (configuration.settings["groups"] * configuration.names["C"], 3)


def test_a_group_is_any_number_of_axes_the_same_in_every_input():
    configurations = drawn(declare({"x": Array("*S"), "y": Array("*S 2")}))
    assert all(configuration.shapes["y"] == (*configuration.shapes["x"], 2) for configuration in configurations)
    assert {len(configuration.shapes["x"]) for configuration in configurations} == set(range(MOST_AXES + 1))


@pytest.mark.slow
def test_broadcastable_inputs_broadcast_and_do_so_in_every_way():
    configurations = drawn(declare({"x": Array("*#S"), "y": Array("*#S")}))
    pairs = [(configuration.shapes["x"], configuration.shapes["y"]) for configuration in configurations]
    assert all(len(np.broadcast_shapes(x, y)) <= MOST_AXES for x, y in pairs)
    assert any(len(x) < len(y) for x, y in pairs)
    assert any(len(x) == len(y) and x != y for x, y in pairs)
    assert any(x == y and len(x) > 1 for x, y in pairs)


def test_a_broadcastable_input_fits_into_the_group_that_another_has_whole():
    configurations = drawn(declare({"x": Array("*S"), "y": Array("*#S")}))
    assert all(
        np.broadcast_shapes(*configuration.shapes.values()) == configuration.shapes["x"]
        for configuration in configurations
    )


def test_the_members_of_several_differ_in_their_free_axis_alone():
    configurations = drawn(concat)
    assert {len(configuration.shapes) for configuration in configurations} == {1, 2, 3}
    free = [
        [shape[configuration.settings["axis"]] for shape in configuration.shapes.values()]
        for configuration in configurations
    ]
    fixed = [
        {
            (s[: configuration.settings["axis"]], s[configuration.settings["axis"] + 1 :])
            for s in configuration.shapes.values()
        }
        for configuration in configurations
    ]
    assert any(len(set(lengths)) > 1 for lengths in free)
    assert all(len(others) == 1 for others in fixed)


def test_several_is_labelled_member_by_member():
    configuration = next(
        configuration for configuration in drawn(declare({"xs": Several(Array("N"), 2, 2), "b": Array("N")}))
    )
    assert list(configuration.shapes) == ["xs[0]", "xs[1]", "b"]


def test_a_rank_counts_the_axes_of_its_group():
    configurations = drawn(declare({"x": Array("*A D")}, settings={"axis": rank("A")}))
    assert all(configuration.settings["axis"] == len(configuration.shapes["x"]) - 1 for configuration in configurations)


def test_every_option_of_a_choice_and_every_whole_number_is_drawn():
    configurations = drawn(
        declare({"x": Array("N")}, settings={"mode": choice("same", "valid"), "stride": whole(1, 3)})
    )
    assert {configuration.settings["mode"] for configuration in configurations} == {"same", "valid"}
    assert {configuration.settings["stride"] for configuration in configurations} == {1, 2, 3}


def test_sizes_and_settings_keep_bounds_that_are_expressions_of_each_other():
    op = declare(
        {"x": Array("N H"), "w": Array("K")},
        settings={"shift": whole("1-K", "K-1")},
        sizes={"H": whole("2*K+shift", None), "K": whole(2, 5)},
    )
    for names in (configuration.names for configuration in drawn(op)):
        assert 2 <= names["K"] <= 5
        assert 1 - names["K"] <= names["shift"] <= names["K"] - 1
        assert 2 * names["K"] + names["shift"] <= names["H"] < 2 * names["K"] + names["shift"] + SIZE_SPAN


def test_a_size_whose_bound_falls_below_one_is_at_least_one():
    op = declare({"x": Array("H")}, settings={"pad": whole(0, 5)}, sizes={"H": whole("2-pad", None)})
    assert all(configuration.shapes["x"][0] >= 1 for configuration in drawn(op))


def test_a_size_that_may_be_zero_is_drawn_as_zero():
    assert any(
        configuration.shapes["x"] == (0,)
        for configuration in drawn(declare({"x": Array("N")}, sizes={"N": whole(0, None)}))
    )


def test_bounds_that_leave_no_value_are_reported_with_the_numbers():
    op = declare({"x": Array("H"), "w": Array("K")}, sizes={"H": whole("K+1", "K")})
    with pytest.raises(DeclarationError, match=r"'H' has no value: from 2 to 1 with .*'K': 1"):
        draw_configuration(op, Simplest())


def test_settings_come_in_the_order_of_the_declaration():
    op = declare({"x": Array("H")}, settings={"b": whole("a", 9), "a": whole(1, 3)})
    assert list(draw_configuration(op, Simplest()).settings) == ["b", "a"]


@pytest.mark.slow
def test_every_layout_of_a_convolution_is_lawful_and_its_output_is_not_empty():
    configurations = drawn(conv2d, 2000)
    for configuration in configurations:
        x, w, b = (np.zeros(shape) for shape in configuration.shapes.values())
        y, _ = conv2d.forward(x, w, b, **configuration.settings)
        assert y.size
    assert len({configuration.key for configuration in configurations}) > 1900
    assert {tuple(configuration.settings) for configuration in configurations} == {
        ("stride", "pad", "dilation", "groups")
    }


@pytest.mark.parametrize("op", mark_most_slow(sample_library(), 5), ids=lambda op: op.name)
def test_the_simplest_choice_gives_the_smallest_shapes(op):
    smallest = draw_configuration(op, Simplest())
    elements = lambda configuration: sum(int(np.prod(shape)) for shape in configuration.shapes.values())  # noqa: E731
    assert elements(smallest) <= min(map(elements, drawn(op)))


def test_the_simplest_convolution_is_one_number_times_one_number():
    assert draw_configuration(conv2d, Simplest()).shapes == {"x": (1, 1, 1, 1), "w": (1, 1, 1, 1), "b": (1,)}


def test_a_counter_repeats_itself_and_no_other():
    one, same, other = (PinnedChoices("conv2d", key) for key in (1, 1, 2))
    draws = [[c.choose(0, 1000) for _ in range(20)] for c in (one, same, other)]
    assert draws[0] == draws[1] != draws[2]


def test_a_counter_is_pinned_for_ever():
    assert PinnedChoices("pinned", 0).choose(0, 999) == 290
    assert PinnedChoices("pinned", 1).draw_whole_numbers(3, 100).tolist() == [42, 53, 97]


def test_a_counter_reaches_both_ends():
    counter = PinnedChoices("ends")
    assert {counter.choose(2, 4) for _ in range(100)} == {2, 3, 4}


def test_different_layouts_have_different_keys():
    configurations = drawn(conv2d, 50)
    assert all(
        (a.key == b.key) == (a.shapes == b.shapes and a.settings == b.settings) for a, b in pairwise(configurations)
    )
