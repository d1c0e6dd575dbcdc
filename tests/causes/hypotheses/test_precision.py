"""A gradient in a narrower precision."""

import numpy as np
import pytest

from tests.causes.hypotheses.explaining import declare, explain

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


def hyperbolic(x):
    y = np.tanh(x)
    return y, y


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_a_narrower_precision_is_told(dtype):
    op = declare(hyperbolic, lambda dy, y: (dy.astype(dtype) * (1 - y.astype(dtype) ** 2)).astype(float), x="N M")
    assert explain(op, "x")["low-precision"] == f"it is computed in {dtype}"


def test_a_small_error_of_float64_is_none_of_precision():
    op = declare(hyperbolic, lambda dy, y: dy * (1 - y**2) * (1 + 1e-6), x="N M")
    assert "low-precision" not in explain(op, "x")
