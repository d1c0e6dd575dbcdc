import numpy as np

from gradcheck.causes.edits.value_trial import FARTHER, FarTrial, ValueTrial
from gradcheck.causes.telling_cases import draw_telling_points
from gradcheck.causes.wrong_value import WrongValue
from tests.causes.edits import wrong_forwards


def take_first(op):
    """The first telling case of an op."""
    return WrongValue(op, next(draw_telling_points(op, 0)), 0)


def test_a_wrong_output_is_not_right_and_the_same_formula_is():
    assert ValueTrial(take_first(wrong_forwards.half), False).judge() is None
    assert ValueTrial(take_first(wrong_forwards.square), False).judge() is not None


def test_far_out_the_code_as_it_is_stays_finite():
    trial = FarTrial(take_first(wrong_forwards.logsumexp), False)
    assert trial.judge() is not None
    assert trial.most_right == 0
    assert np.max(np.abs(trial.case.case.point[0])) > 500


def test_far_out_code_that_overflows_is_refused():
    op = wrong_forwards.logsumexp
    trial, before = FarTrial(take_first(op), False), wrong_forwards.logsumexp_forward.__code__
    try:
        wrong_forwards.logsumexp_forward.__code__ = wrong_forwards.overflowing_forward.__code__
        with np.errstate(all="ignore"):
            assert trial.judge() is None
    finally:
        wrong_forwards.logsumexp_forward.__code__ = before


def test_inputs_stay_in_their_domains():
    case = take_first(wrong_forwards.bounded)
    far = FarTrial(case, False).case.case
    assert np.all(far.point[0] <= 1)
    assert FARTHER > 1
