"""Points are simple, exact in float32, and of four kinds."""

import numpy as np
import pytest

from gradcheck import constant, indices, spd
from gradcheck.adapters.inference import make_constant_domain
from gradcheck.generation.configuration import PinnedChoices, draw_configuration
from gradcheck.generation.values import (
    FAR_EXPONENTS,
    GRID,
    PALETTE_SIZE,
    VALUE_KINDS,
    choose_ends,
    clear_lone_elements,
    count_elements,
    draw_exponents,
    make_pinned_inputs,
    make_pinned_upstream,
    make_points,
    map_to_domains,
    oppose_inputs,
    remove_ties,
)
from gradcheck.ops.sequence.embedding import embedding


def points(kind, count=50, exponents=0):
    return make_points(kind, PinnedChoices(kind).draw_whole_numbers(count, len(GRID)), np.full(count, exponents))


def test_the_grid_begins_with_the_numbers_that_are_shortest_to_read():
    assert GRID[:9].tolist() == [0, 1, -1, 2, -2, 3, -3, 4, -4]
    assert set(GRID[9:17]) == {0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 3.5, -3.5}


def test_the_grid_holds_every_step_once():
    assert np.array_equal(np.sort(GRID), np.arange(-4096, 4097) / 1024)


def test_the_grid_is_exact_in_float32():
    assert np.array_equal(GRID, GRID.astype(np.float32))


@pytest.mark.parametrize("kind", ["plain", "wide"])
def test_half_of_the_kinds_have_no_ties_and_no_zeros(kind):
    sizes = np.abs(points(kind, exponents=3))
    assert len(set(sizes)) == len(sizes)
    assert sizes.min() > 0


def test_the_simplest_points_without_ties_are_one_and_up():
    assert np.abs(remove_ties(np.zeros(4, int))).tolist() == [1, 2, 3, 4]


@pytest.mark.slow
def test_more_points_than_the_grid_has_sizes_tie_rather_than_hang():
    assert remove_ties(np.zeros(len(GRID), int)).size == len(GRID)


def test_ties_are_whole_numbers_with_zero_among_them():
    assert set(points("ties")) == set(GRID[:PALETTE_SIZE])


def test_bounds_lie_far_out():
    assert np.abs(points("bounds")).max() > np.abs(GRID).max()


def test_wide_points_have_the_magnitude_that_is_asked_for_and_digits_that_float32_has_not():
    wide = make_points("wide", np.arange(1, 9), np.full(8, 5))
    assert np.allclose(wide, 32 * make_points("plain", np.arange(1, 9), np.zeros(8)), rtol=2e-6, atol=0)
    assert (wide.astype(np.float32) != wide).all()


def test_an_upstream_has_all_digits_where_the_inputs_have():
    (wide,), (plain,) = (make_pinned_upstream((np.zeros(9),), PinnedChoices("u"), kind) for kind in ("wide", "plain"))
    assert (wide.astype(np.float32) != wide).all()
    assert (plain.astype(np.float32) == plain).all()


@pytest.mark.parametrize("kind", VALUE_KINDS)
def test_inputs_have_their_shapes_and_lie_in_their_domains(kind):
    for key in range(20):
        configuration = draw_configuration(embedding, PinnedChoices(key))
        inputs = make_pinned_inputs(configuration, kind, PinnedChoices(kind, key))
        assert {label: a.shape for label, a in inputs.items()} == configuration.shapes
        assert inputs["ids"].max() < configuration.names["V"]


def test_points_are_dealt_out_one_input_after_the_other():
    configuration = draw_configuration(embedding, PinnedChoices(0))
    dealt = map_to_domains(configuration, np.arange(float(sum(count_elements(configuration)))))
    assert dealt["table"].ravel().tolist() == list(
        range(count_elements(configuration)[0], sum(count_elements(configuration)))
    )


def test_an_upstream_has_both_signs_and_no_zero():
    (u, v) = make_pinned_upstream((np.zeros((5, 8)), np.zeros(())), PinnedChoices("upstream"))
    assert (u.shape, v.shape) == ((5, 8), ())
    assert np.all(u != 0)
    assert u.min() < 0 < u.max()


def test_an_element_alone_is_zero_every_other_time():
    counter = PinnedChoices(0)
    found = [clear_lone_elements([np.ones(1), np.ones(3)], counter) for _ in range(40)]
    assert 10 < sum(float(lone[0]) for lone, _ in found) < 30
    assert all(row.all() for _, row in found)


@pytest.mark.parametrize("shape", [(2,), (3, 4)])
def test_magnitudes_reach_both_ends(shape):
    ends = np.ptp(
        [draw_exponents(np.ones(shape), PinnedChoices(number)) for number in range(9)],
        axis=tuple(range(1, len(shape) + 1)),
    )
    assert ends.max() == FAR_EXPONENTS[1] - FAR_EXPONENTS[0]


def test_whole_numbers_are_all_the_last_or_all_the_first_or_both():
    ids, counter = np.zeros(3, int), PinnedChoices(0)
    drawn = {tuple(choose_ends(indices("V"), ids, {"V": 10}, counter).tolist()) for _ in range(60)}
    assert {(9, 9, 9), (0, 0, 0)} < drawn
    assert {i for row in drawn for i in row} == {0, 9}


@pytest.mark.parametrize("domain", [constant(), constant(spd()), make_constant_domain(np.arange(9).reshape(3, 3))])
def test_other_numbers_have_no_ends_to_choose(domain):
    a = domain.map(GRID[1:10].reshape(3, 3), {})
    assert all(choose_ends(domain, a, {}, PinnedChoices(number)) is a for number in range(9))


def test_opposite_inputs_are_each_the_negative_of_the_first_or_of_the_last():
    a, other = np.array([1.0, -2.0]), np.ones(3)
    signs = {
        tuple(float(b[0] / a[0]) for b in oppose_inputs([a, a + 1, a + 2], PinnedChoices(number)))
        for number in range(9)
    }
    assert signs == {(1, -1, -1), (1, -1, 1)}
    assert oppose_inputs([a, other], PinnedChoices(0))[1] is other
