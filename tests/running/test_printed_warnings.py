"""Warnings of gradcheck as lines on stderr."""

import warnings

import pytest

from gradcheck.running.printed_warnings import print_warnings


class OwnWarning(UserWarning):
    """A warning that is printed."""


def test_each_is_a_line_also_if_it_comes_again(capsys):
    with print_warnings(OwnWarning):
        for _ in range(2):
            warnings.warn("look here", OwnWarning, stacklevel=1)
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "gradcheck: look here\n" * 2)


def test_where_the_code_raises_the_error_goes_through():
    with pytest.raises(ZeroDivisionError), print_warnings(OwnWarning):
        raise ZeroDivisionError
