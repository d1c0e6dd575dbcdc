"""The laws in the order of judgement, each with what it states, why, and its name in the declaration."""

import pytest

from gradcheck.laws.registry import load_laws


def test_each_name_that_a_declaration_may_use_is_a_law_in_this_order():
    assert tuple(load_laws()) == tuple(load_laws())


@pytest.mark.parametrize("law", load_laws().values(), ids=lambda law: law.name)
def test_a_law_states_what_holds_and_says_why(law):
    assert law.statement.endswith(".")
    assert law.rationale.endswith(".")
    assert callable(law.examine)
