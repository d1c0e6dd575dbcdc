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
