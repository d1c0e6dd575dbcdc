"""Small configurations: the simplest first, every choice within a few steps, whatever the declaration allows."""

from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole
from gradcheck.generation.small_configurations import count_all_elements, list_small_configurations


def declare(inputs, **parts):
    return Op("f", abs, abs, inputs=inputs, **parts)


def test_the_simplest_configuration_comes_first_and_the_sizes_never_fall():
    small = list_small_configurations(declare({"x": Array("N D"), "w": Array("D M"), "b": Array("M")}))
    assert small[0].shapes == {"x": (1, 1), "w": (1, 1), "b": (1,)}
    sizes = [count_all_elements(configuration) for configuration in small]
    assert sizes == sorted(sizes)


def test_each_axis_alone_is_longer_in_one_of_them_and_none_comes_twice():
    small = list_small_configurations(declare({"x": Array("N D"), "w": Array("D M")}))
    names = [tuple(c.names.items()) for c in small]
    assert {(2, 1, 1), (1, 2, 1), (1, 1, 2), (2, 2, 2)} <= {tuple(n for _, n in row) for row in names}
    assert len({c.key for c in small}) == len(small)


def test_settings_bounds_ranks_and_members_are_chosen_as_well():
    several = declare({"xs": Several(Array("*S"), 1, 3)}, settings={"how": choice("sum", "mean")})
    small = list_small_configurations(several)
    assert {len(c.shapes) for c in small} == {1, 2, 3}
    assert {c.settings["how"] for c in small} == {"sum", "mean"}
    image = declare(
        {"x": Array("H"), "w": Array("K")}, settings={"pad": whole(0, 1)}, sizes={"H": whole("K-2*pad", None)}
    )
    assert all(c.names["H"] >= max(1, c.names["K"] - 2 * c.settings["pad"]) for c in list_small_configurations(image))


def test_choices_that_leave_no_lawful_value_are_left_out():
    narrow = declare({"x": Array("N"), "y": Array("M")}, sizes={"N": whole(1, 4), "M": whole("2*N", 5)})
    small = list_small_configurations(narrow)
    assert small
    assert {c.names["N"] for c in small} <= {1, 2}
