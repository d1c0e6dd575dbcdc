"""Strategies for tests of one's own: lawful, wide, and shrinking to the shortest and roundest."""

import numpy as np
from hypothesis import HealthCheck, find, given, settings

from gradcheck import indices, load, positive
from gradcheck.strategies import arrays, cases, inputs, shapes, upstreams
from gradcheck.strategies import settings as settings_of

LINEAR, POOL = load("", "linear"), load("", "max_pool2d")
WIDE = settings(max_examples=300, database=None, suppress_health_check=list(HealthCheck), deadline=None)


def smallest(strategy, condition):
    """The smallest draw that meets a condition."""
    return find(strategy, condition, settings=WIDE)


def test_shapes_shrink_to_the_shortest():
    assert smallest(shapes(LINEAR), lambda drawn: True) == {"x": (1, 1), "w": (1, 1), "b": (1,)}
    assert smallest(shapes(LINEAR), lambda drawn: drawn["x"][0] > 16)["x"] == (17, 1)


def test_settings_are_lawful_and_shrink_to_the_least():
    assert smallest(settings_of(POOL), lambda drawn: drawn["pad"] > 0)["kernel"] == 2


def test_inputs_shrink_to_round_values():
    drawn = smallest(inputs(LINEAR), lambda drawn: drawn["x"].any())
    assert drawn["x"].tolist() == [[1.0]]


def test_upstreams_fit_the_outputs():
    @WIDE
    @given(cases(POOL))
    def fits(case):
        assert case.upstream[0].shape == POOL.forward(*case.point, **case.settings)[0].shape

    fits()
    assert len(smallest(upstreams(load("", "lstm_step")), lambda drawn: True)) == 2


def test_arrays_lie_in_their_domain():
    assert smallest(arrays((2,), positive(0.5)), lambda a: True).min() >= 0.5
    assert smallest(arrays((3,), indices("V"), {"V": 4}), lambda a: np.all(a == 3)).tolist() == [3, 3, 3]


def test_many_elements_are_drawn_by_a_seed():
    assert smallest(arrays((40, 40)), lambda a: len(set(a.ravel().tolist())) > 500).shape == (40, 40)
