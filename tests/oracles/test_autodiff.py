"""Autodiff of a reference: its gradients, bars that contain the truth, and words where a reference cannot speak."""

import gc
import weakref
from fractions import Fraction

import numpy as np
import pytest

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, UserError
from gradcheck.oracles import autodiff
from gradcheck.oracles.error_factors import REPEATS
from gradcheck.records.case import Case

X, DY = np.array([0.5, -1.25, 3.0]), np.array([1.0, 2.0, -4.0])


def untouched(*xs, **settings):
    """A forward that is never asked."""
    return xs[0], None


def evaluator(reference, inputs=None, point=None, upstream=(DY,), **parts):
    """A evaluator of an op that is all reference."""
    op = Op("f", untouched, untouched, reference, inputs=inputs or {"x": Array("*S")}, **parts)
    return Evaluator(op, Case("f", point or {"x": X}, upstream, {}, 0))


def estimates(one):
    return autodiff.estimate_reference(one, one.case.point, one.case.upstream, REPEATS)


def run(one):
    answer = autodiff.run_reference(one, one.case.point, one.case.upstream)
    return answer.outputs, answer.gradients


def test_outputs_and_gradients_are_in_float64():
    (y,), (dx,) = run(evaluator(lambda x: x * x))
    assert y.dtype == dx.dtype == np.float64
    assert y.tolist() == (X * X).tolist()
    assert dx.tolist() == (2 * X * DY).tolist()


def test_an_input_without_a_gradient_gets_none():
    inputs = {"i": Array("N", indices(3)), "x": Array("N")}
    one = evaluator(lambda i, x: x[i], inputs=inputs, point={"i": np.array([0, 0, 2]), "x": X})
    _, (di, dx) = run(one)
    assert di is None
    assert dx.tolist() == [3, 0, -4]
    assert estimates(one)[1][0] is None


def test_several_outputs_pull_their_upstreams_together():
    one = evaluator(lambda x: (x, x * x), upstream=(DY, DY), outputs=("y", "z"))
    outputs, (dx,) = run(one)
    assert len(outputs) == 2
    assert dx.tolist() == (DY + 2 * X * DY).tolist()


def test_a_reference_that_raises_is_named():
    def broken(x):
        raise ZeroDivisionError("no")

    with pytest.raises(UserError, match="reference raised ZeroDivisionError: no") as error:
        run(evaluator(broken))
    assert error.value.part == "reference"


def test_outputs_of_another_shape_are_a_mismatch_that_names_both():
    with pytest.raises(autodiff.ReferenceMismatch, match=r"\(3,\).*\(\)"):
        run(evaluator(lambda x: namespace(x).sum(x)))


def test_too_many_outputs_are_a_mismatch():
    with pytest.raises(autodiff.ReferenceMismatch):
        run(evaluator(lambda x: (x, x)))


def polynomial(x):
    return 1 + x * (3 + x * (-7 + x * x))


def exact_polynomial(x, u):
    x, u = Fraction(x), Fraction(u)
    return 1 + x * (3 + x * (-7 + x * x)), u * (3 - 14 * x + 4 * x**3)


@pytest.mark.parametrize("seed", range(5))
def test_the_error_bars_contain_the_truth(seed):
    rng = np.random.default_rng(seed)
    x, u = rng.normal(size=(2, 40)) * 2.0 ** rng.integers(-6, 6, 40)
    (y,), (dx,) = estimates(evaluator(polynomial, point={"x": x}, upstream=(u,)))
    for i in range(40):
        value, gradient = exact_polynomial(x[i], u[i])
        assert abs(Fraction(y.value[i]) - value) <= Fraction(y.error[i])
        assert abs(Fraction(dx.value[i]) - gradient) <= Fraction(dx.error[i])


def test_the_error_bars_of_a_harmless_formula_are_a_few_roundings():
    (y,), (dx,) = estimates(evaluator(lambda x: x * x))
    assert np.all(y.error <= 64 * np.finfo(float).eps * np.abs(y.value))
    assert np.all(dx.error <= 64 * np.finfo(float).eps * np.abs(dx.value))


def test_cancellation_inside_the_reference_widens_its_bars():
    x = np.array([-6.8])
    (y,), _ = estimates(evaluator(lambda x: 1 + namespace(x).tanh(x), point={"x": x}, upstream=(np.ones(1),)))
    truth = 2 * np.exp(-13.6) / (1 + np.exp(-13.6))
    assert abs(y.value[0] - truth) <= y.error[0]
    assert y.error[0] > 1e-12 * truth


def test_a_formula_that_overflows_on_the_way_is_not_believed():
    x = np.array([0.0, 1.0])
    with np.errstate(invalid="ignore"):
        (y,), (dx,) = estimates(evaluator(lambda x: namespace(x).log(x), point={"x": x}, upstream=(np.ones(2),)))
    assert np.isinf(y.error).all()
    assert np.isinf(dx.error).all()


def test_the_same_random_numbers_give_the_same_bars():
    one = evaluator(polynomial)
    first, second = estimates(one), estimates(one)
    assert first[1][0].error.tolist() == second[1][0].error.tolist()


@pytest.mark.slow
def test_a_library_function_of_jax_serves_as_a_reference():
    import jax  # the users' own references may be JAX code

    (y,), (dx,) = run(evaluator(jax.nn.softplus))
    assert np.allclose(y, np.logaddexp(0, X), rtol=1e-14, atol=0)
    assert np.allclose(dx, DY / (1 + np.exp(-X)), rtol=1e-14, atol=0)


@pytest.mark.slow
def test_programs_are_forgotten_with_their_op_and_bounded():
    one = evaluator(lambda x: 2 * x)
    estimates(one)
    assert len(autodiff.find_programs(one.input_declarations)) == 1
    assert autodiff.find_programs(one.input_declarations).size == autodiff.MAX_PROGRAMS
    gone = weakref.ref(one.input_declarations)
    del one
    gc.collect()
    assert gone() is None
