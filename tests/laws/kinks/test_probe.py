"""A kinked output, probed alone."""

import numpy as np

from gradcheck.declaration.op import Array, Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.kinks.probe import Coordinate, KinkProbe, coordinate_trials
from tests.laws.observing import make_case

RELU = Op("relu", lambda x: (np.maximum(x, 0), x), lambda dy, x: dy * (x > 0), inputs={"x": Array("N")})


def probe(op, *inputs, output=0):
    return KinkProbe(Evaluator(op, make_case(op, *inputs)), output)


def test_the_elements_that_touch_the_kink_are_found():
    (coordinate, slopes), *others = coordinate_trials(
        probe(RELU, [1.0, 0.0, -2.0], output=1).measure_trial_directions()
    )
    assert (str(coordinate), others) == ("x[1]", [])
    assert abs(slopes.left) <= slopes.error
    assert abs(slopes.right - 1) <= slopes.error


def test_relu_is_convex_and_so_bounded_by_its_slopes():
    at_zero = probe(RELU, [0.0])
    assert at_zero.is_convex_or_concave(at_zero.measure_trial_directions(), 3)


def test_beside_a_kink_there_is_nothing_to_choose():
    step = (np.array([1.0, 0.0]),)
    assert probe(RELU, [0.0, 1.0]).is_exactly_on_kink(step)
    assert not probe(RELU, [1e-12, 1.0]).is_exactly_on_kink(step)


def test_a_coordinate_is_named_by_label_and_index():
    assert str(Coordinate("x", ())) == "x"
    assert str(Coordinate("xs[1]", (0, 2))) == "xs[1][0, 2]"
    assert Coordinate("xs[1]", (0, 2)).input_name == "xs"
