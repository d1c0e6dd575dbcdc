"""Coefficients have formulas that are the same in all cases."""

import pytest

from gradcheck import choice
from gradcheck.causes.hypotheses.coefficients import find_formulas, list_coefficients
from gradcheck.causes.telling_cases import draw_telling_cases
from tests.causes.hypotheses.explaining import declare

OP = declare(lambda x, reg: (x * reg, reg), lambda dy, reg: dy * reg, {"reg": choice(0.3)}, x="N D")
CASE = next(iter(draw_telling_cases(OP, 0)))
N, D = CASE.inputs[0].shape


@pytest.mark.parametrize(
    ("value", "formula"),
    [
        (2.0, "2"),
        (-0.5, "-1/2"),
        (1 / N, "1/N"),
        ((N - 1) / N, "(N-1)/N"),
        (0.6 / N, "2*reg/N"),
        (0.3, "reg"),
        (1 / 0.7, "1/(1-reg)"),
        (1 / (N * D), "1/(N*D)"),
    ],
)
def test_a_number_is_told_by_its_formula(value, formula):
    assert formula in find_formulas(list_coefficients(CASE), value)


def test_a_number_beside_a_formula_has_none():
    assert find_formulas(list_coefficients(CASE), 0.3001) == []
    assert find_formulas(list_coefficients(CASE), 0.3001, error=1e-3) == ["reg"]
