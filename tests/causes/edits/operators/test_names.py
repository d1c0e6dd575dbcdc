import pytest

from gradcheck.causes.edits.operators import names
from tests.causes.edits.places_of_text import list_places, list_texts


@pytest.mark.parametrize(
    ("before", "after"),
    [("g = dy * x", "g = dy * y"), ("g = x[n]", "g = x[m]"), ("g = dy * eps", "g = dy * p")],
)
def test_a_name_stands_for_another_of_its_kind(before, after):
    assert after in list_texts(names.replace_name, before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("g = dy / x.shape[0]", "g = dy / x.shape[1]"),
        ("g = dy / len(x)", "g = dy / x.size"),
        ("g = dy / n", "g = dy / (n * m)"),
        ("g = dy / (c * n)", "g = dy / (c // m * n)"),
    ],
)
def test_a_length_stands_for_another(before, after):
    assert after in list_texts(names.replace_axis_of_shape, before)


def test_what_is_never_used_is_a_term_or_a_factor():
    texts = list_texts(names.use_unused_name, "g = dy * x", unused=["v"])
    assert {"g = dy * x * v", "g = (dy + v) * x"} <= set(texts)
    assert list_texts(names.use_unused_name, "g = dy * x") == []


def test_a_mask_that_is_never_used_is_named_as_one():
    edits = [edit for place in list_places("g = dy * x", unused=["mask"]) for edit in names.use_unused_name(place)]
    assert {edit.name for edit in edits if "* mask" in edit.text} == {"mask-missing"}


def test_what_is_never_used_stands_for_a_number():
    assert list_texts(names.use_unused_name, "g -= 1", unused=["v"]) == ["g -= v"]
    assert "g = dy * mask" in list_texts(names.use_unused_name, "g = dy * (x > 0)", unused=["mask"])


def test_a_number_stands_for_a_setting():
    assert "g = x * eps" in list_texts(names.replace_number, "g = x * 0.01")
    assert list_texts(names.replace_number, "g = x ** 2") == []


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("H", "W", "height-width-exchanged"),
        ("pool_size", "stride", "window-from-stride"),
        ("x", "y", "wrong-variable"),
        ("dnext_c", "dnext_h", "upstream-wrong"),
    ],
)
def test_confusions_have_their_names(old, new, cause):
    assert names.name_confusion(old, new)[0] == cause
