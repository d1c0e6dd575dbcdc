"""A wrong output is mended by an edit of one statement of forward."""

from itertools import islice

import numpy as np
import pytest

from gradcheck import adapt
from gradcheck.causes.edits.value_search import ValueTrial, find_value_patches, list_forward_statements
from gradcheck.causes.telling_cases import draw_telling_points
from gradcheck.causes.wrong_value import WrongValue
from gradcheck.isolation import silence_warnings
from tests.causes.ops import softmax_along


def average_rows(x):
    total = x.sum(axis=0)
    return total / x.shape[0], x.shape


def spread_average(dy, shape):
    return np.broadcast_to(dy[:, None] / shape[1], shape).copy()


def average_columns(x):
    """The reference."""
    return x.__array_namespace__().mean(x, axis=1)


def add_two_in_a_loop(x):
    y = x.copy()
    while y.sum() < x.sum() + x.size / 2:
        y += 2
    return y, None


average = adapt(average_rows, spread_average, reference=average_columns, name="average", x="N N")
loop = adapt(add_two_in_a_loop, lambda dy, _: dy, reference=lambda x: x + 1.0, name="loop", x="N D")


def collect(op):
    """Some telling cases of an op, all of which are wrong."""
    with silence_warnings():
        cases = (WrongValue(op, case, 0) for case in draw_telling_points(op, 0))
        return list(islice((case for case in cases if case.is_wrong), 4))


MENDED = [
    (average, "sum-wrong-axis", "total = x.sum(axis=0)", "total = x.sum(axis=1)"),
    (loop, "constant-factor", "y += 2", "y += 1"),
]


@pytest.mark.parametrize(("op", "name", "before", "after"), MENDED, ids=["axis", "loop"])
def test_a_line_of_forward_is_mended(op, name, before, after):
    cases = collect(op)
    ((cause, patch), *_) = find_value_patches(cases, budget=60)
    assert (cause.name, patch.before, patch.after) == (name, before, after)
    assert cause.words.startswith(f"line {patch.line} ")
    assert patch.cases > len(cases)


def test_the_lines_of_forward_are_tried_from_its_end():
    statements = list_forward_statements(collect(average)[0])
    first = average_rows.__code__.co_firstlineno
    assert [one.statement.lineno for one in statements] == [first + 2, first + 1]
    assert [one.distance for one in statements] == [0, 1]


def test_an_output_is_judged_by_the_reference():
    wrong, right = collect(average)[0], WrongValue(softmax_along(1), next(draw_telling_points(softmax_along(1), 0)), 0)
    assert ValueTrial(wrong, has_while=False).judge() is None
    (y,) = ValueTrial(right, has_while=True).judge()
    assert np.array_equal(y, right.claimed)


def test_what_no_edit_mends_has_no_patch():
    far = adapt(lambda x: (np.sin(x), x), lambda dy, x: dy, reference=lambda x: x**2 / 7.3 + 1, name="far", x="N D")
    times = iter(range(1000))
    assert find_value_patches(collect(far), budget=100, clock=lambda: next(times)) == []
