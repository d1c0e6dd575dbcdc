import pytest

from gradcheck.causes.edits.operators import numbers
from gradcheck.causes.edits.places import PlaceFinder
from gradcheck.causes.edits.source_file import parse_source_file
from tests.causes.edits.places_of_text import SEEN, list_places, list_texts


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (numbers.change_number, "g = 4 * x", "g = 2 * x"),
        (numbers.change_number, "g = 0.5 * x", "g = 0.25 * x"),
        (numbers.change_number, "g = x[1]", "g = x[0]"),
        (numbers.change_number, "g = x ** 3", "g = x ** 2"),
        (numbers.complement, "g = dy / p", "g = dy / (1 - p)"),
        (numbers.complement, "g = dy * (1 - p)", "g = dy * p"),
    ],
)
def test_a_mistake_is_undone(operator, before, after):
    assert after in list_texts(operator, before)


def test_a_divisor_comes_before_a_fraction():
    (place,) = [place for place in list_places("g = 4 * x") if place.text == "4"]
    tiers = {edit.text: edit.tier for edit in numbers.change_number(place)}
    assert tiers["2"] < tiers["1 / 4"]


def test_the_words_are_those_of_the_code():
    edits = [edit for place in list_places("g = dy * (1 - p)") for edit in numbers.complement(place)]
    assert "has `1 - p` for `p`" in {edit.words for edit in edits}


def test_the_diagonal_of_a_triangle_is_an_index():
    edits = [edit for place in list_places("g = np.tril(x, -1)") for edit in numbers.change_number(place)]
    assert {edit.name for edit in edits} == {"off-by-one"}


@pytest.mark.parametrize(("line", "name"), [("g = x ** -1.5", "power"), ("g = 1.5 * x", "sign")])
def test_a_number_is_an_exponent_or_has_a_sign(line, name):
    edits = [edit for place in list_places(line) for edit in numbers.change_number(place)]
    assert name in {edit.name for edit in edits}


def test_no_factor_becomes_one():
    assert "g = 1 * x" not in list_texts(numbers.change_number, "g = 2 * x")


@pytest.mark.parametrize(("line", "name"), [("g = x < 2", "off-by-one"), ("g = x * 2", "constant-factor")])
def test_a_number_that_is_compared_with_is_no_factor(line, name):
    edits = [edit for place in list_places(line) for edit in numbers.change_number(place)]
    assert name in {edit.name for edit in edits if "3" in edit.text}


def list_exact(text):
    """The edits of the last statement of a text."""
    source = parse_source_file("lines.py", text + "\n")
    places = PlaceFinder(source, source.tree.body[-1], SEEN).find()
    return [edit.text for place in places for edit in numbers.use_exact_number(place)]


def test_a_number_that_is_mistyped_is_that_of_another_line():
    assert list_exact("y = 0.044715 * x; g = 0.04715 * dy") == ["0.044715"]
    assert list_exact("y = 0.5 * x; g = 0.04715 * dy") == []


def test_a_number_that_is_not_exact_is_a_known_one():
    assert list_exact("g = x / 3.1416") == ["np.pi"]
    assert list_exact("g = x / 3.2") == []
