"""Where the gradient of a reference jumps next to the point."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import bits
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.reference_jumps import draw_move, find_reference_jumps
from gradcheck.oracles import autodiff
from gradcheck.oracles.error_factors import REPEATS
from tests.laws.observing import make_case


def make_op(reference):
    return Op("f", lambda x: (x, x), lambda dy, x: dy, reference=reference, inputs={"x": Array("N")})


@pytest.mark.parametrize(
    ("reference", "jumps"),
    [
        (lambda x: namespace(x).maximum(x, 0), [True, False, False]),
        (lambda x: 1e-8 * namespace(x).maximum(x, 0) + x, [True, False, False]),
        (lambda x: namespace(x).sin(x), [False, False, False]),
        (lambda x: 1e6 * x**2, [False, False, False]),
    ],
    ids=["a tie", "a tie of a small share", "smooth", "steep"],
)
def test_a_kink_is_found_and_a_smooth_gradient_is_not(reference, jumps):
    op = make_op(reference)
    evaluator = Evaluator(op, make_case(op, np.array([0.0, 1.0, -2.0])))
    (found,) = find_reference_jumps(evaluator, evaluator.case.upstream)
    assert found.tolist() == jumps


def test_what_has_no_gradient_stays():
    inputs = {"x": Array("N"), "m": Array("N", bits())}
    op = Op("masked", lambda x, m: (x * m, m), lambda dy, m: (dy * m, None), inputs=inputs)
    evaluator = Evaluator(op, make_case(op, np.ones(3), np.ones(3)))
    moved, mask = draw_move(evaluator, np.random.default_rng(0))
    assert moved.any()
    assert not mask.any()


def test_of_equal_elements_each_may_be_the_one_whose_upstream_is_not_zero():
    op = make_op(lambda x: namespace(x).sort(x))
    upstream = np.eye(1, 40, 20).ravel()
    evaluator = Evaluator(op, make_case(op, np.zeros(40), upstream=(upstream,)))
    assert find_reference_jumps(evaluator, evaluator.case.upstream)[0].all()


def test_of_equal_largest_elements_the_one_that_rounding_never_favours_stands_at_a_jump():
    """The gradient of the largest element is 0 but for rounding, and of two that are equal all perturbations may favour
    the other: then nothing moves this one, and its bar is too narrow."""

    def log_of_sums(x):
        xp = namespace(x)
        return xp.log(xp.cumulative_sum(xp.exp(x - xp.max(x)))) + xp.max(x)

    op, upstream = make_op(log_of_sums), (np.array([0.5, -1.25, 0.75, 0.375, 0.0]),)
    case = make_case(op, np.array([1.0, 0.5, -1.0, 0.25, 1.0]), upstream=upstream)
    narrow = 0
    for seed in range(300):
        evaluator = Evaluator(op, replace(case, seed=seed))
        (here,) = autodiff.estimate_reference(evaluator, case.point, upstream, REPEATS)[1]
        if abs(here.value[4]) > here.error[4]:
            narrow += 1
            assert find_reference_jumps(evaluator, upstream)[0].tolist() == [False, False, False, False, True]
    assert narrow
