"""An input that cannot be drawn is refused with what to write; one that can knows its axes and its gradient."""

import pytest

from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array, Several, input_name, list_declared_arrays
from gradcheck.declaration.shape import DeclarationError


@pytest.mark.parametrize(
    ("shape", "named"),
    [
        ("N 2x", "2x"),
        ("N H/2", "H/2"),
        ("N f(H)", "f(H)"),
        ("*", "*"),
        ("*#2", "*#2"),
        ("?", "?"),
        ("N 1.5", "1.5"),
        ("N H**2", "H**2"),
        ("-H", "-H"),
    ],
)
def test_an_unreadable_word_of_a_shape_is_quoted(shape, named):
    with pytest.raises(DeclarationError, match="shape") as error:
        Array(shape)
    assert repr(named) in str(error.value)


@pytest.mark.parametrize("shape", ["", "N", "N groups*C H W", "*S", "*#S", "*A ?D *B", "4*H", "N 3", "(H+2)//2"])
def test_a_readable_shape_is_taken(shape):
    assert [axis.text for axis in Array(shape).axes] == [word.lstrip("*#?") for word in shape.split()]


def test_an_array_wants_a_domain():
    with pytest.raises(DeclarationError, match="'positive' is not a domain"):
        Array("N", "positive")


@pytest.mark.parametrize(("least", "most"), [(0, 3), (3, 2)])
def test_several_wants_at_least_one_and_an_order(least, most):
    with pytest.raises(DeclarationError, match=f"{least} and {most}"):
        Several(Array("N"), least, most)


def test_whole_numbers_owe_no_gradient_unless_declared():
    assert Array("N").differentiable
    assert not Array("N", indices(3)).differentiable
    assert not Array("N", gradient=False).differentiable


@pytest.mark.parametrize(("label", "name"), [("x", "x"), ("xs[1]", "xs")])
def test_a_label_names_its_input(label, name):
    assert input_name(label) == name


def test_the_members_of_a_several_are_declared_once():
    x, member = Array("N D"), Array("N ?D")
    assert list_declared_arrays({"x": x, "xs": Several(member)}) == [x, member]
