"""A way back that is scaled is told with its coefficient."""

import numpy as np
import pytest

from gradcheck.causes.hypotheses.operations.directions import Direction
from gradcheck.causes.hypotheses.operations.scaled_paths import fit_formulas
from tests.causes.hypotheses.explaining import first
from tests.causes.hypotheses.operations.wrong_backwards import back_through_statistics


@pytest.mark.slow
def test_an_unbiased_variance_is_told():
    name, words = first(back_through_statistics(1, 1, 1, lambda n: n - 1), "x")
    assert name == "unbiased"
    assert words.endswith("is multiplied by N/(N-1)")


COEFFICIENTS = {"0": 0.0, "2": 2.0, "1/2": 0.5}


@pytest.mark.parametrize(("claimed", "formulas"), [(1.0, ["0"]), (5.0, ["2"]), (2.0, ["1/2"]), (2.7, [])])
def test_a_coefficient_fits_the_share_of_a_way_back(claimed, formulas):
    ends = np.ones(1), np.zeros(1)
    direction = Direction(ends, 1.0, claimed, right=3.0, size=3.0, tolerance=1e-9)
    assert fit_formulas(direction, 1.0, COEFFICIENTS) == formulas


def test_a_way_back_with_no_part_in_the_derivative_has_no_coefficient():
    direction = Direction((np.ones(1), np.zeros(1)), 1.0, claimed=3.0, right=3.0, size=3.0, tolerance=1e-9)
    assert fit_formulas(direction, 3.0, COEFFICIENTS) == []
