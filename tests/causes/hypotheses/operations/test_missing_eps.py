"""A small number that is not added on the way back is told."""

import numpy as np
import pytest

from tests.causes.hypotheses.explaining import declare, first

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


def charbonnier(x):
    return np.sqrt(x * x + 1e-3), (x,)


def test_an_eps_that_is_left_out_is_told():
    op = declare(charbonnier, lambda dy, cache: dy * np.sign(cache[0]), x="N D")
    name, words = first(op, "x")
    assert name == "eps-missing"
    assert words.startswith("`0.001` is missing")
