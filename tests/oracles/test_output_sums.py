"""Sums of many outputs stand for the outputs."""

from fractions import Fraction

import numpy as np
import pytest

from gradcheck import Array, Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.oracles.directional import Care, CaseForward, directional_derivatives_of_case
from gradcheck.oracles.error_factors import EPS
from gradcheck.oracles.output_sums import BLOCKS, OutputSums, sum_outputs
from gradcheck.records.case import LARGE
from tests.laws.observing import make_case

COUNT = 3 * BLOCKS + 5


def draw(seed):
    return np.random.default_rng(seed).normal(size=COUNT)


def make_evaluator(forward, x):
    """An evaluator of an elementwise op at a point."""
    op = Op("f", lambda x: (forward(x), x), lambda dy, x: dy, inputs={"x": Array("N")})
    return Evaluator(op, make_case(op, x))


def test_every_output_is_in_one_sum():
    outputs, upstream = draw(0), draw(1)
    sums = OutputSums(outputs, upstream)
    moved = outputs + 2.0**-10
    assert np.allclose((sums.reduce(moved) - sums.reduce(outputs)).sum(), 2.0**-10 * upstream.sum(), rtol=1e-9)
    assert sums.expand(sums.starts).shape == (COUNT,)


def test_the_last_digit_of_a_sum_is_that_of_its_terms_though_they_cancel():
    outputs = np.tile([1e8, -1e8], COUNT // 2 + 1)[:COUNT]
    sums = OutputSums(outputs, np.ones(COUNT))
    assert np.all(sums.reduce(outputs) >= 1e8)


def test_the_weight_of_a_sum_is_how_much_of_the_upstream_is_used():
    upstream, weights = draw(1), np.random.default_rng(2).uniform(size=BLOCKS)
    sums = OutputSums(draw(0), upstream)
    assert np.allclose(sums.weigh(upstream * sums.expand(weights)), weights)


def test_an_output_that_is_not_finite_has_no_part():
    outputs = draw(0)
    outputs[[7, 70]] = np.nan, np.inf
    sums = OutputSums(outputs, np.ones(COUNT))
    assert np.isfinite(sums.reduce(outputs)).all()


@pytest.mark.parametrize(("count", "summed"), [(100, False), (LARGE, True)])
def test_few_outputs_are_looked_at_one_by_one(count, summed):
    evaluator = make_evaluator(np.sin, np.ones(count))
    assert (sum_outputs(evaluator) is not None) is summed
    assert CaseForward(evaluator).count == (BLOCKS if summed else count)


@pytest.mark.parametrize("care", [Care.QUICK, Care.FULL])
def test_the_slopes_of_sums_are_those_of_their_terms_also_where_some_are_kinked(care):
    x = np.random.default_rng(0).normal(size=LARGE)
    x[::1000] = 0
    evaluator = make_evaluator(np.abs, x)
    upstream = evaluator.case.upstream[0]
    (slope, *_) = directional_derivatives_of_case(evaluator, care=care)
    known = ~slope.kinked
    assert 0.9 * BLOCKS < known.sum() < BLOCKS
    sums = sum_outputs(evaluator)
    exact = np.add.reduceat(upstream * np.sign(x) * slope.direction[0], sums.starts)
    assert np.all(np.abs(slope.estimate.value - exact)[known] <= slope.estimate.error[known])
    assert np.median(slope.estimate.error[known]) < 1e-3 * np.median(np.abs(exact))


def test_the_rounding_of_a_sum_covers_it():
    x = np.random.default_rng(0).normal(size=LARGE)
    evaluator = make_evaluator(lambda x: x / 3, x)
    forward = CaseForward(evaluator)
    bars, got = forward.measure_rounding_at((x,)), forward.value((x,)) - forward.sums.offsets
    upstream = evaluator.case.upstream[0]
    for block in range(0, BLOCKS, BLOCKS // 50):
        part = slice(forward.sums.starts[block], forward.sums.starts[block] + forward.sums.lengths[block])
        terms = zip(x[part], upstream[part], strict=True)
        exact = sum(Fraction(float(a)) / 3 * Fraction(float(u)) for a, u in terms)
        assert abs(Fraction(float(got[block])) - exact) <= Fraction(float(bars[block]))
    assert bars.max() < 1e4 * EPS
