"""Sums that are held constant together are told as one."""

import pytest

from tests.causes.hypotheses.explaining import explain
from tests.causes.hypotheses.operations.wrong_backwards import back_through_statistics

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


def test_a_normalization_without_the_gradients_of_its_statistics_is_told():
    assert "x.mean(axis=0)" in explain(back_through_statistics(0, 0, 1), "x")["statistics-constant"]
