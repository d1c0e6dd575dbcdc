"""Whatever is drawn from a declaration is lawful, and the simplest choices give the smallest shapes."""

from itertools import pairwise

import numpy as np
import pytest

from gradcheck.declaration.op import Array, Op, Several, choice, rank, whole
from gradcheck.declaration.shape import DeclarationError
from gradcheck.discovery.library import load_library_ops
from gradcheck.generation.configuration import MOST_AXES, SIZE_SPAN, PinnedChoices, draw_configuration
from gradcheck.ops.convolution.conv2d import conv2d
from gradcheck.ops.shaping.concat import concat


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
    assert all(layout.shapes["x"][1] == layout.shapes["w"][0] for layout in drawn(op))


def test_a_product_is_a_multiple_of_its_axis():
    op = declare({"h": Array("H"), "w": Array("H 4*H"), "v": Array("groups*C 3")}, settings={"groups": whole(1, 3)})
    for layout in drawn(op):
        (h,) = layout.shapes["h"]
        assert layout.shapes["w"] == (h, 4 * h)
        assert layout.shapes["v"] == (layout.settings["groups"] * layout.names["C"], 3)


def test_a_group_is_any_number_of_axes_the_same_in_every_input():
    layouts = drawn(declare({"x": Array("*S"), "y": Array("*S 2")}))
    assert all(layout.shapes["y"] == (*layout.shapes["x"], 2) for layout in layouts)
    assert {len(layout.shapes["x"]) for layout in layouts} == set(range(MOST_AXES + 1))


def test_broadcastable_inputs_broadcast_and_do_so_in_every_way():
    layouts = drawn(declare({"x": Array("*#S"), "y": Array("*#S")}))
    pairs = [(layout.shapes["x"], layout.shapes["y"]) for layout in layouts]
    assert all(len(np.broadcast_shapes(x, y)) <= MOST_AXES for x, y in pairs)
    assert any(len(x) < len(y) for x, y in pairs)
    assert any(len(x) == len(y) and x != y for x, y in pairs)
    assert any(x == y and len(x) > 1 for x, y in pairs)


def test_a_broadcastable_input_fits_into_the_group_that_another_has_whole():
    layouts = drawn(declare({"x": Array("*S"), "y": Array("*#S")}))
    assert all(np.broadcast_shapes(*layout.shapes.values()) == layout.shapes["x"] for layout in layouts)


def test_the_members_of_several_differ_in_their_free_axis_alone():
    layouts = drawn(concat)
    assert {len(layout.shapes) for layout in layouts} == {1, 2, 3}
    free = [[shape[layout.settings["axis"]] for shape in layout.shapes.values()] for layout in layouts]
    fixed = [
        {(s[: layout.settings["axis"]], s[layout.settings["axis"] + 1 :]) for s in layout.shapes.values()}
        for layout in layouts
    ]
    assert any(len(set(lengths)) > 1 for lengths in free)
    assert all(len(others) == 1 for others in fixed)


def test_several_is_labelled_member_by_member():
    layout = next(layout for layout in drawn(declare({"xs": Several(Array("N"), 2, 2), "b": Array("N")})))
    assert list(layout.shapes) == ["xs[0]", "xs[1]", "b"]


def test_a_rank_counts_the_axes_of_its_group():
    layouts = drawn(declare({"x": Array("*A D")}, settings={"axis": rank("A")}))
    assert all(layout.settings["axis"] == len(layout.shapes["x"]) - 1 for layout in layouts)


def test_every_option_of_a_choice_and_every_whole_number_is_drawn():
    layouts = drawn(declare({"x": Array("N")}, settings={"mode": choice("same", "valid"), "stride": whole(1, 3)}))
    assert {layout.settings["mode"] for layout in layouts} == {"same", "valid"}
    assert {layout.settings["stride"] for layout in layouts} == {1, 2, 3}


def test_sizes_and_settings_keep_bounds_that_are_expressions_of_each_other():
    op = declare(
        {"x": Array("N H"), "w": Array("K")},
        settings={"shift": whole("1-K", "K-1")},
        sizes={"H": whole("2*K+shift", None), "K": whole(2, 5)},
    )
    for names in (layout.names for layout in drawn(op)):
        assert 2 <= names["K"] <= 5
        assert 1 - names["K"] <= names["shift"] <= names["K"] - 1
        assert 2 * names["K"] + names["shift"] <= names["H"] < 2 * names["K"] + names["shift"] + SIZE_SPAN


def test_a_size_whose_bound_falls_below_one_is_at_least_one():
    op = declare({"x": Array("H")}, settings={"pad": whole(0, 5)}, sizes={"H": whole("2-pad", None)})
    assert all(layout.shapes["x"][0] >= 1 for layout in drawn(op))


def test_a_size_that_may_be_zero_is_drawn_as_zero():
    assert any(layout.shapes["x"] == (0,) for layout in drawn(declare({"x": Array("N")}, sizes={"N": whole(0, None)})))


def test_bounds_that_leave_no_value_are_reported_with_the_numbers():
    op = declare({"x": Array("H"), "w": Array("K")}, sizes={"H": whole("K+1", "K")})
    with pytest.raises(DeclarationError, match=r"'H' has no value: from 2 to 1 with .*'K': 1"):
        draw_configuration(op, Simplest())


def test_settings_come_in_the_order_of_the_declaration():
    op = declare({"x": Array("H")}, settings={"b": whole("a", 9), "a": whole(1, 3)})
    assert list(draw_configuration(op, Simplest()).settings) == ["b", "a"]


def test_every_layout_of_a_convolution_is_lawful_and_its_output_is_not_empty():
    layouts = drawn(conv2d, 2000)
    for layout in layouts:
        x, w, b = (np.zeros(shape) for shape in layout.shapes.values())
        y, _ = conv2d.forward(x, w, b, **layout.settings)
        assert y.size
    assert len({layout.key for layout in layouts}) > 1900
    assert {tuple(layout.settings) for layout in layouts} == {("stride", "pad", "dilation", "groups")}


@pytest.mark.parametrize("op", load_library_ops(), ids=lambda op: op.name)
def test_the_simplest_choice_gives_the_smallest_shapes(op):
    smallest = draw_configuration(op, Simplest())
    elements = lambda layout: sum(int(np.prod(shape)) for shape in layout.shapes.values())  # noqa: E731
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
    layouts = drawn(conv2d, 50)
    assert all((a.key == b.key) == (a.shapes == b.shapes and a.settings == b.settings) for a, b in pairwise(layouts))
