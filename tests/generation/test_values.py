"""Points are simple, exact in float32, and of four kinds."""

import numpy as np
import pytest

from gradcheck.generation.configuration import Counter, draw_layout
from gradcheck.generation.values import (
    GRID,
    KINDS,
    PALETTE,
    counted_inputs,
    counted_upstream,
    elements,
    mapped,
    points_of_kind,
    without_ties,
)
from gradcheck.ops.sequence.embedding import embedding


def points(kind, count=50, exponents=0):
    return points_of_kind(kind, Counter(kind).whole(count, len(GRID)), np.full(count, exponents))


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
    assert np.abs(without_ties(np.zeros(4, int))).tolist() == [1, 2, 3, 4]


def test_more_points_than_the_grid_has_sizes_tie_rather_than_hang():
    assert without_ties(np.zeros(len(GRID), int)).size == len(GRID)


def test_ties_are_whole_numbers_with_zero_among_them():
    assert set(points("ties")) == set(GRID[:PALETTE])


def test_bounds_lie_far_out():
    assert np.abs(points("bounds")).max() > np.abs(GRID).max()


def test_wide_points_have_the_magnitude_that_is_asked_for_and_digits_that_float32_has_not():
    wide = points_of_kind("wide", np.arange(1, 9), np.full(8, 5))
    assert np.allclose(wide, 32 * points_of_kind("plain", np.arange(1, 9), np.zeros(8)), rtol=2e-6, atol=0)
    assert (wide.astype(np.float32) != wide).all()


def test_an_upstream_has_all_digits_where_the_inputs_have():
    (wide,), (plain,) = (counted_upstream((np.zeros(9),), Counter("u"), kind) for kind in ("wide", "plain"))
    assert (wide.astype(np.float32) != wide).all()
    assert (plain.astype(np.float32) == plain).all()


@pytest.mark.parametrize("kind", KINDS)
def test_inputs_have_their_shapes_and_lie_in_their_domains(kind):
    for key in range(20):
        layout = draw_layout(embedding, Counter(key))
        inputs = counted_inputs(layout, kind, Counter(kind, key))
        assert {label: a.shape for label, a in inputs.items()} == layout.shapes
        assert inputs["ids"].max() < layout.names["V"]


def test_points_are_dealt_out_one_input_after_the_other():
    layout = draw_layout(embedding, Counter(0))
    dealt = mapped(layout, np.arange(float(sum(elements(layout)))))
    assert dealt["table"].ravel().tolist() == list(range(elements(layout)[0], sum(elements(layout))))


def test_an_upstream_has_both_signs_and_no_zero():
    (u, v) = counted_upstream((np.zeros((5, 8)), np.zeros(())), Counter("upstream"))
    assert (u.shape, v.shape) == ((5, 8), ())
    assert np.all(u != 0)
    assert u.min() < 0 < u.max()
