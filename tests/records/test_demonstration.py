"""A demonstration survives JSON, and a broken one is refused."""

import numpy as np
import pytest

from gradcheck.records.codec import encode_record
from gradcheck.records.demonstration import PLAIN_CALL, ArrayForm, Demonstration

SHOWN = Demonstration(
    (np.array([0.5, -0.0]),),
    {"x": np.array([[1.0]])},
    ArrayForm.STRIDED,
    ((1, 0), ()),
    {"x": 0, "state": 1},
    (np.array([[2.0]]),),
)


@pytest.mark.parametrize("shown", [SHOWN, PLAIN_CALL])
def test_a_demonstration_reads_back_exactly(shown):
    assert Demonstration.from_json(shown.to_json()).to_json() == shown.to_json() == encode_record(shown)


@pytest.mark.parametrize(("name", "value"), [("form", "round"), ("parts", [["a"]]), ("upstream", [3])])
def test_a_broken_demonstration_is_refused(name, value):
    with pytest.raises((KeyError, TypeError, ValueError)):
        Demonstration.from_json({**SHOWN.to_json(), name: value})
