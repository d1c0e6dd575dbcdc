import pytest

from gradcheck.causes.edits.operators import names
from gradcheck.causes.edits.places import PlaceFinder
from gradcheck.causes.edits.source_file import parse_source_file
from tests.causes.edits.places_of_text import SEEN, list_texts


@pytest.mark.parametrize(
    ("before", "after"),
    [("g = dy * x", "g = dy * y"), ("g = x[n]", "g = x[m]"), ("g = dy * eps", "g = dy * p")],
)
def test_a_name_stands_for_another_of_its_kind(before, after):
    assert after in list_texts(names.replace_name, before)


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


def list_edits(operator, text):
    """The texts that an operator puts into the last statement of a text, each with the name of its cause."""
    source = parse_source_file("lines.py", text + "\n")
    places = PlaceFinder(source, source.tree.body[-1], SEEN).find()
    edits = [edit for place in places for edit in operator(place)]
    return {(source.cut((1, 0), e.start) + e.text + source.cut(e.end, (1, len(text))), e.name) for e in edits}


def test_an_index_is_told_from_a_variable():
    edits = list_edits(names.replace_name, "g = x[n] * n")
    assert {("g = x[m] * n", "wrong-index"), ("g = x[n] * m", "wrong-variable")} <= edits


def test_a_value_and_what_it_was_made_of_are_told_from_other_variables():
    line, other = "y = np.tanh(x); g = {}", "y = x + dy; g = {}"
    assert (line.format("y"), "slope-at-output") in list_edits(names.replace_name, line.format("x"))
    assert (other.format("y"), "wrong-variable") in list_edits(names.replace_name, other.format("x"))


def test_a_name_is_replaced_wherever_a_line_uses_it():
    assert "g = y * (1 - y)" in list_texts(names.replace_name_everywhere, "g = x * (1 - x)")
    assert list_texts(names.replace_name_everywhere, "g = x * (1 - dy)") == []


def test_a_norm_that_has_eps_stands_for_a_sum_that_has_none():
    line = "v = np.sqrt(m + eps); g = x / {}"
    assert (line.format("v ** 2"), "eps-missing") in list_edits(names.use_root_with_eps, line.format("np.sum(dy)"))
    misplaced = line.format("(np.sqrt(dy) + eps)")
    assert (line.format("v"), "eps-misplaced") in list_edits(names.use_root_with_eps, misplaced)
    assert list_edits(names.use_root_with_eps, line.format("(dy + eps)")) == set()
    assert list_texts(names.use_root_with_eps, "g = x / np.sum(dy)") == []
