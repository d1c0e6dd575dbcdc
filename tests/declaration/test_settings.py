"""A setting takes what a case can keep, and says what to write for anything else."""

import math

import numpy as np
import pytest

from gradcheck.declaration.settings import choice, rank, whole
from gradcheck.declaration.shape import DeclarationError


def test_a_choice_wants_an_option():
    with pytest.raises(DeclarationError, match="at least one option"):
        choice()


@pytest.mark.parametrize(
    ("option", "kept"),
    [
        (np.int64(1), 1),
        (np.float32(0.5), 0.5),
        (np.float64(np.inf), math.inf),
        (np.longdouble(2), 2.0),
        (np.bool_(True), True),
        (np.str_("same"), "same"),
        ((np.int64(1), ("a", np.float64(2))), (1, ("a", 2.0))),
    ],
    ids=repr,
)
def test_an_option_of_numpys_becomes_pythons(option, kept):
    assert repr(choice(0, option).options) == repr((0, kept))


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (np.tanh, "option 2 of choice() is <ufunc 'tanh'>, which no case can keep; write 'tanh', and let forward"),
        (np.float32, "write 'float32', and let forward look it up by that name"),
        ([1, 2], "option 2 of choice() is [1, 2], which no case can keep; write a tuple"),
        ((1, [2]), "is [2], which no case can keep; write a tuple"),
        (np.ones(2), "write a tuple of numbers, or declare it as an input"),
        ({"a": 1}, "write a number, text, None, or a tuple of them"),
        (1j, "write a number, text, None, or a tuple of them"),
    ],
    ids=repr,
)
def test_an_option_that_no_case_can_keep_is_refused_with_what_to_write(option, words):
    with pytest.raises(DeclarationError) as error:
        choice(0, option)
    assert words in str(error.value)


@pytest.mark.parametrize("bounds", ["K/2", "max(K, 2)", "2 +", "K if L else 2", "True", "'2'"])
def test_bounds_that_are_no_arithmetic_are_quoted(bounds):
    with pytest.raises(DeclarationError) as error:
        whole(bounds, None)
    assert repr(bounds) in str(error.value)


def test_a_whole_number_speaks_of_the_names_in_both_bounds():
    assert whole("K", "D-1").names == {"K", "D"}
    assert whole(0, None).names == frozenset()


def test_a_rank_knows_its_group():
    assert rank("A").group == "A"
