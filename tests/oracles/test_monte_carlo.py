"""Measured rounding covers the true rounding, and is not much larger."""

from fractions import Fraction

import numpy as np
import pytest
from numpy import asarray

from gradcheck import Array, Op, adapt
from gradcheck.evaluation.evaluator import Evaluator, UserError
from gradcheck.evaluation.private_copies import choose_copy
from gradcheck.graphs.graph import ComputationalGraph, node
from gradcheck.oracles.error_factors import EPS32
from gradcheck.oracles.monte_carlo import measure_movement, measure_rounding
from gradcheck.oracles.noisy_arrays import NoisyArray
from gradcheck.records.case import Case
from tests.evaluation.converting import copied

EPS = np.finfo(float).eps


def measured(f, x, **settings):
    """The rounding of f at x."""
    (bar,) = measure_rounding(
        lambda arrange: (choose_copy(f)(arrange(np.asarray(x, float))),), np.random.default_rng(0), **settings
    )
    return bar


def values(seed, count=200):
    rng = np.random.default_rng(seed)
    return rng.normal(size=count) * 2.0 ** rng.integers(-8, 8, count)


def polynomial(x):
    return 1 + x * (3 + x * (-7 + x * x))


def test_the_bar_covers_the_true_rounding_of_a_polynomial():
    x = values(1)
    bars, got = measured(polynomial, x), polynomial(x)
    exact = [polynomial(Fraction(v)) for v in x]
    assert all(abs(Fraction(g) - e) <= Fraction(b) for g, e, b in zip(got, exact, bars, strict=True))


def test_the_bar_covers_the_true_rounding_of_a_sum():
    x = values(2)
    bar, exact = measured(np.sum, x), sum(map(Fraction, x))
    assert abs(Fraction(float(np.sum(x))) - exact) <= Fraction(float(bar))


def test_the_bar_covers_the_true_rounding_of_a_matrix_product():
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, 8, 8))
    (bar,) = measure_rounding(lambda arrange: (arrange(a) @ arrange(b),), rng)
    exact = [[sum(Fraction(a[i, k]) * Fraction(b[k, j]) for k in range(8)) for j in range(8)] for i in range(8)]
    got = a @ b
    assert all(abs(Fraction(got[i, j]) - exact[i][j]) <= Fraction(bar[i, j]) for i in range(8) for j in range(8))


HANDED_ON = {
    "where": lambda x: np.where(x == 0, 0, x),
    "stack": lambda x: np.stack([x, x])[0],
    "concatenate": lambda x: np.concatenate([x, x])[: len(x)],
    "pad": lambda x: np.pad(x, 1)[1:-1],
    "windows": lambda x: np.lib.stride_tricks.sliding_window_view(x, 1)[:, 0],
    "asarray": lambda x: np.asarray(x),  # noqa: PLW0108 - by the name that code under test says
    "array": lambda x: np.array(x, dtype=float),
    "split": lambda x: np.concatenate(np.split(x, 1)),
}


@pytest.mark.parametrize("name", HANDED_ON)
def test_what_moves_numbers_about_does_not_hide_their_rounding(name):
    bar = measured(lambda x: 1 + np.tanh(HANDED_ON[name](x)), [-6.8])[0]
    assert bar >= EPS / 4


def cancelling(x):
    return 1 + np.tanh(x)


CONVERTING = {
    "asarray": lambda x: 1 + np.tanh(np.asarray(x)),
    "array": lambda x: 1 + np.tanh(np.array(x)),
    "imported asarray": lambda x: 1 + np.tanh(asarray(x)),
    "helper of another module": lambda x: 1 + np.tanh(copied(x)),
    "array API": lambda x: 1 + np.tanh(x.__array_namespace__().asarray(x)),
}


@pytest.mark.parametrize("name", CONVERTING)
def test_a_conversion_changes_nothing_of_the_rounding_that_is_measured(name):
    assert np.array_equal(measured(CONVERTING[name], [-6.8, 0.3]), measured(cancelling, [-6.8, 0.3]))


class Cancelling:
    """A layer whose inner layer converts."""

    class Inner:
        def forward(self, x):
            return 1 + np.tanh(np.asarray(x))

    def __init__(self):
        self.inner = [self.Inner()]

    def forward(self, x):
        self.x = self.convert(x)
        return self.inner[0].forward(self.x)

    def convert(self, x):
        return np.array(x)

    def backward(self, dy):
        return dy / np.cosh(self.x) ** 2


def converting_gate(x):
    x = np.asarray(x)
    return 1 + np.tanh(x), x


def converting_gate_backward(dy, x):
    return np.asarray(dy) / np.cosh(x) ** 2


GATE = Op("gate", converting_gate, converting_gate_backward, inputs={"x": Array("N")})

ADAPTED = {
    "op": lambda: GATE,
    "graph": lambda: ComputationalGraph(
        "graph", inputs={"x": Array("N")}, nodes={"y": node(GATE, "x")}, output="y"
    ).as_op(),
    "pair": lambda: adapt(converting_gate, converting_gate_backward, x="N", name="pair"),
    "layer": lambda: adapt(Cancelling, x="N"),
    "layer instance": lambda: adapt(Cancelling(), x="N"),
    "closure": lambda: adapt(
        lambda x: (1 + np.tanh(np.asarray(x)), lambda dy: dy / np.cosh(np.array(x)) ** 2),
        x="N",
        adapter="closure",
        name="closure",
    ),
}


def make_thinc_model():
    thinc = pytest.importorskip("thinc.api")

    def forward(model, x, is_train):
        return 1 + np.tanh(np.asarray(x)), lambda dy: dy / np.cosh(x) ** 2

    return adapt(thinc.Model("tanh", forward), X="N")


ADAPTED["thinc"] = make_thinc_model


@pytest.mark.parametrize("name", ADAPTED)
def test_the_rounding_behind_a_conversion_is_measured_in_every_calling_convention(name):
    x = np.array([-6.8, 0.3])
    label = next(iter(ADAPTED[name]().inputs))
    case = Case(name, {label: x}, (np.ones(2),), {}, 0)
    evaluator = Evaluator(ADAPTED[name](), case)
    (bar,) = measure_rounding(lambda arrange: evaluator.outputs((x,), arrange), np.random.default_rng(0))
    assert np.array_equal(bar, measured(cancelling, x))


@pytest.mark.parametrize("size", [4, 12])
def test_the_bar_covers_the_rounding_of_a_linear_solver(size):
    rng = np.random.default_rng(size)
    a, b = rng.normal(size=(size, size)) * 10.0 ** rng.integers(-3, 3, size), rng.normal(size=size)
    (bar,) = measure_rounding(lambda arrange: (np.linalg.solve(arrange(a), arrange(b)),), rng)
    exact = solved([[Fraction(v) for v in row] for row in a], [Fraction(v) for v in b])
    got = np.linalg.solve(a, b)
    assert all(abs(Fraction(g) - e) <= Fraction(o) for g, e, o in zip(got, exact, bar, strict=True))


def solved(a, b):
    """The solution of a linear system, by elimination in fractions."""
    n = len(b)
    rows = [[*row, value] for row, value in zip(a, b, strict=True)]
    for k in range(n):
        pivot = next(i for i in range(k, n) if rows[i][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [v / rows[k][k] for v in rows[k]]
        for i in range(n):
            if i != k:
                rows[i] = [v - rows[i][k] * w for v, w in zip(rows[i], rows[k], strict=True)]
    return [row[n] for row in rows]


@pytest.mark.parametrize("f", [np.negative, np.abs, np.sin, np.square, np.expm1, np.exp2, np.reciprocal])
def test_a_few_harmless_operations_round_by_a_few_eps(f):
    x = np.linspace(0.1, 1, 50)
    assert np.all(measured(f, x) <= 64 * EPS * np.maximum(np.abs(f(x)), x))


def test_cancellation_shows_where_no_bound_on_the_value_would_show_it():
    bar = measured(lambda x: 1 + np.tanh(x), [-6.8])[0]
    value = 2 * np.exp(-13.6)
    assert bar > 1e5 * EPS * value


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.dot(x, x),
        lambda x: np.einsum("i,i->", x, x),
        lambda x: x @ x,
        lambda x: np.tensordot(x, x, 1),
        lambda x: np.add.reduce(x * x),
        lambda x: (x * x).sum(),
        lambda x: np.mean(x * x) * x.size,
    ],
    ids=["dot", "einsum", "matmul", "tensordot", "reduce", "method", "mean"],
)
def test_every_way_to_write_a_sum_of_products_is_seen_to_round(f):
    assert measured(lambda x: f(x) - f(np.asarray(x).view(np.ndarray)), values(4, 20)) > 0


def test_writing_into_an_array_of_ones_own_is_seen():
    def gathered(x):
        out = np.zeros_like(x)
        out += x * x
        out -= x * np.asarray(x).view(np.ndarray)
        return out

    assert np.all(measured(gathered, values(5)) > 0)


def test_whole_numbers_do_not_move():
    seen = []

    def looking(arrange):
        seen.append(np.asarray(arrange(np.array([1, 2, 3]))).tolist())
        return (np.ones(1),)

    measure_rounding(looking, np.random.default_rng(0))
    assert seen == [[1, 2, 3]] * len(seen)


def test_inputs_stay_as_they_are():
    x = values(6)
    kept = x.copy()

    def in_place(arrange):
        a = arrange(x)
        a *= 2
        return (a,)

    measure_rounding(in_place, np.random.default_rng(0))
    assert np.array_equal(x, kept)


def test_zero_stays_zero_and_needs_no_bar():
    assert measured(lambda x: 0 * x, values(7)).tolist() == [0.0] * 200


def test_code_that_refuses_the_subclass_is_moved_at_its_inputs():
    def refusing(arrange):
        a = arrange(np.array([3.0]))
        if isinstance(a, NoisyArray):
            raise UserError("forward", TypeError("plain arrays only"), refusing)
        return (a * a,)

    (bar,) = measure_rounding(refusing, np.random.default_rng(0))
    assert 0 < bar[0] < 1e3 * EPS


def test_a_result_that_is_missing_is_left_out():
    found = measure_movement(lambda arrange: (arrange(np.ones(2)), None), np.random.default_rng(0))
    assert [value.tolist() for value, _ in found] == [[1, 1]]


def test_the_bar_grows_with_the_spacing_of_the_precision():
    x = values(8)
    assert np.allclose(measured(polynomial, x, eps=EPS32), measured(polynomial, x) * 2.0**29, rtol=1e-12)


def test_a_comparison_that_the_spacing_may_decide_is_rounding():
    x = np.array([1.0 + 2.0**-24, 1.5])

    def choose(x):
        return np.where(x > 1, 2 * x, x)

    assert measured(choose, x, eps=EPS32)[0] > 1
    assert np.all(measured(choose, x, eps=EPS32)[1] + measured(choose, x) < 1e-5)


def test_numbers_round_as_arrays_of_one_do():
    bars = [measured(lambda x: 1 + np.tanh(x), np.full(shape, -16.5)) for shape in ((), (1,))]
    assert all(np.all(bar > 1e-17) for bar in bars)


@pytest.mark.slow
def test_the_bar_covers_the_true_rounding_of_a_long_sum_that_is_taken_row_after_row():
    x = np.random.default_rng(0).normal(size=(50_000, 3))
    bars, got = measured(lambda x: x.sum(axis=0), x), x.sum(axis=0)
    exact = [sum(map(Fraction, column)) for column in x.T]
    gaps = [abs(Fraction(float(g)) - e) for g, e in zip(got, exact, strict=True)]
    assert all(gap <= Fraction(float(bar)) for gap, bar in zip(gaps, bars, strict=True))


@pytest.mark.parametrize("add", [lambda x: x.sum(axis=0), lambda x: x.T @ np.ones(len(x), x.dtype)], ids=["sum", "dot"])
@pytest.mark.parametrize("count", [257, 1001, 4096])
def test_the_bar_covers_a_sum_of_equal_terms_that_all_round_alike(add, count):
    equal = np.full((count, 40), np.random.default_rng(count).normal(size=40), np.float32)
    exact = count * equal[0].astype(float)
    gap = np.abs(add(equal) - exact)
    bar = measured(add, equal, eps=EPS32)
    assert np.all(gap <= bar)
    assert gap.max() > bar.max() / 256


@pytest.mark.parametrize("count", [165, 1001])
def test_the_bar_covers_a_sum_of_equal_terms_that_are_scattered_to_one_place(count):
    def scatter(x):
        sums = np.zeros((2, 40), x.dtype)
        np.add.at(sums, np.zeros(count, int), x / count)
        return sums

    x = np.random.default_rng(count).normal(size=40)
    term = (x / count).astype(float)
    gap = np.array([abs(float(Fraction(s) - count * Fraction(t))) for s, t in zip(scatter(x)[0], term, strict=True)])
    bar = measured(scatter, x)
    assert np.all(gap <= bar[0])
    assert gap.max() > bar[0].max() / 256
    assert not bar[1].any()


def test_terms_as_large_as_all_inputs_together_round_where_no_noise_reaches_them():
    """Beside each input, and beside the result, the movement by the last digits looks like a jump."""
    x, gamma = np.array([3e8]), np.array([7e8])

    def cancel(arrange):
        product = copied(arrange(x)) * copied(arrange(gamma))
        return [product / 3 - product / 7 - product * (1 / 3 - 1 / 7)]

    (bar,) = measure_rounding(cancel, np.random.default_rng(0))
    assert 1 < bar[0] < 1e3 * EPS * x * gamma


def step(f):
    """The slope of f by the complex step."""
    return lambda x: f(x + 2.0**-80 * 1j).imag * 2.0**80


@pytest.mark.parametrize("kind", [lambda f: f, step], ids=["the value", "the complex step"])
def test_what_hangs_on_the_few_digits_of_a_subnormal_number_is_lost(kind):
    """exp(-740) is 85 times the least number: its logarithm, -740, is off by up to 1 / 170, the slope by all of it."""
    forward = kind(lambda x: np.log(np.exp(x)))
    lost, ordinary = measured(forward, [-740.0]), measured(forward, [-70.0])
    assert lost[0] > 1 / 170
    assert ordinary[0] < 1e-11


def test_a_subnormal_number_beside_a_large_one_loses_nothing():
    assert measured(lambda x: np.exp(x) + 1, [-740.0])[0] < 1e2 * EPS
