import pytest

from gradcheck.causes.edits.operators import counts
from tests.causes.edits.places_of_text import list_texts


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("g = dy / x.shape[0]", "g = dy / x.shape[1]"),
        ("g = dy / len(x)", "g = dy / x.size"),
        ("n = x.shape[0]", "n = x.size"),
        ("g = dy / n", "g = dy / (n * m)"),
        ("g = dy / (c * n)", "g = dy / (c // m * n)"),
    ],
)
def test_a_length_stands_for_another(before, after):
    assert after in list_texts(counts.replace_axis_of_shape, before)


def test_a_count_is_multiplied_by_other_lengths():
    assert {"g = n * m", "g = n * m * c"} <= set(list_texts(counts.replace_axis_of_shape, "g = n"))
