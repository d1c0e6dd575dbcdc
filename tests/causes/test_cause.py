"""Two cases have the same cause where causes are equal: no word of it depends on the case."""

from itertools import islice

import pytest

from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.explanation import match_causes
from gradcheck.causes.telling_cases import draw_telling_cases
from gradcheck.isolation import silence_warnings
from tests.causes.ops import affine_with

MISTAKES = {
    "a length": lambda g, dy: {**g, "w": g["w"] / len(dy)},
    "a constant": lambda g, dy: {**g, "w": 0.37 * g["w"]},
}


@pytest.mark.parametrize("change", MISTAKES.values(), ids=MISTAKES)
def test_cases_of_other_shapes_have_an_equal_cause(change):
    with silence_warnings():
        cases = list(islice(draw_telling_cases(affine_with(change), 0), 3))
        causes = [set(match_causes(case, 1)) for case in cases]
    assert len({case.inputs[0].shape for case in cases}) > 1
    assert set.intersection(*causes)


def test_causes_that_differ_in_a_word_are_two():
    assert Cause("sign", "it has the wrong sign") == Cause("sign", "it has the wrong sign")
    assert Cause("sign", "it has the wrong sign") != Cause("sign", "its sign is wrong")


def test_a_hypothesis_may_have_another_shape_than_the_input():
    case = next(draw_telling_cases(affine_with(lambda g, dy: g), 0))
    transposed = Hypothesis(Cause("transposed", "it is transposed"), case.expected(1).value.T)
    assert not case.is_claimed(1, transposed.gradient)
