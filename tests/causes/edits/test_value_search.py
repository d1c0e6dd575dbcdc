"""A wrong output is mended by an edit of one statement of forward."""

from itertools import islice

import numpy as np
import pytest

from gradcheck import adapt
from gradcheck.causes.catalogue import load_catalogue
from gradcheck.causes.edits.value_search import VALUE_NAMES, find_value_patch, list_forward_statements
from gradcheck.causes.telling_cases import draw_telling_points
from gradcheck.causes.wrong_value import WrongValue
from tests.causes.edits import wrong_forwards
from tests.lanes import mark_most_slow


def collect_values(op, most=6):
    """The first telling cases in which the output is known, the wrong ones first."""
    cases = (WrongValue(op, case, 0) for case in draw_telling_points(op, 0))
    found = [*islice((case for case in cases if case.expected is not None), most)]
    return sorted(found, key=lambda case: not case.is_wrong)


MENDED = [
    ("mix", "complement", "return t * a + (1 - t) * b, (a, b, t)"),
    ("logsumexp", "value-term-missing", "return np.log(total) + m, e / total[:, None]"),
    ("scores", "root-missing", "return q @ k.T / np.sqrt(d), (q, k, d)"),
    ("softplus", "product-for-quotient", "return np.logaddexp(0, z) / beta, z"),
    ("steps", "term-added", "y += b"),
]


@pytest.mark.parametrize("mended", mark_most_slow(MENDED, 5), ids=lambda row: row[0])
def test_a_line_of_forward_is_mended(mended):
    name, cause, after = mended
    found, patch = find_value_patch(collect_values(getattr(wrong_forwards, name)), budget=60)
    assert (found.name, patch.after) == (cause, after)
    assert found.words.startswith(f"line {patch.line} ")


def test_no_patch_is_offered_that_makes_the_gradient_wrong():
    assert find_value_patch(collect_values(wrong_forwards.half), budget=60)[1] is None


def test_names_of_values_are_in_the_catalogue():
    assert {*VALUE_NAMES, *VALUE_NAMES.values()} <= load_catalogue().keys()


def test_the_lines_that_bear_on_the_output_are_tried_from_its_end():
    (first, *_) = collect_values(wrong_forwards.logsumexp)
    lines = [one.statement.lineno for one in list_forward_statements(first)]
    assert len(lines) > 1
    assert lines == sorted(lines, reverse=True)


def test_what_no_edit_mends_has_no_patch():
    op = adapt(lambda x: (np.sin(x), x), lambda dy, x: dy, reference=lambda x: x**2 / 7.3 + 1, name="far", x="N D")
    times = iter(range(1000))
    assert find_value_patch(collect_values(op), budget=100, clock=lambda: next(times)) == (None, None)


@pytest.mark.slow
def test_a_mistake_is_named_though_its_edit_leaves_the_gradient_wrong():
    cause, patch = find_value_patch(collect_values(wrong_forwards.direction), budget=60)
    assert (cause.name, patch) == ("value-eps-misplaced", None)


@pytest.mark.slow
def test_a_length_less_one_is_told_from_another_term_that_is_added():
    cause, patch = find_value_patch(collect_values(wrong_forwards.spread), budget=60)
    assert (cause.name, patch.after) == ("value-unbiased", "n = x.shape[1]")
