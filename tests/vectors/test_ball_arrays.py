"""Arrays of balls compute what NumPy computes, decide no comparison that is open, and refuse rounded numbers."""

import math
import operator
from fractions import Fraction

import numpy as np
import pytest
from flint import acb, arb, ctx

from gradcheck import namespace
from gradcheck.oracles.error_factors import EPS
from gradcheck.vectors.ball_arrays import (
    BALL,
    FUNCTIONS,
    FUNCTIONS_OF_ONE_BALL,
    NAMESPACE,
    BallArray,
    BallError,
    UndecidedComparison,
    convert_exactly,
    describe_missing_function,
)
from tests.vectors.reference_ops import is_within, to_fraction

ULPS = 16
"""Units in the last place by which NumPy's functions and sums of these few numbers are off, at most."""

LINE, TABLE, CUBE = (
    np.array([0.5, -1.5, 0.25]),
    np.arange(6.0).reshape(2, 3) / 4 - 0.625,
    np.arange(24.0).reshape(2, 3, 4),
)
WITHIN = {"": np.array(0.3), "of three": np.array([0.1, 0.5, 0.9]), "of none": np.zeros((2, 0)), "table": TABLE % 1}
SPECIAL = ("erf",)
"""Functions that NumPy has not."""
REDUCTIONS = ("sum", "prod", "mean", "max", "min")
AXES = [
    {},
    {"axis": 0},
    {"axis": -1},
    {"axis": (0, 2)},
    {"axis": (-1, 0), "keepdims": True},
    {"axis": 1, "keepdims": True},
    {"keepdims": True},
]

CALLS = [
    *[(name, (x,), {}) for name in FUNCTIONS_OF_ONE_BALL if name not in SPECIAL for x in WITHIN.values()],
    *[(name, (LINE * 5,), {}) for name in ("sign", "floor", "ceil", "round", "trunc")],
    *[(name, (x,), {}) for name in ("floor", "trunc") for x in (LINE, CUBE - 12, np.array(-0.0))],
    *[(name, (CUBE,), options) for name in REDUCTIONS for options in AXES],
    *[(name, (x,), {}) for name in REDUCTIONS for x in (np.array(0.3), LINE)],
    *[
        (name, (np.zeros((2, 0, 3)),), options)
        for name in ("sum", "prod")
        for options in ({}, {"axis": 1}, {"axis": 0}, {"axis": (0, 1)})
    ],
    *[(name, (np.zeros((2, 0)),), {"axis": 0}) for name in REDUCTIONS],
    *[("abs", (x,), {}) for x in (LINE, np.array(-0.5), np.zeros((0, 2)))],
    *[
        (name, pair, {})
        for name in ("maximum", "minimum", "logaddexp")
        for pair in ((LINE, TABLE), (LINE, 0.125), (np.array(0.3), LINE), (np.zeros((0, 3)), LINE))
    ],
    ("where", (LINE > 0, LINE, TABLE), {}),
    ("where", (np.array(True), np.array(0.5), LINE), {}),
    ("where", (LINE > 0, LINE, 0), {}),
    ("clip", (TABLE, -0.25, 0.3), {}),
    ("clip", (TABLE,), {"min": 0.2}),
    ("clip", (TABLE,), {"max": 0.2}),
    ("clip", (TABLE, LINE - 1, None), {}),
    ("reshape", (CUBE, (6, -1)), {}),
    ("reshape", (np.array(0.3), (1, 1)), {}),
    ("moveaxis", (CUBE, 0, -1), {}),
    ("permute_dims", (CUBE, (2, 0, 1)), {}),
    ("expand_dims", (TABLE,), {"axis": 1}),
    ("squeeze", (LINE[None, :, None],), {"axis": (0, 2)}),
    ("squeeze", (LINE[None],), {"axis": 0}),
    ("take", (CUBE, np.array([2, 0, 2])), {"axis": 1}),
    ("take", (CUBE, np.array([], int)), {"axis": 2}),
    ("flip", (CUBE,), {"axis": (0, 2)}),
    ("flip", (LINE,), {}),
    ("roll", (TABLE, 1), {"axis": 1}),
    ("roll", (TABLE, 2), {}),
    ("broadcast_to", (LINE, (2, 3)), {}),
    ("broadcast_to", (np.array(0.3), (0, 2)), {}),
    *[("concat", ([TABLE, TABLE * 2],), {"axis": axis}) for axis in (0, -1)],
    ("concat", ([np.zeros((0, 3)), TABLE],), {}),
    *[("stack", ([LINE, LINE * 2],), {"axis": axis}) for axis in (0, 1, -1)],
    ("stack", ([np.array(0.3), np.array(0.5)],), {}),
    ("tensordot", (TABLE, TABLE), {}),
    ("tensordot", (CUBE, TABLE), {"axes": ([0, 1], [0, 1])}),
    ("tensordot", (LINE, TABLE), {"axes": 0}),
    ("tensordot", (np.zeros((2, 0)), np.zeros((0, 3))), {"axes": 1}),
    ("matmul", (TABLE, LINE), {}),
    ("matmul", (CUBE, np.ones((2, 4, 1))), {}),
    ("matmul", (np.zeros((2, 0)), np.zeros((0, 3))), {}),
    ("matmul", (LINE, LINE), {}),
]
"""Calls of the namespace's functions as NumPy understands them: name, arguments, options."""


@pytest.fixture(autouse=True)
def enough_digits():
    """Arithmetic that holds 1 and the smallest number of float64 in one sum."""
    with ctx.workprec(1200):
        yield


def to_balls(argument):
    """An argument of NumPy's, its floating-point arrays made balls without radii."""
    if isinstance(argument, list):
        return [to_balls(one) for one in argument]
    return convert_exactly(argument) if isinstance(argument, np.ndarray) and argument.dtype.kind == "f" else argument


def to_floats(array):
    """An array of balls as one of float64."""
    assert isinstance(array, BallArray)
    return np.array([float(ball) for ball in array.balls.ravel()]).reshape(array.shape)


def assert_equal_within_ulps(array, expected):
    got = to_floats(array)
    assert got.shape == np.shape(expected)
    assert (np.abs(got - expected) <= ULPS * EPS * np.abs(expected)).all()


@pytest.mark.parametrize(("name", "arguments", "options"), CALLS, ids=[call[0] for call in CALLS])
def test_a_function_of_the_namespace_agrees_with_that_of_numpy(name, arguments, options):
    got = getattr(NAMESPACE, name)(*map(to_balls, arguments), **options)
    assert_equal_within_ulps(got, getattr(np, name)(*arguments, **options))


def test_every_function_of_the_namespace_is_compared():
    assert {name for name, _, _ in CALLS} == set(FUNCTIONS) - set(SPECIAL)


@pytest.mark.parametrize("x", WITHIN.values(), ids=WITHIN)
def test_the_error_function_agrees_with_that_of_python(x):
    assert_equal_within_ulps(NAMESPACE.erf(convert_exactly(x)), np.vectorize(math.erf, otypes=[float])(x))


@pytest.mark.parametrize("name", ["max", "min"])
def test_the_largest_of_none_is_refused_as_by_numpy(name):
    for array in (np.zeros((2, 0)), convert_exactly(np.zeros((2, 0)))):
        with pytest.raises(ValueError, match="zero-size array"):
            getattr(NAMESPACE, name)(array, axis=1)


@pytest.mark.parametrize(("name", "arguments", "options"), CALLS, ids=[call[0] for call in CALLS])
def test_arrays_without_balls_are_left_to_numpy(name, arguments, options):
    got = getattr(NAMESPACE, name)(*arguments, **options)
    assert not isinstance(got, BallArray)
    assert np.array_equal(got, getattr(np, name)(*arguments, **options), equal_nan=True)


BINARY = (operator.add, operator.sub, operator.mul, operator.truediv)
COMPARISONS = (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)


@pytest.mark.parametrize("binary", BINARY)
@pytest.mark.parametrize("other", [2, 0.5, LINE, TABLE, np.array(-1.5), np.array([1, 2, 3])], ids=str)
def test_arithmetic_agrees_with_numpy_on_either_side(binary, other):
    assert_equal_within_ulps(binary(convert_exactly(LINE), other), binary(LINE, other))
    assert_equal_within_ulps(binary(other, convert_exactly(LINE)), binary(other, LINE))
    assert_equal_within_ulps(binary(convert_exactly(LINE), to_balls(other)), binary(LINE, other))


@pytest.mark.parametrize("exponent", [0, 1, 3, -2, 2.0])
def test_a_whole_power_is_one_of_numbers_of_either_sign(exponent):
    assert_equal_within_ulps(convert_exactly(LINE) ** exponent, LINE**exponent)


def test_other_powers_agree_with_numpy():
    assert_equal_within_ulps(convert_exactly(np.abs(LINE)) ** 0.75, np.abs(LINE) ** 0.75)
    assert_equal_within_ulps(2 ** convert_exactly(LINE), 2**LINE)
    assert_equal_within_ulps(convert_exactly(np.abs(LINE)) ** convert_exactly(LINE), np.abs(LINE) ** LINE)


def test_products_of_matrices_agree_with_numpy_on_either_side():
    assert_equal_within_ulps(TABLE @ convert_exactly(LINE), TABLE @ LINE)
    assert_equal_within_ulps(convert_exactly(TABLE) @ LINE, TABLE @ LINE)


@pytest.mark.parametrize("relation", COMPARISONS)
def test_comparisons_of_exact_numbers_agree_with_numpy(relation):
    others = np.array([0.5, 0.0, np.inf])
    got = relation(convert_exactly(LINE), convert_exactly(others))
    assert got.dtype == bool
    assert got.tolist() == relation(LINE, others).tolist()
    assert relation(0, convert_exactly(LINE)).tolist() == relation(0, LINE).tolist()


def test_an_array_has_the_members_that_references_use():
    x = convert_exactly(TABLE)
    assert (x.shape, x.ndim, x.size, len(x), x.dtype) == ((2, 3), 2, 6, 2, BALL)
    assert namespace(x) is NAMESPACE
    assert_equal_within_ulps(x.T, TABLE.T)
    assert_equal_within_ulps(-x, -TABLE)
    assert_equal_within_ulps(abs(x), abs(TABLE))
    assert_equal_within_ulps(x[:, None, ::2], TABLE[:, None, ::2])
    assert_equal_within_ulps(x[TABLE > 0], TABLE[TABLE > 0])
    assert bool(convert_exactly(np.array(0.5)))
    assert not bool(convert_exactly(np.array(0.0)))


def test_arrays_are_made_of_balls_unless_another_dtype_is_asked_for():
    xp = NAMESPACE
    assert_equal_within_ulps(xp.zeros((2, 0)), np.zeros((2, 0)))
    assert_equal_within_ulps(xp.ones((2, 3)), np.ones((2, 3)))
    assert_equal_within_ulps(xp.eye(3), np.eye(3))
    assert_equal_within_ulps(xp.eye(2, 3, k=1), np.eye(2, 3, k=1))
    for made in (xp.zeros(3, dtype=xp.int64), xp.eye(3, dtype=xp.bool), xp.arange(4)):
        assert isinstance(made, np.ndarray)
        assert made.dtype in (np.int64, np.bool_)


def test_whole_numbers_become_balls_and_balls_nothing_else():
    assert_equal_within_ulps(NAMESPACE.astype(LINE > 0, BALL), np.array([1.0, 0.0, 1.0]))
    assert NAMESPACE.astype(LINE > 0, NAMESPACE.int64).tolist() == [1, 0, 1]
    with pytest.raises(BallError, match="converts its numbers to"):
        NAMESPACE.astype(convert_exactly(LINE), NAMESPACE.int64)


def test_asarray_leaves_what_it_is_given():
    x = convert_exactly(LINE)
    assert NAMESPACE.asarray(x) is x
    assert NAMESPACE.asarray([1, 2]).dtype == np.int64
    assert_equal_within_ulps(NAMESPACE.asarray([1, 2], dtype=BALL), np.array([1.0, 2.0]))


NUMBERS = [0.1, -0.0, 5e-324, 1 / 3, math.pi, 1.7976931348623157e308]


def test_an_array_of_float64_is_taken_exactly():
    assert [to_fraction(ball) for ball in convert_exactly(np.array(NUMBERS)).balls] == list(map(Fraction, NUMBERS))


@pytest.mark.parametrize("x", [1 / 3, math.pi, math.sqrt(2), 0.1 + 0.2, np.float64(2 / 3), np.array([1.0, 1 / 7])])
@pytest.mark.parametrize("binary", BINARY)
def test_a_number_that_float64_has_rounded_is_refused(binary, x):
    with pytest.raises(BallError, match="which is rounded to float64"):
        binary(convert_exactly(LINE), x)
    with pytest.raises(BallError, match="which is rounded to float64"):
        binary(x, convert_exactly(LINE))


def test_a_fraction_is_refused_and_not_cut_off():
    with pytest.raises(BallError, match=r"Fraction\(1, 3\), which is neither a float nor whole"):
        convert_exactly(LINE) * Fraction(1, 3)


def test_a_whole_number_of_any_length_is_taken_exactly():
    (ball,) = (convert_exactly(np.array([1.0])) * (10**40 + 1)).balls
    assert is_within(Fraction(10**40 + 1), ball)


@pytest.mark.parametrize("function", [np.exp, np.sum, np.sign, lambda x: np.where(x > 0, x, 0), np.asarray])
def test_functions_of_numpy_itself_are_refused(function):
    with pytest.raises((TypeError, BallError), match=r"does not support ufuncs|calls functions of NumPy"):
        function(convert_exactly(LINE))


def test_a_function_that_the_namespace_has_not_is_named():
    with pytest.raises(AttributeError) as caught:
        NAMESPACE.cumulative_sum(1)
    assert describe_missing_function(caught.value).startswith("the reference calls cumulative_sum, which")


ABOUT_ZERO = BallArray([arb(0, 2.0**-60)])
THIRD = BallArray([arb(1) / 3])


@pytest.mark.parametrize("relation", COMPARISONS)
def test_a_comparison_is_open_within_the_error(relation):
    with pytest.raises(UndecidedComparison, match="cannot be told apart"):
        relation(ABOUT_ZERO, 0)


@pytest.mark.parametrize(
    "choose",
    [
        lambda x: NAMESPACE.maximum(x, 0),
        lambda x: NAMESPACE.minimum(0, x),
        lambda x: NAMESPACE.max(NAMESPACE.concat([x, NAMESPACE.zeros(1)])),
        lambda x: NAMESPACE.min(NAMESPACE.concat([NAMESPACE.zeros(1), x])),
        lambda x: NAMESPACE.clip(x, 0, 1),
        lambda x: NAMESPACE.clip(x, -1, 0),
        abs,
        lambda x: NAMESPACE.where(x > 0, x, 0),
        bool,
    ],
)
def test_a_choice_is_open_within_the_error_and_decided_beside_it(choose):
    with pytest.raises(UndecidedComparison):
        choose(ABOUT_ZERO)
    for beside in (2.0**-59, -(2.0**-59)):
        choose(BallArray([arb(beside, 2.0**-60)]))


def test_what_is_about_zero_is_cut_off_to_zero():
    assert_equal_within_ulps(NAMESPACE.trunc(ABOUT_ZERO), np.zeros(1))


def symmetric_matrices():
    """Matrices, two in a stack, of which the eigenvalues are apart."""
    return np.array([[[1.0, 0.5, 0.0], [0.5, -2.0, 3.0], [0.0, 3.0, 0.25]], np.diag([3.0, -1.0, 2.0])])


@pytest.mark.parametrize("matrices", [symmetric_matrices(), np.array([[2.0]]), np.zeros((0, 2, 2)), np.zeros((0, 0))])
def test_eigenvalues_agree_with_those_of_numpy(matrices):
    got = NAMESPACE.linalg.eigvalsh(convert_exactly(matrices))
    assert_equal_within_ulps(got, np.linalg.eigvalsh(matrices))


@pytest.mark.parametrize("matrices", [symmetric_matrices(), TABLE[:, :2], np.array([[2.0]]), np.zeros((0, 2, 2))])
def test_determinants_agree_with_those_of_numpy(matrices):
    got = NAMESPACE.linalg.det(convert_exactly(matrices))
    assert_equal_within_ulps(got, np.linalg.det(matrices))


def test_the_determinant_of_complex_balls_is_the_analytic_continuation():
    assert NAMESPACE.linalg.det(BallArray([[acb(0, 1), acb(2)], [acb(3), acb(0, 1)]])).balls.item() == acb(-7)


def test_eigenvalues_of_complex_balls_are_the_analytic_continuation():
    (low, high) = NAMESPACE.linalg.eigvalsh(BallArray([[acb(0), acb(0, 1)], [acb(0, 1), acb(4)]])).balls
    assert (low * high - 1).contains(0)
    assert (low + high - 4).contains(0)
    assert low.real < high.real


def test_eigenvalues_that_are_one_are_open():
    with pytest.raises(UndecidedComparison, match="eigenvalues cannot be told apart"):
        NAMESPACE.linalg.eigvalsh(convert_exactly(np.eye(2)))


def test_equal_numbers_with_errors_are_a_tie_that_is_open():
    with pytest.raises(UndecidedComparison):
        NAMESPACE.max(BallArray([arb(1) / 3, arb(1) / 3]))


@pytest.mark.parametrize("ball", [arb(1) / 3, acb(arb(1, 2.0**-60), arb(0, 2.0**-60))])
@pytest.mark.parametrize("name", ["max", "min"])
def test_one_number_that_stands_twice_is_no_tie(name, ball):
    assert getattr(NAMESPACE, name)(BallArray([ball, ball])).balls.item() is ball


@pytest.mark.parametrize(("x", "nearest"), [(0.5, 0), (1.5, 2), (2.5, 2), (-0.5, 0), (-1.5, -2), (-2.5, -2)])
def test_halves_are_rounded_to_even(x, nearest):
    assert_equal_within_ulps(NAMESPACE.round(convert_exactly(np.array([x]))), np.array([nearest]))


@pytest.mark.parametrize(
    ("name", "jump"),
    [
        ("sign", 0),
        ("floor", 0),
        ("floor", 2),
        ("ceil", -1),
        ("trunc", -1),
        ("trunc", 2),
        ("round", 0.5),
        ("round", -1.5),
    ],
)
def test_a_jump_is_open_within_the_error_and_decided_beside_it(name, jump):
    function = getattr(NAMESPACE, name)
    with pytest.raises(UndecidedComparison):
        function(ABOUT_ZERO + jump)
    for beside in (2.0**-59, -(2.0**-59)):
        function(BallArray([arb(beside, 2.0**-60)]) + jump)


@pytest.mark.parametrize("name", ["asin", "acos"])
def test_an_arc_sine_of_what_is_not_between_the_bounds_is_refused(name):
    for x in (1.0, -1.0, 1.5, np.nan):
        with pytest.raises(BallError, match="which is not between -1 and 1"):
            getattr(NAMESPACE, name)(convert_exactly(np.array([x])))
    getattr(NAMESPACE, name)(convert_exactly(np.array([1 - EPS, EPS - 1])))


@pytest.mark.parametrize("x", [0.0, -0.5])
@pytest.mark.parametrize(
    "function",
    [NAMESPACE.log, NAMESPACE.sqrt, lambda x: NAMESPACE.log1p(x - 1), lambda x: x**0.5, lambda x: x ** (x + 2)],
)
def test_roots_and_logarithms_of_what_is_not_positive_are_refused(function, x):
    with pytest.raises(BallError, match="which is not positive"):
        function(convert_exactly(np.array([x])))
    with pytest.raises(BallError, match="which is not positive"):
        function(ABOUT_ZERO)
    function(convert_exactly(np.array([5e-324])))


def test_a_number_that_is_none_is_open():
    with pytest.raises(UndecidedComparison):
        operator.lt(convert_exactly(np.array([np.nan])), 0)


@pytest.mark.parametrize(("x", "y"), [(-0.5, 2.0), (2.0, 0.5)])
def test_a_complex_comparison_is_that_of_real_parts(x, y):
    a, b = (BallArray([acb(arb(part), arb(0, 9))]) for part in (x, y))
    assert bool((a < b)[0]) is (x < y)


def test_a_ball_holds_what_is_computed_exactly():
    (ball,) = (THIRD * 3 - 1).balls
    assert is_within(Fraction(0), ball)
    assert not ball.is_zero()
