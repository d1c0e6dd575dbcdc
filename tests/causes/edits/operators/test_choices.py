import pytest

from gradcheck.causes.edits.operators import choices
from tests.causes.edits.places_of_text import list_places, list_texts


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (choices.change_comparison, "g = dy * (x < 0)", "g = dy * (x > 0)"),
        (choices.change_comparison, "g = x > 0", "g = x >= 0"),
        (choices.exchange_branches, "g = np.where(mask, x, y)", "g = np.where(mask, y, x)"),
        (choices.exchange_branches, "g = x if n else y", "g = y if n else x"),
        (choices.exchange_branches, "g = x[mask]", "g = x[~mask]"),
        (choices.exchange_functions, "g = np.sin(x)", "g = np.cos(x)"),
    ],
)
def test_a_mistake_is_undone(operator, before, after):
    assert after in list_texts(operator, before)


def test_a_comparison_keeps_the_side_of_equal_numbers():
    (place,) = [place for place in list_places("g = x[y < 0]") if place.text == "y < 0"]
    by_tier = sorted(choices.change_comparison(place), key=lambda edit: edit.tier)
    assert [edit.text for edit in by_tier if edit.tier == 1] == ["y <= 0", "y > 0"]
    places = list_places("g = x[y < 0] + (x >= 0)")
    edits = next([*choices.change_comparison(place)] for place in places if place.text == "y < 0")
    assert [edit.text for edit in edits if edit.tier == 1] == ["y <= 0", "y > 0"]  # the statement itself says nothing


def test_a_bound_that_is_strict_or_not_is_one_of_boundaries():
    assert ("<", "<=") in choices.BOUNDARY_PAIRS
