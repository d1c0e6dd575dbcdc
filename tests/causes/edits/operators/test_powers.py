import pytest

from gradcheck.causes.edits.operators import powers
from tests.causes.edits.places_of_text import list_texts


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (powers.change_powers, "g = x * y ** -3 / 2", "g = x * y ** (-3 / 2)"),
        (powers.change_powers, "g = y ** -3 / 2", "g = y ** (-3 / 2)"),
        (powers.change_powers, "g = dy * x", "g = dy * x ** 2"),
        (powers.change_powers, "g = dy * (1 - x) ** 2", "g = dy * (1 - x ** 2)"),
        (powers.change_powers, "g = x ** n", "g = x ** (n - 1)"),
        (powers.change_roots, "g = np.sqrt(x) + eps", "g = np.sqrt(x + eps)"),
        (powers.change_roots, "g = np.sqrt(x + eps)", "g = np.sqrt(x) + eps"),
        (powers.change_roots, "g = 1 / np.sqrt(x) + eps", "g = 1 / np.sqrt(x + eps)"),
        (powers.change_roots, "g = dy / x", "g = dy / np.sqrt(x + eps)"),
        (powers.change_roots, "g = dy / n", "g = dy / np.sqrt(n)"),
    ],
)
def test_a_mistake_is_undone(operator, before, after):
    assert after in list_texts(operator, before)


def test_the_root_of_a_sum_with_eps_is_taken():
    assert "g = dy / np.sqrt(x + eps)" in list_texts(powers.change_roots, "g = dy / (x + eps)")
    assert not any("sqrt(x + y)" in text for text in list_texts(powers.change_roots, "g = dy / (x + y)"))
    assert "g = np.sqrt(np.sqrt(x + eps))" not in list_texts(powers.change_roots, "g = np.sqrt(x + eps)")
