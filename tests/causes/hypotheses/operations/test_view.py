"""What is held constant in every run, and what normalises, is seen in the operations."""

import numpy as np
import pytest

from tests.causes.hypotheses.explaining import declare, explain, first
from tests.causes.hypotheses.operations.wrong_backwards import softmax

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


def test_a_maximum_that_is_subtracted_is_no_part_of_the_cause():
    op = declare(softmax, lambda dy, p: dy * p, x="N C")
    assert first(op, "x")[0] == "normaliser-constant"


def sigmoid_times(x):
    s = 1 / (1 + np.exp(-x))
    return x * s, (s,)


def test_the_denominator_of_a_sigmoid_is_no_sum_that_normalises():
    name, words = first(declare(sigmoid_times, lambda dy, cache: dy * cache[0], x="N D"), "x")
    assert name != "normaliser-constant"
    assert "`1 / (1 + np.exp(-x))`" in words


def log_softmax(x):
    logarithm = np.log(np.exp(x).sum(axis=-1, keepdims=True))
    return x - logarithm, ()


def test_the_sum_in_the_logarithm_of_a_softmax_normalises():
    assert "normaliser-constant" in explain(declare(log_softmax, lambda dy, cache: dy.copy(), x="N D"), "x")
