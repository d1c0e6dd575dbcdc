"""A mean is known by what is done to a sum, however it is written."""

import numpy as np
import pytest

from tests.causes.hypotheses.explaining import declare, explain

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


def standardize(x, eps=1e-3):
    n = len(x)
    mean = 1.0 / n * np.sum(x, axis=0)
    centered = x - mean
    var = np.sum(centered * centered, axis=0) / n
    return centered / np.sqrt(var + eps), (centered, np.sqrt(var + eps))


def back_without(mean, var):
    def backward(dy, cache):
        centered, std = cache
        dc = dy / std - var * centered * (dy * centered).mean(axis=0) / std**3
        return dc - mean * dc.mean(axis=0)

    return declare(standardize, backward, x="N D")


def test_a_mean_and_a_variance_are_known_without_their_names():
    assert "mean-constant" in explain(back_without(mean=0, var=1), "x")
    assert "variance-constant" in explain(back_without(mean=1, var=0), "x")


def test_a_sum_that_is_divided_by_another_number_is_no_mean():
    def forward(x):
        return x - np.sum(x, axis=0) / 7.0, None

    assert "mean-constant" not in explain(declare(forward, lambda dy, cache: dy * 1.0, x="N D"), "x")


def test_the_variance_of_numpy_is_no_mean():
    def forward(x):
        std = np.sqrt(x.var(axis=0) + 1e-3)
        return (x - x.mean(axis=0)) / std, std

    def backward(dy, std):
        return (dy - dy.mean(axis=0)) / std

    assert next(iter(explain(declare(forward, backward, x="N D"), "x"))) == "variance-constant"
