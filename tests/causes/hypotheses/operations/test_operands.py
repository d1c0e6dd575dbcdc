"""An operation is computed with another operand, and its operands are told by what they are."""

import numpy as np

from gradcheck.causes.hypotheses.operations.operands import (
    compute,
    is_array_of_reals,
    is_number_to_add,
    move_operand,
)
from tests.causes.hypotheses.operations.hand_made import move_by_hand, run_by_hand


def test_one_operand_is_another_one():
    operation = run_by_hand(np.subtract, np.array([5.0]), np.array([2.0]))
    assert compute(operation, 0, np.array([7.0])) == 5
    assert compute(operation, 1, np.array([7.0])) == -2


def test_an_operand_moves_from_where_it_was():
    before, now = move_by_hand(np.multiply, (np.array([1.0]), 2.0), (np.array([1.5]), 2.0))
    assert [move_operand(before, now, k) for k in (0, 1)] == [0.5, 0]


def test_an_array_of_reals_is_told_from_numbers_and_masks():
    operands = [np.ones(2), np.ones(2, bool), np.ones(2, int), 1.0]
    assert [is_array_of_reals(a) for a in operands] == [True, False, False, False]


def test_a_number_to_add_is_single_and_not_zero():
    assert [is_number_to_add(a) for a in (1e-5, np.float64(2), 0.0, np.ones(()), np.ones(2))] == [
        True,
        True,
        False,
        False,
        False,
    ]
