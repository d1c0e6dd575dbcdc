"""Each law: what it states, and why."""

import pytest

from gradcheck.laws.registry import load_laws


@pytest.mark.parametrize("law", load_laws().values(), ids=lambda law: law.name)
def test_a_law_states_what_holds_and_says_why(law):
    assert law.statement.endswith(".")
    assert law.rationale.endswith(".")
    assert callable(law.examine)
