"""Every domain takes any point, lets an input move only lawfully, and says how far."""

from fractions import Fraction

import numpy as np
import pytest

from gradcheck.declaration.domain import (
    Domain,
    bits,
    booleans,
    constant,
    distinct,
    indices,
    invertible,
    positive,
    probability,
    real,
    spd,
)
from gradcheck.declaration.shape import DeclarationError

NAMES = {"V": 5}
GAP = 0.25


def within(low, high):
    return lambda x: bool(np.all((x >= low) & (x <= high)))


def is_probability(x):
    return bool(np.all(x > 0) and np.allclose(x.sum(axis=-1), 1, rtol=0, atol=4 * x.shape[-1] * np.finfo(float).eps))


def is_spd(x):
    return np.array_equal(x, np.swapaxes(x, -1, -2)) and bool(np.all(np.linalg.eigvalsh(x) > 0))


def is_distinct(x):
    ordered = np.sort(x, axis=None)
    return bool(np.all(np.diff(ordered) >= GAP - 4 * np.spacing(np.abs(ordered).max(initial=1))))


def is_below(bound):
    return lambda x: x.dtype.kind == "i" and bool(np.all((x >= 0) & (x < bound)))


DOMAINS = {
    "real": (real(), lambda x: True),
    "real around zero": (real(30), within(-30, 30)),
    "real between": (real(-1, 2), within(-1, 2)),
    "real above zero": (real(2, 5), within(2, 5)),
    "real below zero": (real(-5, -2), within(-5, -2)),
    "positive": (positive(), within(0.0625, np.inf)),
    "probability": (probability(), is_probability),
    "spd": (spd(), is_spd),
    "invertible": (invertible(), lambda x: bool(np.all(np.abs(np.linalg.det(x)) > 0.5))),
    "distinct": (distinct(GAP), is_distinct),
    "indices": (indices("V"), is_below(5)),
    "one index": (indices(1), is_below(1)),
    "constant": (constant(), lambda x: True),
    "positive constant": (constant(positive()), within(0.0625, np.inf)),
    "bits": (bits(), lambda x: set(x.ravel()) <= {0.0, 1.0}),
    "booleans": (booleans(), lambda x: x.dtype == bool),
}
MOVING = [name for name, (domain, _) in DOMAINS.items() if domain.gradient]


def points(seed):
    """Arrays of two equal axes: zeros, ties, tiny and huge ones, and ordinary ones of several sizes."""
    rng = np.random.default_rng(seed)
    yield np.zeros((3, 3))
    yield np.full((3, 3), -2.0)
    yield rng.choice([0.0, 1.0, -1.0], size=(2, 4, 4))
    for size in (1, 2, 5):
        for magnitude in (2.0**-12, 1.0, 2.0**8):
            yield magnitude * rng.integers(-4096, 4097, size=(size, size)) / 1024


every = pytest.mark.parametrize("name", DOMAINS)
moving = pytest.mark.parametrize("name", MOVING)


@every
def test_every_point_is_mapped_into_the_domain(name):
    domain, inside = DOMAINS[name]
    for point in points(0):
        x = domain.map(point, NAMES)
        assert x.shape == point.shape
        assert inside(x), point


@every
def test_empty_arrays_stay_empty(name):
    domain, _ = DOMAINS[name]
    assert domain.map(np.zeros((0, 2, 2)), NAMES).shape == (0, 2, 2)


@every
def test_mapping_leaves_the_points_alone(name):
    domain, _ = DOMAINS[name]
    for point in points(1):
        kept = point.copy()
        domain.map(point, NAMES)
        assert np.array_equal(point, kept)


@moving
def test_the_tangent_is_linear(name):
    domain, _ = DOMAINS[name]
    rng = np.random.default_rng(2)
    for point in points(2):
        x = domain.map(point, NAMES)
        u, v = rng.normal(size=(2, *x.shape))
        both = domain.tangent(x, 2 * u - 3 * v)
        apart = 2 * domain.tangent(x, u) - 3 * domain.tangent(x, v)
        assert np.max(np.abs(both - apart)) <= 64 * np.finfo(float).eps * np.max(np.abs(both) + np.abs(apart))


@moving
def test_the_tangent_is_its_own_transpose_and_projects_once_and_for_all(name):
    domain, _ = DOMAINS[name]
    rng = np.random.default_rng(3)
    for point in points(3):
        x = domain.map(point, NAMES)
        u, v = rng.normal(size=(2, *x.shape))
        projected = domain.tangent(x, v)
        size = np.sum(np.abs(u)) * np.max(np.abs(v))
        assert abs(np.sum(u * projected) - np.sum(domain.tangent(x, u) * v)) <= 64 * np.finfo(float).eps * size
        assert np.max(np.abs(domain.tangent(x, projected) - projected)) <= 64 * np.finfo(float).eps * np.max(np.abs(v))


@moving
def test_a_step_along_the_tangent_within_reach_stays_lawful(name):
    domain, inside = DOMAINS[name]
    rng = np.random.default_rng(4)
    for point in points(4):
        x = domain.map(point, NAMES)
        v = domain.tangent(x, rng.choice([-1.0, 1.0], size=x.shape))
        with np.errstate(divide="ignore"):
            reach = np.min(np.where(v != 0, domain.reach(x) / np.abs(v), np.inf))
        step = min(reach, 1.0)
        assert step > 0
        if name in ("real around zero", "real between", "real above zero", "real below zero", "positive", "distinct"):
            continue  # closed sets: inputs lie on the bounds on purpose, see below
        assert inside(x + step * v)
        assert inside(x - step * v)


def test_a_step_from_a_bound_may_leave_it_by_an_eighth_of_the_interval():
    domain = real(2, 5)
    assert np.all(domain.reach(np.array([2.0, 5.0])) == (5 - 2) / 8)


def test_a_positive_input_stays_above_zero():
    x = positive().map(np.array([0.0, 1.0, -100.0]), NAMES)
    assert np.all(x - positive().reach(x) > 0)


def test_distinct_inputs_keep_their_order_within_reach():
    x = distinct(GAP).map(np.zeros(4), NAMES)
    step = 0.999 * distinct(GAP).reach(x) * np.array([1, -1, 1, -1])
    assert np.array_equal(np.argsort(x + step), np.argsort(x))


@moving
def test_the_reach_is_above_zero(name):
    domain, _ = DOMAINS[name]
    for point in points(5):
        assert np.all(domain.reach(domain.map(point, NAMES)) > 0)


def test_bounded_reals_land_on_their_bounds():
    assert set(real(30).map(np.array([-256.0, 256.0]), NAMES)) == {-30.0, 30.0}


def test_indices_reach_every_value_on_ordinary_points():
    grid = np.arange(-4096, 4097) / 1024
    assert set(indices("V").map(grid, NAMES)) == set(range(5))
    assert set(bits().map(np.array([0.0, 1.0, 2.0, 3.0, 4.0]), NAMES)) == {0.0, 1.0}


def test_indices_bounds_may_be_expressions():
    assert indices("2*V-1").map(np.arange(100.0), NAMES).max() == 8


def test_distinct_breaks_ties_by_exactly_the_gap():
    assert np.diff(distinct(GAP).map(np.zeros(3), NAMES)).tolist() == [Fraction(GAP), Fraction(GAP)]


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: real(3, 3), "real"),
        (lambda: real(5, 2), "lower bound"),
        (lambda: positive(0), "above zero"),
        (lambda: indices("V/2"), "V/2"),
    ],
)
def test_an_impossible_domain_is_refused(build, words):
    with pytest.raises(DeclarationError, match=words):
        build()


def test_domains_are_data():
    assert isinstance(real(), Domain)


def test_a_constant_has_the_values_of_its_domain_and_no_gradient():
    assert (constant().name, constant().gradient) == ("constant", False)
    assert (constant(positive()).name, constant(positive()).gradient) == ("constant(positive(0.0625))", False)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e6, 1e12, 1e100])
def test_a_positive_definite_matrix_has_a_cholesky_factor_however_large_it_is(scale):
    points = scale * np.random.default_rng(0).normal(size=(5, 7, 7)) ** 9
    assert np.isfinite(np.linalg.cholesky(spd().map(points, {}))).all()
