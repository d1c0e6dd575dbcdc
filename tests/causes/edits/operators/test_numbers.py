import pytest

from gradcheck.causes.edits.operators import numbers
from tests.causes.edits.places_of_text import list_texts


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


def test_no_factor_becomes_one():
    assert "g = 1 * x" not in list_texts(numbers.change_number, "g = 2 * x")
