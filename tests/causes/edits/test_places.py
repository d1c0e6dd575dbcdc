import ast

import pytest

from gradcheck.causes.edits.places import PlaceFinder, get_subject, list_unused
from tests.causes.edits.places_of_text import SEEN, list_places


def find_roles(line):
    """The roles of the places of a line, by their texts."""
    return {place.text: place.role for place in list_places(line)}


def test_what_is_returned_is_whole_and_what_is_inside_a_value():
    roles = find_roles("return x * y, v")
    assert (roles["x * y"], roles["v"], roles["x"]) == ("whole", "whole", "value")


@pytest.mark.parametrize("line", ["g = np.sum(x, 0)", "g = x.sum(0)", "g = x.sum(axis=0)"])
def test_an_axis_is_one_in_each_way_of_writing(line):
    roles = find_roles(line)
    assert (roles["0"], roles["x"]) == ("axis", "value")


def test_indices_and_shapes_are_indices():
    roles = find_roles("g[n] = np.zeros(m)")
    assert (roles["n"], roles["m"], roles["g"]) == ("index", "index", "target")


def test_only_the_gradient_in_question_has_places_in_a_row():
    row = list_places("return x * y, v")[0]
    finder = PlaceFinder(row.source, row.node, SEEN, returned=[row.node.value.elts[0]])
    assert {place.text for place in finder.find()} == {"return x * y, v", "x * y", "x", "y"}


def test_what_is_unpacked_is_a_row():
    assert find_roles("x, y = cache")["cache"] == "row"


def test_a_condition_and_a_loop_are_looked_at():
    assert find_roles("if x > 0:\n    pass")["x > 0"] == "test"
    assert find_roles("for i in range(n):\n    pass")["n"] == "index"


@pytest.mark.parametrize("text", ["np.sum(x, 0)", "x.sum(0)"])
def test_the_subject_of_a_call(text):
    assert ast.unparse(get_subject(ast.parse(text, mode="eval").body, SEEN)) == "x"


def test_names_that_a_function_never_uses():
    assert list_unused(ast.parse("def f(a, b):\n    c, d = b\n    return d")) == {"a", "c"}
    assert list_unused(ast.parse("def f(a):\n    b = g(a)\n    b[a] = 1\n    return a")) == {"b"}
