from gradcheck.causes.edits.operators import unused_names
from tests.causes.edits.places_of_text import list_places, list_texts


def test_what_is_never_used_is_a_term_or_a_factor():
    texts = list_texts(unused_names.use_unused_name, "g = dy * x", unused=["v"])
    assert {"g = dy * x * v", "g = (dy + v) * x"} <= set(texts)
    assert list_texts(unused_names.use_unused_name, "g = dy * x") == []


def test_a_mask_that_is_never_used_is_named_as_one():
    edits = [
        edit for place in list_places("g = dy * x", unused=["mask"]) for edit in unused_names.use_unused_name(place)
    ]
    assert {edit.name for edit in edits if "* mask" in edit.text} == {"mask-missing"}


def test_what_is_never_used_stands_for_a_number():
    assert list_texts(unused_names.use_unused_name, "g -= 1", unused=["v"]) == ["g -= v"]
    assert "g = dy * mask" in list_texts(unused_names.use_unused_name, "g = dy * (x > 0)", unused=["mask"])


def test_the_slope_of_another_function_is_replaced_by_what_is_never_used():
    assert "g = dy * v" in list_texts(unused_names.use_unused_name, "g = dy * x * (1 - x)", unused=["v"])
    edits = [
        e for place in list_places("g = dy * x * (1 - x)", unused=["v"]) for e in unused_names.use_unused_name(place)
    ]
    assert "wrong-function" in [e.name for e in edits if e.text == "dy * v"]
