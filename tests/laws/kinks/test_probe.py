"""A kinked output, probed alone."""

import numpy as np
import pytest

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.kinks.probe import Coordinate, KinkProbe, coordinate_trials, project_gradient, split_direction
from tests.corpus.lawful import median
from tests.laws.observing import make_case


def probe(op, *inputs, output=0):
    """The probe of one output."""
    return KinkProbe(Evaluator(op, make_case(op, *inputs)), output)


RELU = Op(
    "relu",
    lambda x: (np.maximum(x, 0), x),
    lambda dy, x: dy * (x > 0),
    lambda x: namespace(x).where(x > 0, x, 0 * x),
    inputs={"x": Array("N")},
)
MAXIMUM = Op(
    "max",
    lambda x: (x.max(), x),
    lambda dy, x: dy * (np.arange(x.size) == x.argmax()),
    inputs={"x": Array("N")},
)
X = np.array([1.0, 0.0, -2.0])


def test_the_gradient_is_that_of_one_output():
    assert probe(RELU, X).gradient[0].tolist() == [1, 0, 0]
    assert probe(RELU, X, output=1).gradient[0].tolist() == [0, 0, 0]


def test_slopes_on_both_sides_differ_at_a_kink_alone():
    at_kink, smooth = probe(RELU, X, output=1), probe(RELU, X)
    slopes = at_kink.measure_one_sided_slopes((np.array([0.0, 1.0, 0.0]),))
    assert slopes.kinked
    assert (round(slopes.left, 6), round(slopes.right, 6)) == (0, 1)
    assert not smooth.measure_one_sided_slopes((np.array([1.0, 0.0, 0.0]),)).kinked


def test_the_coordinates_that_touch_a_kink_are_found():
    found = coordinate_trials(probe(MAXIMUM, np.array([3.0, 1.0, 3.0, 2.0])).measure_trial_directions())
    assert [coordinate for coordinate, _ in found] == [Coordinate("x", (0,)), Coordinate("x", (2,))]


def test_a_coordinate_is_told_by_its_label_and_index():
    assert str(Coordinate("xs[1]", (2, 0))) == "xs[1][2, 0]"
    assert Coordinate("xs[1]", (2, 0)).input_name == "xs"
    assert str(Coordinate("x", ())) == "x"


@pytest.mark.parametrize(("x", "on"), [(0.0, True), (1e-300, False)])
def test_right_beside_a_kink_is_not_on_it(x, on):
    assert probe(RELU, np.array([x])).is_exactly_on_kink((np.array([1.0]),)) is on


def test_nearby_probes_leave_the_kink_on_both_sides():
    at_kink = probe(RELU, X, output=1)
    near = list(at_kink.make_nearby_probes(at_kink.measure_trial_directions()))
    assert [float(p.point[0][1]) for p in near] == [0.125, -0.125]


def test_a_maximum_is_convex_and_a_saddle_neither():
    saddle = Op(
        "saddle",
        lambda x: (np.maximum(x[0], 0) - 3 * np.maximum(x[1], 0), x),
        lambda dy, x: dy * np.array([x[0] > 0, -3.0 * (x[1] > 0)]),
        inputs={"x": Array("2")},
    )
    for op, bounded in ((MAXIMUM, True), (saddle, False)):
        one = probe(op, np.zeros(2))
        assert one.is_convex_or_concave(one.measure_trial_directions(), 16) is bounded


def test_the_reference_has_a_gradient_of_its_own_where_there_is_one():
    assert probe(RELU, X, output=1).compute_reference_gradient()[0].tolist() == [0, 0, 0]
    assert probe(MAXIMUM, X).compute_reference_gradient() is None


def test_where_a_direction_does_not_move_an_infinite_gradient_means_nothing():
    assert project_gradient((np.array([np.inf, 2.0]),), (np.array([0.0, 3.0]),)) == 6


def test_labels_keep_their_dtype_at_nearby_probes():
    chosen = Op(
        "chosen",
        lambda x, i: (np.maximum(x[i], 0), (x, i)),
        lambda dy, cache: (np.where((np.arange(len(cache[0])) == cache[1]) & (cache[0] > 0), dy, 0.0), None),
        inputs={"x": Array("N"), "i": Array("", indices("N"))},
    )
    at_kink = probe(chosen, np.array([0.0, 2.0]), np.array(0))
    near = list(at_kink.make_nearby_probes(at_kink.measure_trial_directions()))
    assert [p.point[1].dtype for p in near] == [np.int64, np.int64]
    assert [p.point[0].tolist() for p in near] == [[0.125, 2.0], [-0.125, 2.0]]


def test_a_direction_is_split_into_parts_that_come_to_it():
    direction = np.arange(1.0, 7.0).reshape(2, 3), np.array(7.0)
    for most, count in ((3, 3), (100, 7)):
        parts = list(split_direction(direction, most, np.random.default_rng(0)))
        assert len(parts) == count
        together = [sum(rows) for rows in zip(*parts, strict=True)]
        assert all(map(np.array_equal, together, direction))


def test_the_slopes_of_a_median_of_many_equals_bound_nothing():
    many = probe(median, np.array([[0.0] * 99 + [5.0] * 29]))
    assert not many.is_convex_or_concave(many.measure_trial_directions(), 0, 256)
