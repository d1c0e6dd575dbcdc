"""The laws that there are, and exceptions from them."""

from dataclasses import replace

import pytest

from gradcheck import DeclarationError, check, load
from gradcheck.laws.registry import load_laws, measuring_laws, validate_exceptions


def test_structural_laws_come_first():
    structural = [law.is_structural for law in load_laws().values()]
    assert structural == sorted(structural, reverse=True)
    assert any(structural)


def test_exactly_one_law_is_required_and_measures_errors():
    required = {law.name for law in load_laws().values() if law.is_required}
    assert required == measuring_laws() == {"gradient"}


def test_an_exception_from_a_law_that_does_not_exist_is_refused_and_the_laws_are_listed():
    op = replace(load("", "sin"), exceptions={"continuity": "why not"})
    with pytest.raises(DeclarationError, match="op 'sin': exception for an unknown law 'continuity'") as error:
        validate_exceptions(op)
    assert all(law in str(error.value) for law in load_laws())
    with pytest.raises(DeclarationError, match="continuity"):
        check(op, examples=1)


def test_an_exception_from_a_law_that_exists_is_accepted():
    validate_exceptions(replace(load("", "sin"), exceptions={"linearity": "a straight-through estimator"}))
