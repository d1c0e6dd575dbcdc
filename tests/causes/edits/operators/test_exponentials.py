import pytest

from gradcheck.causes.edits.operators import exponentials
from gradcheck.causes.edits.places import PlaceFinder
from gradcheck.causes.edits.source_file import parse_source_file
from tests.causes.edits.places_of_text import SEEN


def list_after(text):
    """The edits of the last statement of a text."""
    source = parse_source_file("lines.py", text + "\n")
    places = PlaceFinder(source, source.tree.body[-1], SEEN).find()
    return [(edit.text, edit.name) for place in places for edit in exponentials.subtract_maximum(place)]


def test_a_maximum_is_subtracted_before_the_exponential():
    assert list_after("v = x.max(axis=0); g = np.exp(x)") == [("np.exp(x - v)", "max-counted")]


@pytest.mark.parametrize("text", ["v = x.sum(axis=0); g = np.exp(x)", "v = x.max(axis=0); g = np.exp(x - v)"])
def test_no_other_array_is(text):
    assert list_after(text) == []
