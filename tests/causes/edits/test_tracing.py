import sys

import numpy as np
import pytest

from gradcheck.causes.edits.tracing import describe_names, describe_value_seen, trace_gradients
from gradcheck.causes.telling_cases import draw_telling_cases
from tests.causes.edits import wrong_code


def test_a_trace_has_the_lines_that_ran_and_what_they_saw():
    trace = trace_gradients(next(draw_telling_cases(wrong_code.affine, 0)))
    one = trace.codes[wrong_code.affine_backward.__code__]
    last = max(one.lines)
    assert (one.in_forward, one.in_backward) == (False, True)
    assert one.list_seen(last)["dw"].kind == "array"
    assert one.list_seen(last)["np"].kind == "numpy"
    assert [end.code.co_name for end in trace.ends] == ["affine_forward", "affine_backward"]


def test_the_upstream_of_a_number_is_one():
    case = next(draw_telling_cases(wrong_code.penalty, 0))
    trace = trace_gradients(case)
    assert np.array_equal(trace.gradients[0], trace.ends[0].returned[1])


def test_the_trace_function_is_as_it_was():
    before = sys.gettrace()
    trace_gradients(next(draw_telling_cases(wrong_code.far, 0)))
    assert sys.gettrace() is before


def test_the_range_of_an_array_is_seen():
    seen = describe_value_seen(np.array([0.5, -2.0]))
    assert (seen.low, seen.high) == (-2.0, 0.5)
    assert describe_value_seen(np.zeros(0)).high == 0


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (np.ones(2), "array"),
        (np.ones(2, bool), "mask"),
        (3, "whole"),
        (0.5, "real"),
        (np.float64(2), "real"),
        (np.int64(2), "whole"),
        ((1,), "row"),
        (len, "other"),
        (describe_names, "function"),
        (np, "numpy"),
    ],
)
def test_the_kinds_of_values(value, kind):
    assert describe_value_seen(value).kind == kind


def test_members_are_described_by_the_text_that_gives_them():
    class Thing:
        def __init__(self):
            self.x, self.params = np.ones(2), {"W": np.ones((2, 3))}

    found = describe_names({"self": Thing(), "cache": (np.ones(2), "a")})
    assert found["self.params['W']"].shape == (2, 3)
    assert {"self.x", "cache[0]"} <= set(found)
    assert "cache[1]" not in found
