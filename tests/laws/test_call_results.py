"""The outputs and gradients of one call, by name, and their rounding."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.call_results import (
    ResultName,
    compute_results,
    existing_gradients,
    make_rounding_measures,
    name_results,
)
from gradcheck.oracles.error_factors import REPEATS
from gradcheck.records.subject import Subject
from tests.laws.observing import make_case

X = np.array([1.0, -2.0, 3.0])


def backward(dy, x):
    return 2 * x * dy


SQUARE = Op("square", lambda x: (x * x, x), backward, inputs={"x": Array("N")})
CASE = make_case(SQUARE, X)
EVALUATOR = Evaluator(SQUARE, CASE)


def test_results_are_outputs_and_gradients_each_with_a_name():
    y, dx = compute_results(EVALUATOR, CASE.point, CASE.upstream)
    assert y.tolist() == (X * X).tolist()
    assert dx.tolist() == (2 * X * CASE.upstream[0]).tolist()
    assert name_results(EVALUATOR) == [
        ResultName(Subject.of_output("y"), "y"),
        ResultName(Subject.of_input("x"), "the gradient of x"),
    ]
    assert existing_gradients([None, dx], ["i", "x"]) == [("x", dx)]


def test_the_rounding_of_all_results_is_measured_once():
    calls = []

    def forward(x):
        calls.append(1)
        return x * x / 3, x

    evaluator = Evaluator(replace(SQUARE, forward=forward), CASE)
    measures = make_rounding_measures(evaluator)
    spread = measures(0)(REPEATS)
    assert (spread > 0).all()
    before = len(calls)
    measures(1)(REPEATS)
    assert len(calls) == before
