"""A changed operation moves as one would whose derivative is another."""

import numpy as np
import pytest

from gradcheck.causes.hypotheses.operations.changes import (
    hold_operand,
    hold_result,
    hold_rounds,
    pass_on,
    scale_path,
    use_other,
)
from tests.causes.hypotheses.operations.hand_made import move_by_hand

BEFORE, NOW = (np.array([2.0]), np.array([3.0])), (np.array([2.5]), np.array([5.0]))
PRODUCTS = move_by_hand(np.multiply, BEFORE, NOW)


@pytest.mark.parametrize(
    ("change", "result"),
    [
        (hold_result, 2 * 3),
        (hold_operand(0), 2 * 5),
        (hold_operand(1), 2.5 * 3),
        (hold_rounds(0), 2.5 * 5),
        (hold_rounds(1), 2 * 3),
        (pass_on(0), 2 * 5 + 0.5),
        (pass_on(1), 2.5 * 3 + 2),
        (scale_path(hold_result, np.asarray(4.0)), 6 + 4 * (12.5 - 6)),
        (scale_path(hold_operand(0), np.asarray(4.0)), 10 + 4 * (12.5 - 10)),
        (use_other(0, np.array([7.0])), 10 + 0.5 * 7),
        (use_other(1, np.array([7.0])), 7.5 + 7 * 2),
    ],
)
def test_a_product_moves_otherwise(change, result):
    assert change(*PRODUCTS, 0) == result


def test_the_other_factor_of_a_matrix_product_stays_on_its_side():
    a, b, other = np.eye(2), np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]])
    moved = np.array([[0.0, 1.0], [0.0, 0.0]])
    before, now = move_by_hand(np.matmul, (a, b), (a + moved, b + moved))
    assert (use_other(0, other)(before, now, 0) == a @ (b + moved) + moved @ other).all()
    assert (use_other(1, other)(before, now, 0) == (a + moved) @ b + other @ moved).all()
