"""The complex step gives a derivative to machine precision, and nothing where a forward is not analytic."""

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.oracles import complex_step
from gradcheck.oracles.directional import Care, directional_derivatives_of_case
from gradcheck.records.case import Case

POINT = np.array([0.5, -1.25, 3.0])


def stepped(f, x=POINT):
    """For each direction of the differences: the direction, and what the complex step says."""
    op = Op("f", lambda x: (f(x), None), lambda dy, cache: dy, inputs={"x": Array("*S")})
    evaluator = Evaluator(op, Case("f", {"x": x}, (), {}, 0))
    return [
        (slope.direction[0], complex_step.differentiate_by_complex_step(evaluator, slope, evaluator.case.rng("test")))
        for slope in directional_derivatives_of_case(evaluator, care=Care.FULL)
    ]


@pytest.mark.parametrize(
    ("f", "truth"),
    [
        (np.sin, np.cos),
        (lambda x: x**3, lambda x: 3 * x**2),
        (lambda x: np.exp(x) / (1 + np.exp(x)), lambda x: np.exp(x) / (1 + np.exp(x)) ** 2),
        (lambda x: 1 + np.tanh(x - 7), lambda x: 1 / np.cosh(x - 7) ** 2),
    ],
)
def test_an_analytic_function_is_known_to_machine_precision(f, truth):
    for v, estimate in stepped(f):
        assert np.all(np.abs(estimate.value - v * truth(POINT)) <= estimate.error)
        assert np.all(estimate.error <= 1e-12 * np.maximum(1, np.max(np.abs(estimate.value))))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.abs(x) ** 2,
        lambda x: (x * np.conj(x)).real,
        lambda x: x.real**2,
        lambda x: x.astype(float) ** 2,
        lambda x: np.sqrt((x * x).real) * x,
    ],
    ids=["abs", "conjugate", "real part", "cast", "cast inside"],
)
def test_a_function_that_is_not_analytic_gets_no_estimate(f):
    assert all(estimate is None for _, estimate in stepped(f))


def test_a_forward_that_refuses_complex_numbers_gets_no_estimate():
    def refusing(x):
        if np.iscomplexobj(x):
            raise TypeError
        return x * x

    assert all(estimate is None for _, estimate in stepped(refusing))


def test_a_sum_is_known_where_its_terms_are():
    for v, estimate in stepped(lambda x: np.sum(x * x)):
        assert abs(estimate.value[0] - np.sum(2 * POINT * v)) <= estimate.error[0]
