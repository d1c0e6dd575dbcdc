"""The options of `adapt` in TOML: those that a file can hold, each checked as it is read."""

import inspect

import pytest

from gradcheck import adapt, whole
from gradcheck.adapters.options import ADAPT_OPTION_NAMES
from gradcheck.audit.assignment import AssignmentError
from gradcheck.audit.assignment_options import OPTION_READERS, read_options
from gradcheck.audit.toml_table import TomlTable

FURTHER = {"adapter", "name", "reference"}
"""Options of adapt that are keys of a row themselves."""
NOT_IN_TOML = {"at", "xp", "source", "formula"}


def read(**values):
    return read_options(TomlTable("course.toml: function 1", values))


def test_every_option_of_adapt_is_read_or_left_out_on_purpose():
    assert {*OPTION_READERS, *FURTHER, *NOT_IN_TOML} == {*ADAPT_OPTION_NAMES}
    assert {*OPTION_READERS} <= {*inspect.signature(adapt).parameters}


def test_options_become_the_keywords_of_adapt():
    assert read(averaged={"w": "N"}, gradients=["x"], upstream=False, name="affine") == {
        "averaged": {"w": "N"},
        "gradients": ("x",),
        "upstream": False,
    }


def test_bounds_of_axes_are_numbers_or_expressions():
    assert read(sizes={"T": [1, 8], "H": ["HH-2*pad"]})["sizes"] == {"T": whole(1, 8), "H": whole("HH-2*pad", None)}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"sizes": {"T": 3}}, "sizes.T is 3, not a list"),
        ({"sizes": {"T": []}}, "sizes.T is []; write [least] or [least, most]"),
        ({"sizes": {"T": [True]}}, "sizes.T is [True]; write [least]"),
        ({"sizes": {"T": ["1+"]}}, "sizes.T is ['1+']: cannot read '1+'"),
        ({"inputs": {"x": "N D-"}}, "inputs.x cannot be read: shape 'N D-'"),
        ({"averaged": ["w"]}, "averaged is ['w'], not a table"),
        ({"averaged": {"w": 1}}, "averaged.w is 1, not text"),
        ({"gradients": "x"}, "gradients is 'x', not a list"),
        ({"upstream": "no"}, "upstream is 'no', not true or false"),
    ],
)
def test_an_option_of_another_form_is_refused(values, words):
    with pytest.raises(AssignmentError, match=r"course\.toml: function 1: ") as raised:
        read(**values)
    assert words in str(raised.value)
