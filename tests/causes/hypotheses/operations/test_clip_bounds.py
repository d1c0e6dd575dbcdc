"""One bound that is not applied on the way back is told."""

import numpy as np
import pytest

from tests.causes.hypotheses.explaining import declare, first

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


def clipped(x):
    return np.clip(x, -1, 1), (x,)


@pytest.mark.parametrize(("flows", "which"), [(lambda x: x < 1, "lower"), (lambda x: x > -1, "upper")])
def test_a_bound_that_is_not_applied_is_told(flows, which):
    name, words = first(declare(clipped, lambda dy, cache: dy * flows(cache[0]), x="N D"), "x")
    assert name == "saturation-ignored"
    assert words.startswith(f"the {which} bound of `np.clip(x, -1, 1)`")
