"""Value and gradient hold the truth within the error that is written, and fifty digits of it are right."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck import Array, choice, indices, namespace
from gradcheck.records.exact_numbers import DIGITS
from gradcheck.vectors import derivatives
from gradcheck.vectors.ball_arrays import BallError, UndecidedComparison
from gradcheck.vectors.derivatives import (
    Differentiation,
    compute_exactly,
    enclose_outputs,
    lies_within,
    require_differentiable,
    write_ball,
)
from tests.vectors.reference_ops import MORE_DIGITS, by_decimal, call, is_within, make_case, make_op, to_fraction

POINTS = [0.1, -1.5, 1 / 3, 1e-9, -12345.678, 3.0, 1e-60, 1e300]


def polynomial(x):
    return x**3 - 2 * x**2 + x - 7


def rational(x):
    return (x * x - 3) / (x**4 + 1)


WITHOUT_ROUNDING = {
    "cube": (lambda x: x**3, lambda x: 3 * x**2),
    "polynomial": (polynomial, lambda x: 3 * x**2 - 4 * x + 1),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2),
    "rational": (rational, lambda x: (2 * x * (x**4 + 1) - (x * x - 3) * 4 * x**3) / (x**4 + 1) ** 2),
    "root of one": (lambda x: x**-3, lambda x: -3 * x**-4),
}
"""Functions that fractions compute exactly, and their derivatives."""

TRANSCENDENTAL = {
    "exp": (call("exp"), Decimal.exp, Decimal.exp),
    "log": (call("log"), Decimal.ln, lambda x: 1 / x),
    "sqrt": (call("sqrt"), Decimal.sqrt, lambda x: 1 / (2 * x.sqrt())),
    "log1p": (call("log1p"), lambda x: (1 + x).ln(), lambda x: 1 / (1 + x)),
    "expm1": (call("expm1"), lambda x: x.exp() - 1, Decimal.exp),
    "power": (lambda x: x**0.75, lambda x: (x.ln() * 3 / 4).exp(), lambda x: 3 * (-x.ln() / 4).exp() / 4),
    "tanh": (call("tanh"), lambda x: 1 - 2 / ((2 * x).exp() + 1), lambda x: 4 / (x.exp() + (-x).exp()) ** 2),
    "softplus": (
        lambda x: namespace(x).log(1 + namespace(x).exp(x)),
        lambda x: (1 + x.exp()).ln(),
        lambda x: 1 / (1 + (-x).exp()),
    ),
}
"""Functions, and their values and derivatives by Python's decimal."""


def assert_right(number, truth, slack=Fraction(0)):
    """A number is off the truth by no more than it says, and says no more than one unit of its last digit."""
    assert abs(number.value - truth) <= number.error + slack
    if number.error:
        assert number.error <= abs(truth) * Fraction(10) ** (1 - DIGITS)
        assert len(str(abs(number.mantissa))) >= DIGITS
        assert number.error_exponent == number.exponent


def compute_at(reference, x, upstream=1.0):
    """The output and the gradient of a function of one number."""
    case = make_case(np.array(x), upstream=np.array(upstream))
    results = compute_exactly(make_op(reference), case)
    return results.outputs[0].numbers[0], results.gradients[0].numbers[0]


@pytest.mark.parametrize("x", POINTS)
@pytest.mark.parametrize("name", WITHOUT_ROUNDING)
def test_value_and_slope_are_those_of_fractions(name, x):
    function, slope = WITHOUT_ROUNDING[name]
    y, dx = compute_at(function, x, upstream=0.3)
    assert_right(y, function(Fraction(x)))
    assert_right(dx, slope(Fraction(x)) * Fraction(0.3))


@pytest.mark.parametrize("x", [0.1, 1 / 3, 1.0 + 2.0**-52, 1e-9, 37.5, 300.0])
@pytest.mark.parametrize("name", TRANSCENDENTAL)
def test_value_and_slope_are_those_of_decimal(name, x):
    function, value, slope = TRANSCENDENTAL[name]
    y, dx = compute_at(function, x)
    for number, truth in ((y, by_decimal(value, x)), (dx, by_decimal(slope, x))):
        assert_right(number, truth, slack=abs(truth) * Fraction(10) ** -MORE_DIGITS)


@given(st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-6), st.floats(-8, 8, width=16).filter(bool))
@settings(max_examples=30, deadline=None)
def test_any_number_is_right(x, upstream):
    y, dx = compute_at(rational, x, upstream)
    assert_right(y, rational(Fraction(x)))
    assert_right(dx, WITHOUT_ROUNDING["rational"][1](Fraction(x)) * Fraction(upstream))


@pytest.mark.parametrize("x", [1.0, 0.5, 3.0])
def test_an_exact_value_stands_without_an_error(x):
    y, _ = compute_at(lambda x: x * x / 4, x)
    assert (y.value, y.error) == (Fraction(x) ** 2 / 4, 0)


def test_each_gradient_is_the_sum_over_the_outputs_times_their_upstreams():
    x, w = np.array([[0.1, -0.7, 2.0], [1.5, 0.3, -4.0]]), np.array([0.2, 0.9, -1.1])
    u, v = np.array([0.3, -0.6]), np.array(1.7)
    op = make_op(
        lambda x, w: (x @ w, namespace(x).sum(x * x * w)),
        inputs={"x": Array("N D"), "w": Array("D")},
        outputs=("y", "s"),
    )
    results = compute_exactly(op, make_case(x, w, upstream=(u, v)))
    X, W, U, V = (np.vectorize(Fraction, otypes=[object])(a) for a in (x, w, u, v))
    truths = [U[:, None] * W + 2 * V * X * W, (U[:, None] * X + V * X * X).sum(0)]
    for gradient, truth in zip(results.gradients, truths, strict=True):
        assert gradient.shape == truth.shape
        for number, exact in zip(gradient.numbers, truth.ravel(), strict=True):
            assert_right(number, exact)
    for number, exact in zip(results.outputs[0].numbers, X @ W, strict=True):
        assert_right(number, exact)


def test_digits_that_cancel_are_found_in_a_higher_precision():
    y, dx = compute_at(lambda x: (x + 10**140) ** 2 - 10**280 - 2 * 10**140 * x, 0.1)
    assert_right(y, Fraction(0.1) ** 2)
    assert_right(dx, 2 * Fraction(0.1))


def test_digits_that_cancel_in_every_precision_are_not_claimed():
    y, _ = compute_at(lambda x: (x / 3 + 10**640) - 10**640, 0.1)
    assert abs(y.value - Fraction(0.1) / 3) <= y.error


def test_a_slope_that_no_precision_tells_from_zero_is_not_claimed():
    _, dx = compute_at(rational, 5e-324)
    assert dx.mantissa == 0
    assert 0 < WITHOUT_ROUNDING["rational"][1](Fraction(5e-324)) <= dx.error


RATIOS = [Fraction(1, 2), Fraction(1, 4), Fraction(1, 64)]
FAR_FROM_LINEAR = {
    "cube": (lambda x: x**3, lambda x: 3 * x**2),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2),
    "pole beside the disc": (lambda x: 1 / (5 - 3 * x), lambda x: 3 / (5 - 3 * x) ** 2),
    "fifth power": (lambda x: (16 * (x - 1)) ** 5 + x, lambda x: 80 * (16 * (x - 1)) ** 4 + 1),
}
"""Functions of which a central difference at 1 with a large step is far off, and their derivatives."""


@pytest.fixture
def wide_discs(monkeypatch):
    """Discs of half a unit around 1, which differences at a large step need."""
    monkeypatch.setattr(derivatives, "DISC_EXPONENT", -2)


@pytest.mark.usefixtures("wide_discs")
@pytest.mark.parametrize("ratio", RATIOS, ids=str)
@pytest.mark.parametrize("name", FAR_FROM_LINEAR)
def test_differences_at_a_large_step_hold_the_truth_by_cauchys_bound_alone(name, ratio):
    function, slope = FAR_FROM_LINEAR[name]
    with ctx.workprec(512):
        problem = Differentiation(make_op(function), make_case(np.array([1.0])))
        problem.ratio = arb(ratio.numerator) / ratio.denominator
        (ball,) = problem.gradients()[0].balls
    one, h = Fraction(1), Fraction(1, 4) * ratio
    difference, truth = (function(one + h) - function(one - h)) / (2 * h), slope(one)
    assert is_within(truth, ball)
    assert abs(to_fraction(ball.mid()) - difference) < Fraction(1, 10**100)
    assert abs(difference - truth) > Fraction(1, 10**10)  # far outside of a ball of rounding alone


@pytest.mark.usefixtures("wide_discs")
@pytest.mark.parametrize("name", FAR_FROM_LINEAR)
def test_a_large_step_costs_digits_that_are_not_claimed(name, monkeypatch):
    monkeypatch.setattr(derivatives, "PRECISIONS", (64,))
    function, slope = FAR_FROM_LINEAR[name]
    results = compute_exactly(make_op(function), make_case(np.array([1.0])))
    (number,) = results.gradients[0].numbers
    assert abs(number.value - slope(Fraction(1))) <= number.error
    assert number.error > Fraction(1, 10**20)


def test_the_disc_holds_all_complex_numbers_at_its_radius():
    disc, radius = derivatives.make_disc(arb(0.5), arb(0.25)), Fraction(1, 4)
    for part, middle in ((disc.real, Fraction(1, 2)), (disc.imag, Fraction(0))):
        assert is_within(middle + radius, part)
        assert is_within(middle - radius, part)


def relu(x):
    return namespace(x).maximum(x, 0)


def take_largest(x):
    return namespace(x).max(x)


UNDECIDED = {
    "relu at zero": (relu, [0.5, 0.0]),
    "relu at minus zero": (relu, [-0.0]),
    "absolute value at zero": (abs, [0.0]),
    "a choice at its bound": (lambda x: namespace(x).where(x > 1, x, x * x), [1.0]),
    "the bound of clip": (lambda x: namespace(x).clip(x, -1, 0.3), [0.3]),
    "two largest numbers": (take_largest, [0.1, 3.0, 3.0]),
    "two smallest numbers": (lambda x: namespace(x).min(x), [0.1, 0.1, 3.0]),
}
"""References, and points at which they have a kink or a tie."""


@pytest.mark.parametrize("name", UNDECIDED)
def test_a_kink_or_a_tie_is_undecided(name):
    reference, x = UNDECIDED[name]
    op, case = make_op(reference), make_case(np.array(x), upstream=np.ones(np.shape(reference(np.array(x)))))
    for ask in (compute_exactly, require_differentiable):
        with pytest.raises(UndecidedComparison):
            ask(op, case)
    assert lies_within(op, case, 2.0**-40)


@pytest.mark.parametrize("name", UNDECIDED)
def test_one_unit_beside_it_is_decided(name):
    reference, x = UNDECIDED[name]
    if len(x) > 1:  # one of the equal numbers moves
        beside = np.array([*x[:-1], np.nextafter(x[-1], np.inf)])
        beside[1] = np.nextafter(x[1], -np.inf) if x[1] == x[-1] else np.nextafter(x[1], np.inf)
    else:
        beside = np.nextafter(np.array(x), np.inf)
    op, case = make_op(reference), make_case(beside, upstream=np.ones(np.shape(reference(beside))))
    require_differentiable(op, case)
    compute_exactly(op, case)
    assert lies_within(op, case, 2.0**-40)
    assert not lies_within(op, case, 2.0**-1074 / 4)


@pytest.mark.parametrize(("x", "slope"), [(5e-324, "1 +/- 0"), (-5e-324, "0 +/- 0"), (0.5, "1 +/- 0")])
def test_the_slope_beside_a_kink_is_that_of_its_side(x, slope):
    _, dx = compute_at(relu, x)
    assert abs(dx.value - (x > 0)) <= dx.error
    if x < 0:
        assert str(dx) == slope


@pytest.mark.parametrize(
    ("reference", "x"), [(call("sqrt"), 0.0), (call("log"), 0.0), (call("log"), -1.0), (lambda x: x**0.5, -1.0)]
)
def test_a_root_or_logarithm_of_what_is_not_positive_is_refused(reference, x):
    with pytest.raises(BallError, match="which is not positive"):
        compute_at(reference, x)


@pytest.mark.parametrize("reference", [lambda x: 1 / x, lambda x: x**-2, lambda x: x / (x * x)])
def test_a_pole_is_refused(reference):
    with pytest.raises(BallError, match="not finite"):
        compute_at(reference, 0.0)


INDEPENDENT = {
    "another element": lambda x: x[..., 1:],
    "a choice": lambda x: namespace(x).maximum(x[..., 1:], x[..., :1]),
    "times nothing": lambda x: x[..., 1:] + x[..., :1] * 0,
    "a constant": lambda x: namespace(x).ones(1),
    "a count": lambda x: namespace(x).asarray([3]),
}


@pytest.mark.parametrize("name", INDEPENDENT)
def test_the_gradient_of_what_does_not_matter_is_exactly_zero(name):
    case = make_case(np.array([0.3, 1 / 3]), upstream=np.array([0.7]))
    (gradient,) = compute_exactly(make_op(INDEPENDENT[name]), case).gradients
    assert str(gradient.numbers[0]) == "0 +/- 0"


def test_a_gradient_that_is_zero_by_cancellation_says_how_small_it_is():
    _, dx = compute_at(lambda x: namespace(x).exp(x) / namespace(x).exp(x), 0.3)
    assert dx.mantissa == 0
    assert 0 < dx.error <= Fraction(1, 10**300)


def test_an_input_without_a_gradient_has_none():
    op = make_op(lambda x, i: namespace(x).take(x, i, axis=0), inputs={"x": Array("V"), "i": Array("N", indices("V"))})
    results = compute_exactly(
        op, make_case([0.1, 0.2], [1, 1, 0], labels=("x", "i"), upstream=np.array([1.0, 2.0, 4.0]))
    )
    assert results.gradients[1] is None
    assert [number.value for number in results.gradients[0].numbers] == [4, 3]


@pytest.mark.parametrize("shape", [(), (0,), (2, 0), (1, 1, 1)])
def test_arrays_of_any_shape_have_gradients(shape):
    results = compute_exactly(make_op(lambda x: 3 * x), make_case(np.ones(shape)))
    for array in (results.outputs[0], results.gradients[0]):
        assert array.shape == shape
        assert all(number.value == 3 for number in array.numbers)


def test_a_setting_is_taken_exactly():
    op = make_op(lambda x, a: a * x, settings={"a": choice(1 / 3, 0.5)})
    results = compute_exactly(op, make_case([0.7], a=1 / 3))
    assert_right(results.outputs[0].numbers[0], Fraction(0.7) * Fraction(1 / 3))
    assert_right(results.gradients[0].numbers[0], Fraction(1 / 3))


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        (None, "it has no reference formula"),
        (lambda x: x * (1 / 3), "the reference computes with 0.3333333333333333, which is rounded to float64"),
        (lambda x: x * np.pi, "the reference computes with 3.14159"),
        (call("cumulative_sum"), "the reference calls cumulative_sum, which ball arithmetic here has not"),
        (lambda x: x.mean(), "the reference calls mean, which"),
        (np.exp, "raises TypeError for balls: operand 'BallArray' does not support ufuncs"),
        (lambda x: np.where(x > 0, x, 0), "the reference calls functions of NumPy; those of namespace"),
        (lambda x: 1 / (x - x), "the reference is not finite here"),
    ],
)
def test_a_reference_that_cannot_be_run_is_refused_with_the_reason(reference, words):
    for run in (compute_exactly, enclose_outputs, require_differentiable):
        with pytest.raises(BallError, match=words):
            run(make_op(reference), make_case([0.3]))


BALLS = st.tuples(
    st.integers(-(10**70), 10**70),
    st.integers(-400, 400),
    st.integers(0, 10**6),
    st.integers(-400, 20),
)


@given(BALLS)
@settings(max_examples=150, deadline=None)
def test_every_number_of_a_ball_is_within_what_is_written_of_it(parts):
    middle, exponent, radius, factor = parts
    with ctx.workprec(700):
        ball = arb(middle) * arb(2) ** exponent
        ball = ball + arb(0, arb(radius) * arb(2) ** (exponent + factor))
    number, centre, reach = write_ball(ball), to_fraction(ball.mid()), to_fraction(ball.rad())
    assert abs(number.value - centre) + reach <= number.error
    if number.mantissa and number.error:
        assert number.error_exponent == number.exponent
        assert len(str(abs(number.mantissa)).rstrip("0")) <= DIGITS
        assert number.error <= max(100 * reach, abs(centre) * Fraction(10) ** (1 - DIGITS))


@pytest.mark.parametrize(
    ("ball", "text"),
    [
        (arb(0), "0 +/- 0"),
        (arb(-3) / 4, "-7.5e-1 +/- 0"),
        (arb(10**40), "1e40 +/- 0"),
        (arb(0, 0.75), "0 +/- 1e0"),
        (arb(0, 2.0**-40), "0 +/- 1e-10"),
        (arb(3, 2.0**-20), "3 +/- 1e-5"),
        (arb(1, 3), "0 +/- 1e10"),
    ],
)
def test_a_ball_is_written_with_the_digits_that_are_known(ball, text):
    assert str(write_ball(ball)) == text


def test_halves_and_carries_are_rounded_within_the_error():
    for middle in (10**55 - 1, 10**52 - 50, 10**51 + 5, 123456 * 10**46 + 5):
        with ctx.workprec(400):
            number = write_ball(arb(middle) + arb(0, 2.0**-300))
        assert abs(number.value - middle) <= number.error
        assert len(str(number.mantissa).rstrip("0")) <= DIGITS
