"""assert_correct: one call that passes, or raises with the counterexample."""

import tracemalloc

import jax.numpy as jnp
import numpy as np
import pytest

from gradcheck import AdapterError, Array, FindingWarning, Op, adapt, assert_correct, check
from gradcheck.adapters.inference import NoShapes
from gradcheck.checking.op_check import LARGE_CASE
from gradcheck.discovery.library import load_library_ops
from gradcheck.records.status import Status

ODD = 0.123


def square(x):
    return x * x, x


def square_backward(dy, x):
    return 2 * x * dy


def wrong_at_one_point(dy, x):
    return np.where(x == ODD, 3 * x, 2 * x) * dy


def test_a_warning_passes_and_is_told_as_one_in_the_name_of_the_caller():
    with pytest.warns(FindingWarning, match="shares memory with the upstream of y") as told:
        assert_correct(lambda x: (x + 1.0, None), lambda dy, cache: dy, name="shift", x="N", examples=4)
    assert [warning.filename for warning in told] == [__file__]


def take(x, ids):
    return x[ids], (x, ids)


def take_backward(dy, cache):
    x, ids = cache
    dx = np.zeros_like(x)
    np.add.at(dx, ids, dy)
    return dx, None


def overwriting(dy, cache):
    x, ids = cache
    dx = np.zeros_like(x)
    dx[ids] = dy
    return dx, None


def of_library(name):
    return next(op for op in load_library_ops() if op.name == name)


def test_a_correct_pair_passes():
    assert_correct(square, square_backward, examples=8)


def test_a_correct_op_passes():
    assert_correct(Op("square", square, square_backward, inputs={"x": Array("*S")}), examples=8)


@pytest.mark.slow
def test_a_wrong_pair_raises_with_the_claim_and_a_counterexample_that_runs():
    with pytest.raises(AssertionError) as raised:
        assert_correct(square, lambda dy, x: x * dy, examples=8)
    said = str(raised.value)
    assert said.startswith("square: gradient of x is ")
    assert "cause: it is half the right gradient (so in all " in said
    code = said.split("counterexample, ready to paste:\n")[1].split("\n\n")[0]
    names = {"forward": square, "backward": lambda dy, x: x * dy}
    exec("\n".join(line.removeprefix("      ") for line in code.split("\n")), names)
    assert np.any(names["dx"] != 2 * names["x"] * names["dy"])


def test_a_bug_at_one_point_alone_is_not_met_by_chance():
    assert_correct(square, wrong_at_one_point, examples=8)


@pytest.mark.slow
def test_a_bug_at_the_very_point_is_caught():
    with pytest.raises(AssertionError, match=r"gradient of x is [\s\S]*x = np.array\(\[0.5, 0.123\]\)"):
        assert_correct(square, wrong_at_one_point, at=(np.array([0.5, ODD]),), examples=8)


@pytest.mark.slow
def test_a_bug_at_the_very_point_of_an_op_is_caught():
    op = Op("square", square, wrong_at_one_point, inputs={"x": Array("*S")})
    with pytest.raises(AssertionError, match="gradient of x"):
        assert_correct(op, at=(np.array([0.5, ODD]),), examples=8)


def test_around_a_point_a_correct_pair_passes():
    assert_correct(square, square_backward, at=(np.array([[0.0, -1e3], [1e-3, 2.0]]),), examples=8)


def test_a_point_may_be_numbers_and_lists():
    assert_correct(square, square_backward, at=(1.5,), examples=8)
    assert_correct(square, square_backward, at=([1.5, 2.0],), examples=8)


@pytest.mark.slow
def test_whole_numbers_at_a_point_have_no_gradient():
    x, ids = np.arange(8.0).reshape(4, 2), np.array([0, 3, 3])
    assert_correct(take, take_backward, at=(x, ids), examples=8)
    with pytest.raises(AssertionError, match="gradient of x"):
        assert_correct(take, overwriting, at=(x, ids), examples=8)


@pytest.mark.slow
def test_a_reference_speaks_too():
    with pytest.raises(AssertionError, match="autodiff"):
        assert_correct(square, lambda dy, x: x * dy, reference=lambda x: x**2, examples=8)


def test_a_chosen_law_is_the_only_one_asked():
    assert_correct(square, lambda dy, x: x * dy, laws=["contract"], examples=8)


def test_a_law_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"gradeint.*gradient"):
        assert_correct(square, lambda dy, x: x * dy, laws=["gradeint"], examples=8)


def test_a_missing_backward_is_refused():
    with pytest.raises(AdapterError, match=r"the backward is missing.*adapter='loss'"):
        assert_correct(square)


def test_a_point_with_another_number_of_arrays_is_refused():
    with pytest.raises(NoShapes, match="at has 2 arrays, forward takes 1: x"):
        assert_correct(square, square_backward, at=(np.ones(2), np.ones(2)))


def test_a_gradient_that_could_not_be_examined_is_no_pass():
    with pytest.raises(AssertionError, match="could not be examined"):
        assert_correct(lambda x: (x * np.nan, x), lambda dy, x: dy * np.nan, examples=8, laws=["gradient"])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_point_that_is_not_finite_is_refused_and_accuses_nobody(value):
    with pytest.raises(ValueError, match=r"x.*finite"):
        assert_correct(square, square_backward, at=(np.array([value, 1.0]),), examples=8)


def test_a_point_without_elements_is_no_error_of_ours():
    with pytest.raises(AssertionError, match="could not be examined"):
        assert_correct(square, square_backward, at=(np.ones((0, 2)),), examples=8)


def test_a_setting_is_kept_as_a_case_keeps_it_or_refused():
    op = of_library("leaky_relu")
    assert_correct(op, at=[np.ones(2)], settings={"negative_slope": np.float32(0.5)}, examples=8)
    with pytest.raises(ValueError, match=r"settings\['negative_slope'\] is <ufunc 'tanh'>, which no case can keep"):
        assert_correct(op, at=[np.ones(2)], settings={"negative_slope": np.tanh}, examples=8)


def test_an_op_with_settings_is_checked_at_a_point():
    x, w, b = np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)), np.ones(1)
    assert_correct(of_library("conv2d"), at=(x, w, b), examples=8)


def test_an_op_of_several_is_checked_at_a_point():
    assert_correct(of_library("concat"), at=(np.ones((2, 1)), np.ones((2, 1))), examples=8)


def test_the_exceptions_of_an_op_hold_at_a_point_too():
    op = Op(
        "round",
        lambda x: (np.round(x), x),
        lambda dy, x: dy.copy(),
        inputs={"x": Array("*S")},
        exceptions={"gradient": "a straight-through estimator", "kinks": "the same"},
    )
    assert_correct(op, examples=8)
    assert_correct(op, at=(np.array([0.3]),), examples=8)


def relu(x):
    return np.maximum(x, 0), x


def test_a_large_point_is_examined_alone_also_where_half_of_it_is_at_a_kink():
    x = np.random.default_rng(0).normal(size=2**17)
    assert_correct(relu, lambda dy, x: dy * (x > 0), at=[x])
    assert_correct(relu, lambda dy, x: dy * (x > 0), at=[np.maximum(x, 0)])


@pytest.mark.parametrize("reference", [None, lambda x: x * x], ids=["no reference", "a reference"])
def test_one_wrong_element_of_a_large_point_is_found(reference):
    def square(x):
        return np.square(np.array(x, float)), x

    def backward(dy, x):
        dx = 2 * x * dy
        dx[54_321] *= 1.25
        return dx

    x = 1 + np.random.default_rng(0).uniform(size=2**17)
    assert_correct(square, lambda dy, x: 2 * x * dy, at=[x], reference=reference)
    with pytest.raises(AssertionError, match=r"gradient of x .*54321"):
        assert_correct(square, backward, at=[x], reference=reference)


def test_what_a_large_point_leaves_out_is_told():
    op = adapt(relu, lambda dy, x: dy * (x > 0), at=[np.linspace(-1, 1, 2**17)])
    result = check(op, examples=10)
    assert "2 further cases left out: its cases are large" in result.notes
    verdicts = {verdict.law: verdict for verdict in result.verdicts}
    assert all(verdicts[law].status is Status.PASSED for law in ("gradient", "purity", "linearity", "layout"))
    assert LARGE_CASE in verdicts["kinks"].reason


def logistic(x):
    y = 1 / (1 + np.exp(-x))
    return y, y


def test_a_large_point_takes_a_few_calls():
    calls = {"forward": 0, "backward": 0}

    def forward(x, w):
        calls["forward"] += isinstance(x, np.ndarray)
        return x @ w, (x, w)

    def backward(dy, cache):
        calls["backward"] += 1
        x, w = cache
        return dy @ w.T, x.T @ dy

    rng = np.random.default_rng(0)
    assert_correct(forward, backward, at=[rng.normal(size=(2000, 500)), rng.normal(size=(500, 100))])
    assert calls["forward"] + calls["backward"] <= 32


def test_a_large_point_takes_memory_for_a_few_arrays():
    x = np.random.default_rng(0).normal(size=10**6)
    assert_correct(logistic, lambda dy, y: dy * y * (1 - y), at=[np.ones(3)], examples=1)  # loads the libraries
    tracemalloc.start()
    try:
        assert_correct(logistic, lambda dy, y: dy * y * (1 - y), at=[x])
        own = 4  # of the op itself: y, its upstream, and two on the way to the gradient
        assert tracemalloc.get_traced_memory()[1] <= (own + 8) * x.nbytes
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("reference", [None, lambda x: 1 / (1 + jnp.exp(-x))], ids=["no reference", "a reference"])
def test_one_wrong_element_of_a_million_is_found(reference):
    def backward(dy, y):
        dx = dy * y * (1 - y)
        dx[765_432] *= 1.1
        return dx

    x = np.random.default_rng(0).normal(size=10**6)
    forward = logistic if reference else lambda x: logistic(np.array(x, float))
    with pytest.raises(AssertionError, match=r"gradient of x .*765432"):
        assert_correct(forward, backward, at=[x], reference=reference)


def test_xla_need_not_run_what_agrees_at_a_large_point(monkeypatch):
    monkeypatch.setattr("gradcheck.oracles.xla.run_by_xla", pytest.fail)
    assert_correct(relu, lambda dy, x: dy * (x > 0), at=[np.random.default_rng(0).normal(size=2**17)])
