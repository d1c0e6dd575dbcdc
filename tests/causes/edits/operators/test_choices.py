import pytest

from gradcheck.causes.edits.operators import choices
from tests.causes.edits.places_of_text import list_texts


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


def test_a_bound_that_is_strict_or_not_is_one_of_boundaries():
    assert ("<", "<=") in choices.BOUNDARY_PAIRS
