"""Cases at another point, and whether the claimed gradient is the right one there."""

import numpy as np

from gradcheck import adapt
from gradcheck.causes.hypotheses.changed_cases import change_case, fit_to_shape, replace_input, reproduces_claim
from gradcheck.causes.telling_cases import draw_telling_cases


def square_at(point):
    """The first telling case of x² with a slope that is taken at another point."""
    op = adapt(lambda x: (x * x, x), lambda dy, x: 2 * dy * point(x), name="square", x="N D")
    return next(draw_telling_cases(op, 0))


def test_a_gradient_taken_elsewhere_is_reproduced_there_alone():
    case = square_at(np.abs)
    there, elsewhere = (change_case(case, (change(case.inputs[0]),)) for change in (np.abs, lambda x: 1 - x))
    assert there is not None
    assert reproduces_claim(there, 0)
    assert elsewhere is not None
    assert not reproduces_claim(elsewhere, 0)
    assert not reproduces_claim(case, 0)


def test_a_small_difference_is_seen():
    case = square_at(lambda x: x * (1 + 1e-6))
    assert not reproduces_claim(case, 0)
    assert reproduces_claim(square_at(lambda x: x), 0)


def test_a_part_of_a_larger_gradient_is_reproduced():
    case = square_at(lambda x: x)
    (x,) = case.inputs
    larger = change_case(case, (np.pad(x, ((0, 1), (0, 0))),))
    assert larger is not None
    assert reproduces_claim(larger, 0, (slice(0, len(x)), slice(None)))


def test_what_forward_refuses_is_no_case():
    case = square_at(lambda x: x)
    assert change_case(case, (np.full(case.inputs[0].shape, np.nan),)) is None


def test_an_upstream_is_cut_off_or_filled():
    assert fit_to_shape(np.ones((2, 3)), (3, 2)).tolist() == [[1, 1], [1, 1], [0, 0]]


def test_one_input_is_replaced():
    a, b = np.ones(1), np.zeros(1)
    assert replace_input((a, a), 1, b)[1] is b
