"""Whether what was examined is enough for a verdict."""

import numpy as np
import pytest

from gradcheck.checking.thin_examination import explain_thin_examination, lacks_long_axes
from gradcheck.laws.accumulator import LawAccumulator, Observation
from gradcheck.records.case import Case

NAN = "the output is not finite"
JUDGED = Observation(judged=frozenset({"x"}))


def accumulate(*cases):
    """What a law saw in cases of these shapes."""
    seen = LawAccumulator()
    for shape, observation in cases:
        seen.add(Case("op", {"x": np.ones(shape)}, (), {}, 0), observation, counted=True)
    return seen


def test_a_law_that_examined_all_cases_examined_enough():
    assert explain_thin_examination(accumulate(((2, 2), JUDGED), ((1, 2), JUDGED))) == ""
    assert explain_thin_examination(accumulate()) == ""


@pytest.mark.parametrize(
    ("examined", "reason"), [(1, f"only 1 of 5 cases were examined; in the others {NAN}"), (2, "")]
)
def test_below_a_quarter_of_the_cases_is_too_little(examined, reason):
    seen = [((2, 2), JUDGED)] * examined + [((2, 2), Observation(abstained=NAN))] * (5 - examined)
    assert explain_thin_examination(accumulate(*seen)) == reason


def test_cases_of_short_axes_alone_are_too_little():
    short = [((1, 3), JUDGED), ((3, 1), JUDGED)]
    said = "no case with every axis above one was examined; in these " + NAN
    assert explain_thin_examination(accumulate(*short, ((2, 2), Observation(abstained=NAN)))) == said
    assert explain_thin_examination(accumulate(*short, ((1, 2), Observation(abstained=NAN)))) == ""


def test_a_part_that_was_judged_in_less_than_a_quarter_is_named():
    blind = Observation(judged=frozenset({"x"}), unjudged={"the gradient of b": "no witness knows it"})
    seeing = Observation(judged=frozenset({"the gradient of b"}))
    seen = [((2,), blind)] * 4
    never, seldom = "in no case: no witness knows it", "in 1 of 5 cases; in the others no witness knows it"
    assert explain_thin_examination(accumulate(*seen)) == f"the gradient of b was judged {never}"
    assert explain_thin_examination(accumulate(*seen, ((2,), seeing))) == f"the gradient of b was judged {seldom}"
    assert explain_thin_examination(accumulate(*seen, *[((2,), seeing)] * 2)) == ""


@pytest.mark.parametrize(
    ("examined", "left", "lacks"),
    [
        ([(1, 1)], [], False),
        ([(1, 3)], [(1, 2)], False),
        ([(1, 3)], [(2, 3)], True),
        ([(2, 2)], [(3, 3)], False),
        ([()], [(3,)], True),
        ([], [(3,)], True),
    ],
)
def test_axes_that_are_one_in_every_case_are_not_counted(examined, left, lacks):
    assert lacks_long_axes(*([(("x", shape),) for shape in shapes] for shapes in (examined, left))) is lacks
