import pytest

from tests.causes.edits.places_of_text import list_places


def replace(line, part, text):
    """A line in which a part has another text."""
    place = next(place for place in list_places(line) if place.text == part and place.role != "statement")
    (edit,) = place.replace(text, "sign", "is wrong")
    return line[: edit.start[1]] + edit.text + line[edit.end[1] :]


@pytest.mark.parametrize(
    ("line", "part", "text", "after"),
    [
        ("g = x * y", "y", "x + y", "g = x * (x + y)"),
        ("g = x + y", "y", "x * y", "g = x + x * y"),
        ("g = x / y", "y", "x * y", "g = x / (x * y)"),
        ("g = (x - y) * v", "x - y", "x", "g = x * v"),
        ("g = (x - y) * v", "x - y", "x + y", "g = (x + y) * v"),
        ("g = f(x) * v", "x", "-x", "g = f(-x) * v"),
        ("g = x.T", "x", "x - y", "g = (x - y).T"),
        ("g = x ** 2", "x", "-x", "g = (-x) ** 2"),
        ("g = -x", "x", "x + y", "g = -(x + y)"),
        ("g = x > 0", "x", "x + y", "g = x + y > 0"),
    ],
)
def test_a_text_gets_the_parentheses_that_it_needs(line, part, text, after):
    assert replace(line, part, text) == after


def test_the_same_text_is_no_edit():
    (place,) = [place for place in list_places("g = x") if place.text == "x"]
    assert list(place.replace("x", "sign", "is wrong")) == []


def test_a_place_knows_numpy_and_lengths():
    place = list_places("g = x")[0]
    assert place.numpy == "np"
    assert {"n", "x.shape[1]", "v.size"} <= set(place.lengths)
