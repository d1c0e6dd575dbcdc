"""A law states what must hold, says why, and is examined as a pure function."""

import pytest

from gradcheck.declaration.op import Array, Op
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.law import Law
from gradcheck.laws.registry import load_laws
from tests.laws.observing import make_case, observe


@pytest.mark.parametrize("law", load_laws().values(), ids=lambda law: law.name)
def test_a_law_states_what_holds_and_says_why(law):
    assert law.statement.endswith(".")
    assert law.rationale.endswith(".")


@pytest.mark.parametrize("name", load_laws())
def test_the_same_case_gives_the_same_observation(name):
    inputs = {"x": Array("N D")}
    op = Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, lambda x: x * x, inputs=inputs, batch="N")
    first, again = (observe(name, op, [[1.0, -2.0], [0.5, 3.0]]) for _ in range(2))
    assert (first.findings, first.tightest, first.errors) == (again.findings, again.tightest, again.errors)


def test_a_law_applies_and_stands_for_itself_unless_it_says_more():
    law = Law("bounded", "Outputs are bounded.", "Others overflow.", lambda op, case, evaluator: Observation())
    op = Op("same", lambda x: (x, None), lambda dy, cache: dy, inputs={"x": Array("N")})
    assert law.explain_inapplicability(op) == law.explain_unexamined(op) == ""
    assert law.examine(op, make_case(op, [1.0]), None) == Observation()
    assert [law.is_structural, law.is_required, law.needs_reference_run] == [False, False, False]
