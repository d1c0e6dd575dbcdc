import pytest

from gradcheck.causes.edits.operators import terms
from tests.causes.edits.places_of_text import list_texts


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (terms.add_terms, "g = dy", "g = dy + x"),
        (terms.add_terms, "g = dy", "g = dy - 2 * p * x"),
        (terms.add_terms, "g = dy", "g = dy + x * y"),
        (terms.couple_rows, "g = x * dy", "g = x * (dy - np.sum(x * dy, axis=-1, keepdims=True))"),
        (terms.couple_rows, "g = dy * x * (1 - x)", "g = x * (dy - np.sum(dy * x, axis=-1, keepdims=True))"),
        (terms.couple_rows, "g = dy - x * dy", "g = dy - x * dy.sum(axis=-1, keepdims=True)"),
        (terms.couple_rows, "g = dy", "g = dy - dy.mean(axis=0, keepdims=True)"),
    ],
)
def test_a_mistake_is_undone(operator, before, after):
    assert after in list_texts(operator, before)


def test_a_term_with_the_weight_of_a_penalty_is_a_regularisation():
    assert terms.name_missing_term("2 * reg * W")[0] == "regularisation-missing"
    assert terms.name_missing_term("2 * W") == ("term-missing", "lacks the term `2 * W`")
