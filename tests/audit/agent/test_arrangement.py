"""How arrays are handed to a student's function."""

import numpy as np
import pytest

from gradcheck.audit.agent.arrangement import CallArrangement, make_noise
from gradcheck.oracles.noisy_arrays import NoisyArray

NOISE = {"state": 5, "nudge": 2.0**-40, "lifts": False, "places": ["[0][0]", "[1]['w']"]}


@pytest.mark.parametrize(
    ("layout", "flags"),
    [
        ("", (True, False, True)),
        ("F", (False, True, True)),
        ("strided", (False, False, True)),
        ("read-only", (True, False, False)),
    ],
)
def test_an_array_lies_as_it_is_said(layout, flags):
    given = np.arange(6.0).reshape(2, 3)
    ((a,), _) = CallArrangement({"layouts": {"[0][0]": layout}}).arrange(((given,), {}))
    assert (a.flags.c_contiguous, a.flags.f_contiguous, a.flags.writeable) == flags
    assert np.array_equal(a, np.arange(6.0).reshape(2, 3))


def test_noise_is_where_it_is_said_and_nowhere_else():
    arrangement = CallArrangement({"noise": NOISE})
    (x, y), by_name = arrangement.arrange(((np.ones(2), np.ones(2)), {"w": np.ones(2), "n": 3}))
    assert [isinstance(a, NoisyArray) for a in (x, y, by_name["w"])] == [True, False, True]
    assert by_name["n"] == 3


def test_the_noise_is_that_of_the_parent():
    assert (make_noise(NOISE).state, make_noise(NOISE).nudge) == (5, 2.0**-40)


def test_a_call_with_noise_keeps_it_through_conversions():
    def convert(x):
        return np.asarray(x) / 3

    arrangement = CallArrangement({"noise": NOISE})
    ((x,), _) = arrangement.arrange(((np.ones(2),), {}))
    assert isinstance(arrangement.call(convert, (x,), {}), NoisyArray)
    assert type(CallArrangement({}).call(convert, (np.ones(2),), {})) is np.ndarray
