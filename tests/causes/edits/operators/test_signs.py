import pytest

from gradcheck.causes.edits.operators import signs
from tests.causes.edits.places_of_text import list_places, list_texts


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (signs.exchange_signs, "g = x + (y + v)", "g = x - (y + v)"),
        (signs.exchange_signs, "g += x", "g -= x"),
        (signs.exchange_signs, "g = -x", "g = x"),
        (signs.negate_whole, "return x, y + v", "return x, -(y + v)"),
        (signs.remove_terms, "g = x - y", "g = -y"),
        (signs.exchange_operands, "g = x.T @ dy", "g = dy.T @ x"),
        (signs.exchange_operands, "g = x - y", "g = y - x"),
        (signs.exchange_operands, "g = x.dot(y)", "g = y.dot(x)"),
        (signs.exchange_operands, "g = np.dot(x, y)", "g = np.dot(y, x)"),
        (signs.exchange_operators, "g = x * y", "g = x / y"),
    ],
)
def test_a_mistake_is_undone(operator, before, after):
    assert after in list_texts(operator, before)


@pytest.mark.parametrize(("line", "name"), [("g = x + y + y", "path-twice"), ("g = x + y + v", "term-added")])
def test_a_term_that_is_there_twice_is_a_path_twice(line, name):
    edits = [edit for place in list_places(line) for edit in signs.remove_terms(place)]
    assert [edit.name for edit in edits if edit.text == "x + y"] == [name]
