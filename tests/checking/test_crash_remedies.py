"""What is said of an exception of forward was tried, or is not said."""

import numpy as np
import pytest

from gradcheck import Array, Op, check


def op_with(forward, **inputs):
    return Op("op", forward, lambda dy, cache: dy * 1.0, inputs=inputs or {"x": Array("N D")})


def explain(forward, **inputs):
    """Status, cause and hint of the exception."""
    result = check(op_with(forward, **inputs), examples=12, laws=("contract",))
    return next((f.status, f.cause, f.hint) for f in result.findings)


def misspell(x):
    return np.sum(x, axsi=0), x


def needs_two_rows(x):
    if len(x) < 2:
        np.zeros(2)[5]
    return x * x, x


def needs_positive(x):
    if x.min() <= 0:
        raise ValueError("positive ones")
    return x * x, x


def refuse_falling_values(x):
    if x.flat[0] > x.flat[-1]:
        raise ValueError("rising ones")
    return x * x, x


def needs_float32(x):
    assert x.dtype == np.float32
    return x * x, x


@pytest.mark.parametrize(
    ("forward", "said"),
    [
        (misspell, ("crashed", "", "")),
        (
            needs_two_rows,
            (
                "crashed",
                "forward raises whenever N < 2",
                "If such shapes are not lawful, say so: sizes={'N': whole(2, None)}.",
            ),
        ),
        (needs_positive, ("crashed", "", "If such values are not lawful, say so: x=Array('N D', positive()).")),
        (refuse_falling_values, ("crashed", "", "")),
        (needs_float32, ("inconclusive", "", "Accept float64 as well.")),
    ],
)
def test_what_brings_it_about_and_what_helps_is_said_where_it_is_known(forward, said):
    assert explain(forward) == said


def test_the_axis_that_is_named_is_the_one_that_matters():
    def forward(x):
        if x.shape[1] < 2:
            np.zeros(2)[5]
        return x * x, x

    assert explain(forward)[2] == "If such shapes are not lawful, say so: sizes={'D': whole(2, None)}."
