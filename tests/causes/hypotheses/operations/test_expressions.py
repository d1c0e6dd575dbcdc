"""The slope of a whole expression is told by where it stands."""

import pytest

from tests.causes.hypotheses.explaining import explain
from tests.causes.hypotheses.operations.wrong_backwards import back_through_gate, sigmoid

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


@pytest.mark.parametrize(
    ("slope", "name"),
    [(lambda g: 1, "slope-missing"), (lambda g: sigmoid(g) * (1 - sigmoid(g)), "slope-at-output")],
)
def test_the_slope_of_a_call_is_told_by_its_function(slope, name):
    found = explain(back_through_gate(slope, lambda v: 1 - v**2), "x")
    assert "`sigmoid(x @ w)`" in found[name]
    assert len(found) == 1
