import ast

import pytest

from gradcheck.causes.edits.dataflow import is_same_value, list_assigned, list_used, list_used_in


def parse(text):
    """The statement of a text."""
    return ast.parse(text).body[0]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a, (b, c) = d", ["a", "b", "c"]),
        ("dx[i] += e", ["dx"]),
        ("self.grads['W'] = e", ["self.grads['W']"]),
        ("np.add.at(dx, i, e)", ["dx", "np.add"]),
        ("for i in r:\n    pass", ["i"]),
        ("return a", []),
    ],
)
def test_what_is_assigned(text, names):
    assert list_assigned(parse(text)) == names


def test_what_is_used_has_its_longest_text():
    used = list_used(ast.parse("self.x.T @ cache['w'][i] + f(a)", mode="eval"))
    assert used == {"self.x.T", "cache['w']", "i", "f", "a"}


def test_an_index_of_a_target_is_used():
    assert list_used_in(parse("dx[i] = e")) == {"dx", "i", "e"} - {"dx"}


@pytest.mark.parametrize(("used", "assigned", "same"), [("x", "x", True), ("x.T", "x", True), ("g", "g['W']", True),
                                                       ("g['W']", "g", True), ("xs", "x", False)])  # fmt: skip
def test_a_part_stands_for_the_whole(used, assigned, same):
    assert is_same_value(used, assigned) is same
