"""Round values are small whole numbers as far as the domain allows them."""

import numpy as np
import pytest

from gradcheck.declaration.domain import booleans, indices, nonzero, positive, probability, real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.generation.round_values import (
    REVEALING_FILLINGS,
    ROUND_FILLINGS,
    FoundValues,
    make_filled_case,
    make_lawful,
    move_into_domain,
)
from gradcheck.generation.small_configurations import list_small_configurations
from gradcheck.records.case import Case

FOUND = FoundValues(Case("f", {"x": np.array([0.5, 7.0])}, (np.array([3.0, 4.0]),), {}, 3))


@pytest.mark.parametrize("domain", [real(), real(-4, 4), positive(), nonzero(0.5)], ids=lambda d: d.name)
def test_a_domain_that_moves_real_numbers_gives_the_wanted_ones(domain):
    wanted = np.array([[1.0, 2.0], [3.0, 1.0]])
    assert np.array_equal(move_into_domain(Array("N D", domain), wanted, {}), wanted)


def test_what_no_domain_allows_is_moved_into_it():
    assert (move_into_domain(Array("N", positive()), np.array([0.0, -5.0]), {}) > 0).all()
    assert move_into_domain(Array("N", probability()), np.array([1.0, 0.0]), {}).sum() == 1


def test_whole_numbers_only_become_smaller():
    before = np.array([0, 2])
    assert make_lawful(Array("N", indices("V")), np.array([1, 1]), before).tolist() == [0, 1]
    flags = make_lawful(Array("N", booleans()), np.array([True, False]), np.array([False, True]))
    assert (flags.dtype, flags.tolist()) == (bool, [False, False])


@pytest.mark.parametrize("filling", [*REVEALING_FILLINGS, *ROUND_FILLINGS])
def test_each_filling_fits_every_shape_and_is_equal_every_time(filling):
    op = Op("f", lambda x: (x, None), lambda dy, cache: dy, inputs={"x": Array("*S")})
    for configuration in list_small_configurations(op)[:6]:
        case = make_filled_case(op, configuration, filling, FOUND)
        assert case.inputs["x"].shape == case.upstream[0].shape == configuration.shapes["x"]
        assert case.digest == make_filled_case(op, configuration, filling, FOUND).digest
