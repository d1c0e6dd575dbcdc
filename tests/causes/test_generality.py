"""The more specific of two names is known."""

from gradcheck.causes.catalogue import load_catalogue
from gradcheck.causes.cause import Cause
from gradcheck.causes.generality import (
    GENERALITY,
    OTHER_WORDS,
    are_other_words,
    is_of_operation,
    measure_generality,
    says_more,
)


def test_a_missing_way_back_says_less_than_a_missing_factor_and_that_less_than_a_mask():
    path, factor, mask = (measure_generality(Cause(f"{name}-missing", "")) for name in ("path", "factor", "mask"))
    assert path > factor > mask


def test_every_general_name_is_in_the_catalogue():
    assert set(GENERALITY).union(*OTHER_WORDS) <= set(load_catalogue())


def test_a_bound_that_is_not_applied_is_a_mask_in_other_words():
    assert are_other_words(Cause("mask-missing", "a"), Cause("saturation-ignored", "b"))
    assert not are_other_words(Cause("mask-missing", "a"), Cause("sign", "b"))


def test_a_cause_of_an_operation_tells_its_line():
    assert is_of_operation(Cause("path-missing", "the gradient through `x + y` (line 3) is missing"))
    assert not is_of_operation(Cause("sign", "it has the wrong sign"))


def test_an_edit_says_more_than_that_something_is_missing():
    missing, index = Cause("path-missing", "a"), Cause("wrong-index", "b")
    assert says_more(index, missing)
    assert not says_more(Cause("term-missing", "c"), missing)
    assert not says_more(index, Cause("mask-missing", "d"))
