import pytest

from gradcheck.causes.edits.operators import axes
from tests.causes.edits.places_of_text import list_places, list_texts


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (axes.change_axis, "g = x.sum(axis=1)", "g = x.sum(axis=0)"),
        (axes.change_axis, "g = x.sum((0, 2))", "g = x.sum((0, 2, 3))"),
        (axes.change_reduction, "g = x.mean(axis=0)", "g = x.sum(axis=0)"),
        (axes.change_reduction, "g = np.sum(x * y)", "g = np.sum(x * y, axis=0)"),
        (axes.change_reduction, "g = np.sum(x, 1)", "g = np.sum(x, 1, keepdims=True)"),
        (axes.change_reduction, "g = x.sum(axis=1, keepdims=True)", "g = x.sum(axis=1)"),
        (axes.change_reduction, "g = np.sum(x, axis=1)", "g = x"),
        (axes.add_sum, "return x, dy * y", "return x, (dy * y).sum(axis=0)"),
        (axes.add_reshape, "g = dy", "g = dy.reshape(v.shape)"),
        (axes.change_transposes, "g = x @ dy", "g = x.T @ dy"),
        (axes.change_transposes, "g = x.T @ dy", "g = x @ dy"),
        (axes.change_reduction, "g = (x * y).mean(axis=0)", "g = (x * y).sum(axis=0)"),
        (axes.add_transpose, "g = cube.reshape(n, m)", "g = cube.transpose(0, 2, 1).reshape(n, m)"),
        (axes.permute_axes, "g = x.transpose(0, 1, 3, 5, 2, 4)", "g = x.transpose(0, 1, 5, 3, 2, 4)"),
        (axes.permute_axes, "g = x.transpose(0, 2, 1)", "g = x.transpose(1, 2, 0)"),
        (axes.permute_axes, "g = np.transpose(x, (1, 0))", "g = np.transpose(x, (0, 1))"),
    ],
)
def test_a_mistake_is_undone(operator, before, after):
    assert after in list_texts(operator, before)


def test_the_two_sides_of_an_image_that_are_exchanged_are_named():
    places = list_places("g = x.reshape(n, kw, m, kh)")
    found = {edit.text: edit.name for place in places for edit in axes.permute_axes(place)}
    assert found["x.reshape(n, kh, m, kw)"] == "height-width-exchanged"
    assert found["x.reshape(m, kw, n, kh)"] == "axes-permuted"


def test_parts_that_are_joined_are_put_in_another_order():
    assert "g = np.hstack([v, y, x])" in list_texts(axes.exchange_parts, "g = np.hstack([x, y, v])")
    assert "g = np.concatenate((y, x), axis=1)" in list_texts(axes.exchange_parts, "g = np.concatenate((x, y), axis=1)")
    assert list_texts(axes.exchange_parts, "g = np.hstack(cube)") == []
