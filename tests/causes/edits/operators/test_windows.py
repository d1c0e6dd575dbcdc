import pytest

from gradcheck.causes.edits.operators import windows
from tests.causes.edits.places_of_text import list_places, list_texts


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (windows.scale_windows, "g = x[:, n:n + m]", "g = x[:, n * stride:n * stride + m]"),
        (
            windows.scale_windows,
            "x[n:n + pad, m:m + pad] += dy",
            "x[n * stride:n * stride + pad, m * stride:m * stride + pad] += dy",
        ),
        (windows.change_window_lengths, "g = x[n:n + stride, m:m + stride]", "g = x[n:n + c, m:m + c]"),
        (windows.change_window_lengths, "g = x[n:n + stride, m:m + stride]", "g = x[n:n + kh, m:m + kw]"),
        (windows.change_window_lengths, "g = x[n:n + c, m:m + pad]", "g = x[n:n + pad, m:m + c]"),
        (windows.cut_padding, "g = x[1:-1]", "g = x[pad:x.shape[0] - pad]"),
        (windows.cut_padding, "g = x[:n, :m]", "g = x[pad:pad + n, pad:pad + m]"),
        (windows.cut_padding, "g = x", "g = x[pad:x.shape[0] - pad, pad:x.shape[1] - pad]"),
        (windows.cut_padding, "g = x", "g = x[:, pad:x.shape[1] - pad]"),
    ],
)
def test_a_mistake_is_undone(operator, before, after):
    assert after in list_texts(operator, before)


def test_a_factor_of_an_index_is_called_by_its_name():
    names = {e.text: e.name for place in list_places("g = x[n:n + m]") for e in windows.scale_windows(place)}
    assert names["x[n * stride:n * stride + m]"] == "stride-ignored"
    assert names["x[n * c:n * c + m]"] == "wrong-index"
