"""The rounding of a narrower precision is that of its numbers; that of float64 stays as it was measured."""

import numpy as np

from gradcheck import Array, Op
from gradcheck.declaration.origin import WorkingPrecision
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.oracles.monte_carlo import measure_rounding
from gradcheck.oracles.working_rounding import measure_gradient_rounding, measure_output_rounding
from tests.laws.observing import make_case

POINT = np.array([0.3, -1.7, 2.9])


def make_evaluator(precision):
    op = Op(
        "square",
        lambda x: ((x.astype(np.float16) ** 2).astype(np.float64), x),
        lambda dy, x: 2 * x * dy,
        inputs={"x": Array("N")},
    ).with_origin(working_precision=precision)
    return Evaluator(op, make_case(op, POINT))


def test_the_rounding_of_float16_is_seen_where_it_is_known_and_not_else():
    off = np.abs((POINT.astype(np.float16) ** 2).astype(np.float64) - POINT**2)
    for spacing, seen in ((2.0**-10, True), (0.0, False)):
        evaluator = make_evaluator(WorkingPrecision(outputs=spacing))
        (bar,) = measure_output_rounding(evaluator, evaluator.case.point, np.random.default_rng(0))
        assert bool(np.all(off <= bar)) is seen
        assert np.all(bar < POINT**2 / 16)


def test_gradients_of_float64_keep_their_own_rounding():
    evaluator = make_evaluator(WorkingPrecision(outputs=2.0**-10))
    point, upstream = evaluator.case.point, evaluator.case.upstream
    (bar,) = measure_gradient_rounding(evaluator, point, upstream, np.random.default_rng(0))
    (same,) = measure_rounding(lambda arrange: evaluator.gradients(point, upstream, arrange), np.random.default_rng(0))
    np.testing.assert_array_equal(bar, same)


def multiply_in_float16(x, w):
    return (x.astype(np.float16) * w.astype(np.float16)).astype(np.float64)


def test_a_small_number_lost_below_float16_counts_by_the_large_input_it_is_multiplied_by():
    x, w = np.array([24032.0]), np.array([1.3 * 2.0**-24])
    op = Op(
        "product",
        lambda x, w: (multiply_in_float16(x, w), (x, w)),
        lambda dy, saved: (dy * saved[1], dy * saved[0]),
        inputs={"x": Array("N"), "w": Array("N")},
    ).with_origin(working_precision=WorkingPrecision(outputs=2.0**-10))
    evaluator = Evaluator(op, make_case(op, x, w))
    (bar,) = measure_output_rounding(evaluator, evaluator.case.point, np.random.default_rng(0))
    assert np.abs(multiply_in_float16(x, w) - x * w) <= bar < 0.02
