"""The shape language: what each word means, and what is refused."""

import pytest

from gradcheck.declaration.shape import Axis, DeclarationError, Expression, parse_expression, parse_shape

NAMES = {"C": 6, "groups": 2, "H": 5}


@pytest.mark.parametrize(
    ("text", "number"),
    [("C", 6), ("3", 3), ("4*H", 20), ("C//groups", 3), ("H - 2", 3), ("(H + 1)*groups", 12), ("2 + H*groups", 12)],
)
def test_an_expression_is_integer_arithmetic_over_names(text, number):
    assert Expression(text).value(NAMES) == number


@pytest.mark.parametrize("name", ["W", "len"])
def test_a_name_that_stands_for_no_number_is_told(name):
    with pytest.raises(KeyError, match=name):
        Expression(f"2*{name}").value(NAMES)


def test_an_expression_knows_the_names_that_it_needs():
    assert Expression("(H + 1)*groups - 2").names == {"H", "groups"}
    assert Expression("7").names == frozenset()


@pytest.mark.parametrize("text", ["C/2", "C**2", "-C", "1.5", "'C'", "f(C)", "C,", "C +", "C[0]", "C if H else 1", ""])
def test_anything_else_is_refused(text):
    with pytest.raises(DeclarationError, match="an axis is a name, a whole number, or"):
        Expression(text)


def test_an_expression_is_read_once():
    assert parse_expression("4*H + 1") is parse_expression("4*H + 1")


def test_a_shape_is_a_word_for_each_axis_or_group():
    assert parse_shape("N groups*C *S *#T ?D") == (
        Axis("size", "N"),
        Axis("size", "groups*C"),
        Axis("group", "S"),
        Axis("broadcast", "T"),
        Axis("free", "D"),
    )
    assert parse_shape("") == ()


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ("N *2", "shape 'N *2': '*' wants a name behind it, as in '*S', not '*2'"),
        ("*#", "shape '*#': '*#' wants a name behind it, as in '*#S', not '*#'"),
        ("?1", "shape '?1': '?' wants a name behind it, as in '?S', not '?1'"),
        ("N C/2", "shape 'N C/2': cannot read 'C/2'"),
    ],
)
def test_a_word_that_cannot_be_read_is_named_with_its_shape(shape, said):
    with pytest.raises(DeclarationError) as refusal:
        parse_shape(shape)
    assert str(refusal.value).startswith(said)
