import pytest

from gradcheck.causes.edits.trial import CaseTrial, DirectionTrial, TrialTooLong, limit_lines
from gradcheck.causes.telling_cases import draw_telling_cases
from tests.causes.edits import wrong_code

CASE = next(draw_telling_cases(wrong_code.affine, 0))


def test_a_right_gradient_is_right_and_a_wrong_one_is_not():
    assert CaseTrial(CASE, "x", False).judge() is not None
    assert CaseTrial(CASE, "w", False).judge() is None


def test_so_along_a_direction():
    assert DirectionTrial(CASE.op, CASE.case, "x", False).judge() is not None
    assert DirectionTrial(CASE.op, CASE.case, "w", False).judge() is None


@pytest.mark.parametrize("kind", ["elements", "direction"])
def test_another_gradient_that_was_right_must_remain_so(kind):
    trial = CaseTrial(CASE, "w", False) if kind == "elements" else DirectionTrial(CASE.op, CASE.case, "w", False)
    dx, dw, db = CASE.claimed
    assert trial.keeps_others((dx, dw * 3, db * 5))
    assert not trial.keeps_others((dx * 2, dw, db))
    assert not trial.keeps_others((None, dw, db))


def test_the_inputs_with_right_gradients_are_counted():
    trial = CaseTrial(CASE, "w", False)
    assert (trial.count_right(CASE.claimed), trial.most_right) == (1, 3)
    assert DirectionTrial(CASE.op, CASE.case, "w", False).most_right == 3


def test_code_that_does_not_end_is_stopped():
    with pytest.raises(TrialTooLong), limit_lines():
        loop_forever()


def loop_forever():
    i = 0
    while True:
        i += 1
