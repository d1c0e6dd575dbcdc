"""Where JAX does not run a model, its values stand beside a student's, within the rounding of both."""

import numpy as np

from gradcheck import adapt, check
from gradcheck.audit.model_values import compare_values, measure_values


def make_leaky(slope):
    """A leaky relu that writes element by element, which JAX does not run."""

    def forward(x):
        out = x.copy()
        for i in range(out.size):
            out.flat[i] *= 1.0 if out.flat[i] > 0 else slope
        return out, x

    return adapt(forward, lambda dy, x: np.where(x > 0, dy, slope * dy), name="leaky", x="N D")


def test_a_wrong_value_with_its_own_gradient_is_told_by_the_model_alone():
    wrong = make_leaky(0.01)
    assert check(wrong, examples=4, laws=("value", "gradient"), shrink=False).findings == ()
    told = compare_values(wrong, measure_values(make_leaky(0.1)))
    assert told.startswith("output y is -0.")
    assert told.endswith("as the model answer returns")


def test_the_same_value_computed_otherwise_agrees():
    def forward(x):
        return np.maximum(x, 0) + 0.1 * np.minimum(x, 0), x

    other = adapt(forward, lambda dy, x: np.where(x > 0, dy, 0.1 * dy), name="leaky", x="N D")
    assert compare_values(other, measure_values(make_leaky(0.1))) == ""


def test_another_shape_is_told():
    flat = adapt(lambda x: (0.1 * x.ravel(), x), lambda dy, x: 0.1 * dy.reshape(x.shape), name="leaky", x="N D")
    assert "has shape" in compare_values(flat, measure_values(make_leaky(0.1)))
