"""Functions are known by the names that NumPy gives them."""

import numpy as np
import pytest

from gradcheck.causes.hypotheses.operations.functions import BENDS, BINARY, SMOOTH_UNARY


@pytest.mark.parametrize("name", sorted(SMOOTH_UNARY | BENDS | BINARY))
def test_a_function_is_one_of_numpy(name):
    assert callable(getattr(np, name))


@pytest.mark.parametrize("name", sorted(SMOOTH_UNARY))
def test_a_smooth_function_takes_one_operand(name):
    assert getattr(np, name).nin == 1
