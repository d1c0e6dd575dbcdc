import pytest

from gradcheck.causes.edits.operators import indices
from tests.causes.edits.places_of_text import list_texts


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (indices.shift_index, "g = x[n]", "g = x[n - 1]"),
        (indices.scale_index, "g = x[n]", "g = x[n * m]"),
        (indices.scale_index, "start = n", "start = n * stride"),
        (indices.change_slice, "g = x[1:]", "g = x[:-1]"),
        (indices.change_slice, "g = x[:, ::-1]", "g = x[:, :]"),
        (indices.reverse_axes, "g = x", "g = x[..., ::-1, ::-1]"),
        (indices.cut_padding_from_front, "g = x[:, n:-n]", "g = x[:, n:x.shape[1] - n]"),
        (indices.change_range, "for i in range(n):\n    pass", "for i in range(1, n):\n    pass"),
        (indices.change_range, "for i in range(n):\n    pass", "for i in reversed(range(n)):\n    pass"),
        (indices.change_new_axes, "g = x[n, m]", "g = x[m, n]"),
        (indices.change_new_axes, "g = v * x", "g = v[:, None] * x"),
    ],
)
def test_a_mistake_is_undone(operator, before, after):
    line = before.splitlines()[0]
    assert after.splitlines()[0] in [text.splitlines()[0] for text in list_texts(operator, before)], line


def test_an_index_stands_for_one_from_another_place():
    assert "g[n] = x[n]" in list_texts(indices.exchange_index, "g[n] = x[m[n]]")
    assert "g[n] = x[n]" in list_texts(indices.exchange_index, "g[n] = x[m % c]")
    assert list_texts(indices.exchange_index, "g = x * dy") == []
